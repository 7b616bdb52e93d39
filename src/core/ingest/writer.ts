/** Groups messages into commits, in order, and waits for the store. */

import type { Connection } from "../devices/connection.ts";
import { messageOf } from "../model/message-of.ts";
import type { Clock } from "../ports/clock.ts";
import type { Counters } from "../ports/counters.ts";
import type { Log } from "../ports/log.ts";
import { isPassing, type Store, type StoreError } from "../ports/readings-store.ts";
import type { Write, WriteOutcome } from "../ports/writes.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { createGroupPace } from "./group-pace.ts";

export interface WriterOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  /** Called after each commit, before the messages in it are answered. */
  readonly onCommitted: (messages: readonly CommittedMessage[]) => void;
  /** How long messages that need no acknowledgement (QoS 0) may wait for others to join their commit. */
  readonly commitIntervalMs: number;
  /** How long messages may wait for others while commits follow each other closely. */
  readonly groupWaitMs: number;
  /** Counts what waits to become durable; connections stop reading while it is used up. */
  readonly byteBudget: ByteBudget;
}

/** What became of a message: one outcome for each write, or the store did not take it in time. */
export type MessageOutcome = readonly WriteOutcome[] | "stalled";

export interface WaitingMessage {
  readonly writes: readonly Write[];
  /** Its share of the byte budget. */
  readonly bytes: number;
  /** A client waits for an acknowledgement. */
  readonly urgent: boolean;
  /**
   * Memory shows its effect already. When the store stalls it is answered as any other, but never withdrawn: it keeps
   * its order and its bytes of the budget, and is written when the store can be written.
   */
  readonly irrevocable?: boolean;
  readonly connection: Connection;
  /** Called once. */
  readonly answer: (outcome: MessageOutcome) => void;
}

export interface CommittedMessage {
  readonly message: WaitingMessage;
  readonly outcomes: readonly WriteOutcome[];
}

export interface Writer {
  put(message: WaitingMessage): void;
  /** Settles when nothing waits, or nothing moves any more. */
  drain(): Promise<void>;
  /** What keeps it from writing, for the owner; undefined when it writes. */
  problem(): string | undefined;
  close(): void;
}

const MAX_GROUP_WRITES = 1_000;
/** Two: while one commits, the next is already on its way to the store's thread. */
export const MAX_IN_FLIGHT = 2;
/** A message that the store has not taken by then is given up, and its connection closed. */
const STALL_AFTER_MS = 10_000;
const RETRY_AFTER_MS = 1_000;

interface Entry {
  readonly message: WaitingMessage;
  readonly sinceMs: number;
  answered: boolean;
  /** Its bytes are released. */
  released: boolean;
}

type Group = readonly Entry[];

