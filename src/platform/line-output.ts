/**
 * Writes lines to stdout or stderr, in order, and never waits for their reader: there is a bounded queue before the file
 * descriptor. Lines that cannot be written are dropped and counted.
 */
import { write } from "node:fs";
import type { Clock } from "../core/ports/clock.ts";

export interface LineOutput {
  /** `line` ends with a line break. */
  write(line: string): void;
  /** Lines dropped so far. */
  dropped(): number;
  /** Settles when nothing waits, at the latest after `withinMs`. */
  flush(withinMs: number): Promise<void>;
}

export interface LineOutputOptions {
  readonly fd: 1 | 2;
  readonly clock: Clock;
  /** Called for the first line that is dropped in the life of the process. */
  readonly onFirstDrop?: (reason: string) => void;
  /** Called when lines are written again, with the number of those that were dropped since it was called last. */
  readonly onWrittenAgain?: (dropped: number) => void;
}

/** Of lines that wait: some thousand. */
const MAX_WAITING_BYTES = 1_048_576;
/** Lines written in one call, as long as the first of them allows. */
const CHUNK_BYTES = 65_536;
/** A pipe or terminal that takes nothing is tried again so often. */
const RETRY_MS = 50;

export function createLineOutput({ fd, clock, onFirstDrop, onWrittenAgain }: LineOutputOptions): LineOutput {
  let waiting: string[] = [];
  let waitingBytes = 0;
  let isWriting = false;
  let dropped = 0;
  /** Of `dropped`, those that `onWrittenAgain` has reported. */
  let reported = 0;
  /** The last line that was begun was not written to its end. */
  let isTorn = false;
  const idle: (() => void)[] = [];
  makeNonBlocking(fd);

  function put(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (waitingBytes + bytes > MAX_WAITING_BYTES) return drop(1, "nobody reads it");
    waiting.push(line);
    waitingBytes += bytes;
    if (!isWriting) next();
  }

  function drop(lines: number, reason: string): void {
    const isFirst = dropped === 0;
    dropped += lines;
    if (isFirst) onFirstDrop?.(reason);
  }

  function next(): void {
    isWriting = waiting.length > 0;
    if (isWriting) return attempt(Buffer.from(`${isTorn ? "\n" : ""}${takeChunk()}`));
    for (const done of idle.splice(0)) done();
  }

  function takeChunk(): string {
    let count = 0;
    let bytes = 0;
    while (count < waiting.length && (count === 0 || bytes < CHUNK_BYTES)) {
      bytes += Buffer.byteLength(waiting[count] ?? "");
      count += 1;
    }
    const chunk = waiting.slice(0, count).join("");
    waiting = waiting.slice(count);
    waitingBytes -= bytes;
    return chunk;
  }

  function attempt(rest: Buffer): void {
    write(fd, rest, (fault, written) => {
      if (fault?.code === "EAGAIN") return retry(rest);
      if (fault?.code === "EINTR") return attempt(rest);
      if (fault) {
        drop(linesOf(rest), fault.message);
        return next();
      }
      isTorn = rest[written - 1] !== LINE_BREAK;
      if (written < rest.length) return attempt(rest.subarray(written));
      if (waitingBytes < MAX_WAITING_BYTES / 2) reportDropped();
      next();
    });
  }

  /** The timer does not keep the process running: it ends when it has nothing else to do. */
  function retry(rest: Buffer): void {
    const stop = clock.every(RETRY_MS, () => {
      stop();
      attempt(rest);
    });
  }

  /** Not while the queue is full: the report would be dropped too. */
  function reportDropped(): void {
    const lost = dropped - reported;
    reported = dropped;
    if (lost > 0) onWrittenAgain?.(lost);
  }

  return {
    write: put,
    dropped: () => dropped,
    flush: async (withinMs) => {
      if (!isWriting) return;
      await new Promise<void>((resolve) => {
        const cancel = clock.after(withinMs, resolve);
        idle.push(() => {
          cancel();
          resolve();
        });
      });
    },
  };
}

const LINE_BREAK = 10;

const linesOf = (bytes: Buffer): number => bytes.reduce((lines, byte) => lines + Number(byte === LINE_BREAK), 0);

/**
 * libuv makes pipes, sockets and terminals non-blocking when their stream is opened; Node.js then makes a terminal blocking
 * again, and has no other way to say that it should not. Files never block.
 */
function makeNonBlocking(fd: 1 | 2): void {
  const stream = fd === 1 ? process.stdout : process.stderr;
  stream.on("error", () => undefined); // nothing is written by it; a fault of it is no reason to stop
  (stream as { _handle?: { setBlocking?(isBlocking: boolean): void } })._handle?.setBlocking?.(false);
}
