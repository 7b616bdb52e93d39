/** Writes what became of alerts into `hub.db`: state, log and notifications of a transition together, critical alerts first, and again where it failed. */
import { messageOf } from "../../model/message-of.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HubChange, HubFile } from "../../ports/hub-file.ts";
import type { Log } from "../../ports/log.ts";
import { isPassing, StoreError } from "../../ports/readings-store.ts";
import type { NotificationSink, Transition } from "../alert-types.ts";
import { createWriteQueue, type QueuedWrite } from "./write-queue.ts";

export interface AlertWrite {
  readonly alertId: string;
  /** It is written before those that are not. */
  readonly isCritical: boolean;
  /** Asked once, when it is written or notified. */
  readonly make: () => readonly Transition[];
  /** State and log. Asked once, when it is written. */
  readonly changes: (transitions: readonly Transition[]) => readonly HubChange[];
}

export interface AlertWriter {
  put(write: AlertWrite): void;
  /**
   * Settles when everything that was put so far is durable or given up, whatever is put later; rejects with a StoreError where it could
   * not be written.
   */
  settled(): Promise<void>;
  /** So many writes were given up. */
  lost(): number;
  close(): Promise<void>;
}

export interface AlertWriterOptions {
  readonly hubFile: Pick<HubFile, "write">;
  readonly sink: NotificationSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly onDurable: (transitions: readonly Transition[]) => void;
}

/** A few milliseconds of the event loop each. */
const AT_ONCE = 50;
/**
 * Where more waits, it rests for so many times what that took: boards are answered in between. Ten thousand alerts at once are written
 * within ten seconds; a few are not delayed.
 */
const REST_SHARE = 9;
const MOST_REST_MS = 40;
/** Where even more waits, it does not rest: alerts change faster than that all the time. */
const MOST_RESTED = 20_000;
/** While the disk takes nothing. */
const MOST_WAITING = 100_000;
const AGAIN_AFTER_MS = 1_000;

type Cancel = () => void;
type Outcome = StoreError | "done" | "given up";

interface Waiting extends QueuedWrite {
  readonly write: AlertWrite;
  transitions: readonly Transition[] | undefined;
  changes: readonly HubChange[] | undefined;
  wasRefused: boolean;
}

/** Somebody who waits for everything up to that number. */
interface Settling {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (cause: StoreError) => void;
}