export function createWriter(options: WriterOptions): Writer {
  const { store, clock, log, counters, onCommitted, commitIntervalMs, groupWaitMs, byteBudget } = options;
  const pace = createGroupPace(groupWaitMs);
  let queue: Entry[] = [];
  let queuedWrites = 0;
  let urgent = false;
  const flying = new Set<Group>();
  /** What failed for a reason that may pass; it goes before the queue. */
  let failed: Entry[] = [];
  let trouble: { reason: string; sinceMs: number } | undefined;
  let scheduled = false;
  let cancelPause: (() => void) | undefined;
  let pausedUntilMs = 0;
  let drained: (() => void)[] = [];
  const stopSweep = clock.every(1_000, giveUpStalled);

  function put(message: WaitingMessage): void {
    byteBudget.acquire(message.bytes);
    queue.push({ message, sinceMs: clock.monotonicMs(), answered: false, released: false });
    queuedWrites += message.writes.length;
    urgent ||= message.urgent;
    schedule();
  }

  /** All that arrives in one turn of the event loop goes together. */
  function schedule(): void {
    if (scheduled || queue.length === 0 || flying.size >= MAX_IN_FLIGHT || trouble !== undefined) return;
    const waitMs = mayWait() ? commitIntervalMs : pace.waitMs(queue.length, clock.monotonicMs());
    if (waitMs > 0) return pause(waitMs);
    scheduled = true;
    clock.soon(send);
  }

  /** The earliest time counts: the first message of a group may wait longer than one that comes after it. */
  function pause(waitMs: number): void {
    const untilMs = clock.monotonicMs() + waitMs;
    if (cancelPause !== undefined && pausedUntilMs <= untilMs) return;
    cancelPause?.();
    pausedUntilMs = untilMs;
    cancelPause = clock.after(waitMs, send);
  }

  const mayWait = (): boolean => commitIntervalMs > 0 && !urgent && queuedWrites < MAX_GROUP_WRITES;

  function send(): void {
    scheduled = false;
    cancelPause?.();
    cancelPause = undefined;
    while (queue.length > 0 && flying.size < MAX_IN_FLIGHT && trouble === undefined) fly(takeGroup());
  }

  function takeGroup(): Group {
    let messages = 0;
    let writes = 0;
    while (messages < queue.length && writes < MAX_GROUP_WRITES)
      writes += queue[messages++]?.message.writes.length ?? 0;
    const group = queue.slice(0, messages);
    queue = queue.slice(messages);
    queuedWrites -= writes;
    urgent = queue.some((entry) => entry.message.urgent);
    return group;
  }

  function fly(group: Group): void {
    flying.add(group);
    pace.sent(
      group.map(({ message }) => message.connection),
      clock.monotonicMs(),
    );
    void carryOut(group).then((left) => {
      flying.delete(group);
      failed.push(...left);
      if (mayWait() || pace.waitMs(queue.length, clock.monotonicMs()) > 0) schedule();
      else send();
      settleDrained();
    });
  }

  /** Answers what cannot be written at the moment; all else is settled. */
  async function carryOut(group: Group): Promise<Group> {
    const startedMs = clock.monotonicMs();
    let outcomes: readonly (readonly WriteOutcome[])[];
    try {
      outcomes = await store.append(group.map((entry) => entry.message.writes));
    } catch (error) {
      if (!isPassing(error)) return split(group, error);
      beginTrouble(error);
      return group;
    }
    const writes = outcomes.reduce((sum, each) => sum + each.length, 0);
    counters.commit({ writes, durationMs: clock.monotonicMs() - startedMs });
    settle(group, outcomes);
    return [];
  }

  /**
   * One message cannot stop the others: halves are tried alone until it is found. (A store refuses a single write by
   * itself, in its outcome; this is for a failure that it cannot pin on one.)
   */
  async function split(group: Group, cause: unknown): Promise<Group> {
    if (group.length === 1) {
      log.error("store refused a message", { cause });
      const refused = { kind: "refused", reason: messageOf(cause) } as const;
      settle(group, [group[0]?.message.writes.map(() => refused) ?? []]);
      return [];
    }
    const middle = group.length >> 1;
    const left = await carryOut(group.slice(0, middle));
    return left.length > 0 ? [...left, ...group.slice(middle)] : carryOut(group.slice(middle));
  }

  function settle(group: Group, outcomes: readonly (readonly WriteOutcome[])[]): void {
    try {
      onCommitted(group.map(({ message }, index) => ({ message, outcomes: outcomes[index] ?? [] })));
    } catch (cause) {
      // the readings are on disk all the same
      log.error(
        "messages are stored, but pages may not show them until the hub restarts (a bug in Aerie: please report it)",
        {
          cause,
        },
      );
    }
    for (const [index, entry] of group.entries()) answer(entry, outcomes[index] ?? []);
    release(group);
  }

  function answer(entry: Entry, outcome: MessageOutcome): void {
    if (entry.answered) return;
    entry.answered = true;
    entry.message.answer(outcome);
  }

  /** All at once, so that those that wait for the budget are called after every message is answered. */
  function release(entries: readonly Entry[]): void {
    let bytes = 0;
    for (const entry of entries) {
      if (entry.released) continue;
      entry.released = true;
      bytes += entry.message.bytes;
    }
    try {
      if (bytes > 0) byteBudget.release(bytes);
    } catch (cause) {
      log.error("a client may hang until it reconnects (a bug in Aerie: please report it)", { cause });
    }
  }

  function beginTrouble(error: StoreError): void {
    if (trouble !== undefined) return;
    trouble = { reason: error.message, sinceMs: clock.monotonicMs() };
    log.error("store cannot be written", { reason: error.message, waiting: queue.length + failed.length });
    clock.after(RETRY_AFTER_MS, retry);
  }

  /** Until the store takes what failed, and a probe, nothing new is sent to it. */
  function retry(): void {
    const group = failed.filter(isToWrite);
    failed = [];
    flying.add(group);
    const done =
      group.length > 0
        ? carryOut(group)
        : store.probe().then(
            () => [],
            () => undefined,
          );
    void done.then((left) => {
      flying.delete(group);
      if (left !== undefined) failed.push(...left);
      if (left === undefined || failed.length > 0) return void clock.after(RETRY_AFTER_MS, retry);
      log.info("store can be written again", { afterMs: Math.round(clock.monotonicMs() - (trouble?.sinceMs ?? 0)) });
      trouble = undefined;
      send();
      settleDrained();
    });
  }

  function giveUpStalled(): void {
    const beforeMs = clock.monotonicMs() - STALL_AFTER_MS;
    const stalled = [failed, ...flying, queue].flatMap((group) => group.filter(({ sinceMs }) => sinceMs < beforeMs));
    for (const entry of stalled) answer(entry, "stalled");
    failed = failed.filter(isToWrite);
    if (!queue.every(isToWrite)) {
      queue = queue.filter(isToWrite);
      queuedWrites = queue.reduce((sum, entry) => sum + entry.message.writes.length, 0);
    }
    release(stalled.filter((entry) => !isToWrite(entry)));
  }

  function settleDrained(): void {
    if (trouble === undefined && (queue.length > 0 || flying.size > 0)) return;
    const waiting = drained;
    drained = [];
    for (const done of waiting) done();
  }

  function drain(): Promise<void> {
    urgent = true;
    const done = new Promise<void>((resolve) => drained.push(resolve));
    send();
    settleDrained();
    return done;
  }

  return {
    put,
    drain,
    problem: () => trouble && `The store cannot be written: ${trouble.reason}`,
    close: () => {
      stopSweep();
      cancelPause?.();
      cancelPause = undefined;
    },
  };
}

/** False: the message was given up, and is withdrawn. */
const isToWrite = ({ message, answered }: Entry): boolean => !answered || message.irrevocable === true;