export function createAlertWriter({ hubFile, sink, clock, log, onDurable }: AlertWriterOptions): AlertWriter {
  const queue = createWriteQueue<Waiting>();
  let settling: Settling[] = [];
  let nextNumber = 0;
  let working: Promise<void> | undefined;
  let cancelRetry: Cancel | undefined;
  let endRest: (() => void) | undefined;
  let trouble: StoreError | undefined;
  let lost = 0;
  let isClosing = false;

  function put(write: AlertWrite): void {
    if (queue.size() >= MOST_WAITING) {
      if (lost === 0)
        log.error("changes of alerts are lost: the hub's disk took none for too long", { waiting: MOST_WAITING });
      lost++;
      return notifyUnwritten(write.make());
    }
    const wasRefused = trouble !== undefined;
    const { alertId, isCritical } = write;
    const number = nextNumber++;
    const each = { number, alertId, isCritical, write, transitions: undefined, changes: undefined, wasRefused };
    queue.push(each);
    // What must not wait for the disk is sent from memory.
    if (trouble !== undefined) notifyUnwritten(transitionsOf(each));
    if (cancelRetry === undefined) start();
  }

  function transitionsOf(each: Waiting): readonly Transition[] {
    each.transitions ??= each.write.make();
    return each.transitions;
  }

  function notifyUnwritten(transitions: readonly Transition[]): void {
    if (transitions.length > 0) sink.unwritable(transitions);
  }

  function start(): void {
    working ??= work().finally(() => {
      working = undefined;
      if (queue.size() > 0 && cancelRetry === undefined && trouble === undefined) start();
      else refuseSettling();
    });
  }

  async function work(): Promise<void> {
    // What one turn of the event loop changes goes together.
    await new Promise<void>((resolve) => clock.soon(resolve));
    while (queue.size() > 0) {
      const some = queue.next(AT_ONCE);
      const preparedMs = timeOf(() => some.forEach(prepare));
      const outcomes = await writeAll(some);
      const failed = some.filter((_, index) => outcomes[index] instanceof StoreError);
      queue.remove(some, failed);
      const done = some.filter((_, index) => outcomes[index] === "done").flatMap(transitionsOf);
      const notifiedMs = done.length === 0 ? 0 : timeOf(() => notifyWritten(done));
      trouble = outcomes.find((outcome) => outcome instanceof StoreError);
      settleWritten();
      if (trouble !== undefined) {
        noteFailure(failed, trouble);
        return retryLater();
      }
      if (queue.size() > AT_ONCE && queue.size() <= MOST_RESTED)
        await rest(Math.min(MOST_REST_MS, REST_SHARE * (preparedMs + notifiedMs)));
    }
  }

  function timeOf(run: () => void): number {
    const sinceMs = clock.monotonicMs();
    run();
    return clock.monotonicMs() - sinceMs;
  }

  function rest(ms: number): Promise<void> {
    if (isClosing || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      endRest = () => {
        cancel();
        resolve();
      };
    });
  }

  function prepare(each: Waiting): void {
    const transitions = transitionsOf(each);
    each.changes ??= [...each.write.changes(transitions), ...sink.changesOf(transitions)];
  }

  function notifyWritten(transitions: readonly Transition[]): void {
    sink.committed(transitions);
    onDurable(transitions);
  }

  /** In one call, which is all or nothing: a transition is written whole. */
  async function writeAll(some: readonly Waiting[]): Promise<readonly Outcome[]> {
    try {
      await hubFile.write(some.flatMap(({ changes = [] }) => changes));
      return some.map(() => "done");
    } catch (cause) {
      if (isPassing(cause)) return some.map(() => cause);
      return Promise.all(some.map(writeOne));
    }
  }

  /** What can never be written is given up. */
  async function writeOne(each: Waiting): Promise<Outcome> {
    try {
      await hubFile.write(each.changes ?? []);
      return "done";
    } catch (cause) {
      if (isPassing(cause)) return cause;
      lost++;
      log.error("a change of an alert cannot be written, and is left out", { cause });
      notifyUnwritten(transitionsOf(each));
      return "given up";
    }
  }

  function noteFailure(failed: readonly Waiting[], cause: StoreError): void {
    const fresh = failed.filter(({ wasRefused }) => !wasRefused);
    if (fresh.length > 0 && fresh.length === failed.length) {
      log.warn("changes of alerts could not be saved; the hub tries again", { cause, waiting: queue.size() });
    }
    for (const each of fresh) each.wasRefused = true;
    notifyUnwritten(fresh.flatMap(transitionsOf));
  }

  function retryLater(): void {
    if (isClosing) return;
    cancelRetry = clock.after(AGAIN_AFTER_MS, () => {
      cancelRetry = undefined;
      start();
    });
  }

  function settleWritten(): void {
    const firstLeft = queue.firstNumber() ?? nextNumber;
    for (const { resolve } of settling.filter(({ upTo }) => upTo < firstLeft)) resolve();
    settling = settling.filter(({ upTo }) => upTo >= firstLeft);
  }

  /** They may ask again: what waits is tried again. */
  function refuseSettling(): void {
    for (const { reject } of settling) reject(notWritten());
    settling = [];
  }

  const notWritten = (): StoreError => trouble ?? new StoreError("alerts are not written any more", true);

  async function settled(): Promise<void> {
    if (queue.size() === 0) return;
    if (working === undefined) throw notWritten();
    const upTo = nextNumber - 1;
    return new Promise((resolve, reject) => settling.push({ upTo, resolve, reject }));
  }

  return {
    put,
    settled,
    lost: () => lost,
    close: async () => {
      cancelRetry?.();
      cancelRetry = undefined;
      isClosing = true;
      endRest?.();
      if (queue.size() > 0) start();
      await working;
      if (queue.size() > 0) {
        log.error("changes of alerts could not be saved before the stop", {
          count: queue.size(),
          cause: trouble && messageOf(trouble),
        });
      }
    },
  };
}
