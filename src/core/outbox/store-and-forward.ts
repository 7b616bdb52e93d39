/**
 * Stands before a store at the other end of a connection: while that cannot be written, groups are acknowledged from the outbox on
 * the hub's own disk, and sent in their order when it is back, each once. Opens neither.
 */

import type { Readiness } from "../../contract/rest.ts";
import type { Journal } from "../ports/broker-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { AssignedGroup, Outbox, OutboxState, RemoteStore, WaitingGroup } from "../ports/outbox.ts";
import { type Store, StoreError } from "../ports/readings-store.ts";
import type { StoredDevice } from "../ports/stored-device.ts";
import type { UpkeepRequest, UpkeepStep } from "../ports/upkeep.ts";
import type { WriteOutcome, WritesOfMessage } from "../ports/writes.ts";
import { replayDevices, replayJournal } from "./replay.ts";

export interface Away {
  /** Since when it is away, or since when what comes waits, epoch ms. */
  readonly sinceMs: number;
  readonly reason: string;
  readonly waiting: OutboxState;
  /** It is back, and takes what waits. */
  readonly isDraining: boolean;
}

export interface StoreAndForward extends Store {
  /** Undefined: everything goes straight to the store. */
  away(): Away | undefined;
  /** What waits, as a store that can be asked. */
  readonly waiting: Outbox["waiting"];
  /** What the store keeps is known. */
  isLoaded(): boolean;
}

export interface StoreAndForwardOptions {
  readonly remote: RemoteStore;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  /** Reached for the first time since the start: what it keeps, for memory to take in before anything waits no more. */
  readonly onReached: (kept: { readonly devices: readonly StoredDevice[]; readonly journal: Journal }) => void;
  /** Acknowledged readings that the store refused when their turn came. */
  readonly onRefused: (count: number) => void;
}

/** Unanswered for so long, a group goes to the outbox. */
const ANSWER_WITHIN_MS = 2_500;
const PROBE_EVERY_MS = 1_000;

/** A group on its way to the store. */
interface Flight {
  readonly messages: readonly WritesOfMessage[];
  assigned: AssignedGroup | undefined;
  resolve(outcomes: WriteOutcome[][] | Promise<WriteOutcome[][]>): void;
}

export function createStoreAndForward(options: StoreAndForwardOptions): StoreAndForward {
  const { remote, outbox, clock, log, onReached, onRefused } = options;
  /** In the order in which they were sent. */
  const flights = new Set<Flight>();
  let trouble: { sinceMs: number; sinceMonotonicMs: number; reason: string } | undefined;
  let isDraining = false;
  /** Of the handover: what comes waits until the last of the outbox is sent. */
  let handover: { readonly done: Promise<void>; end(): void } | undefined;
  let isLoaded = false;
  let loadedJournal: Journal | undefined;
  let isClosed = false;
  let working: Promise<void> | undefined;
  let cancelProbe: (() => void) | undefined;

  async function append(messages: readonly WritesOfMessage[]): Promise<WriteOutcome[][]> {
    while (handover !== undefined) await handover.done;
    return trouble === undefined ? send(messages) : outbox.put(messages, undefined);
  }

  function send(messages: readonly WritesOfMessage[]): Promise<WriteOutcome[][]> {
    return new Promise((resolve, reject) => {
      const flight: Flight = { messages, assigned: undefined, resolve };
      flights.add(flight);
      const cancel = clock.after(ANSWER_WITHIN_MS, () => {
        if (flights.has(flight)) goAway(`it has not answered for ${ANSWER_WITHIN_MS} ms`);
      });
      const landed = (): boolean => {
        cancel();
        return flights.delete(flight);
      };
      const onAssigned = (assigned: AssignedGroup): void => {
        // The outbox has it: sent now, and again from there, it would be two.
        if (!flights.has(flight)) throw new StoreError("the outbox has it", true);
        flight.assigned = assigned;
      };
      remote.append(messages, onAssigned).then(
        (outcomes) => {
          if (landed()) resolve(outcomes);
        },
        (error: unknown) => {
          if (!flights.has(flight)) return;
          if (isPassing(error)) goAway(error.message);
          if (landed()) reject(error as Error);
        },
      );
    });
  }

  /** All that is on its way goes to the outbox, in its order: whether the store took it is not known, and `repeat` will tell. */
  function goAway(reason: string): void {
    isDraining = false;
    if (trouble === undefined) {
      trouble = { sinceMs: clock.nowMs(), sinceMonotonicMs: clock.monotonicMs(), reason };
      log.error("MongoDB is away: what comes waits in the outbox", { reason });
      planProbe();
    } else trouble.reason = reason;
    const moved = [...flights];
    flights.clear();
    for (const { messages, assigned, resolve } of moved) resolve(outbox.put(messages, assigned));
    endHandover();
  }

  function planProbe(): void {
    if (isClosed) return;
    cancelProbe?.();
    cancelProbe = clock.after(PROBE_EVERY_MS, () => {
      working ??= comeBack().finally(() => {
        working = undefined;
      });
    });
  }

  async function comeBack(): Promise<void> {
    try {
      await remote.probe();
      await takeIn();
      isDraining = true;
      log.info("MongoDB is back", { waiting: outbox.state().writes });
      await drain();
    } catch (error) {
      isDraining = false;
      endHandover();
      if (trouble !== undefined) trouble.reason = wordsOf(error);
      if (!isPassing(error)) log.error("the outbox cannot be sent", { cause: error });
      planProbe();
    }
  }

  /** What the store kept and this run has not seen, and on top what waits. */
  async function takeIn(): Promise<void> {
    if (isLoaded) return;
    const kept = await loadKept();
    isLoaded = true;
    onReached(kept);
  }

  async function loadKept(): Promise<{ devices: StoredDevice[]; journal: Journal }> {
    const [devices, journal] = await Promise.all([remote.load(), remote.loadJournal()]);
    return replayWaiting(devices, journal);
  }

  async function replayWaiting(
    devices: StoredDevice[],
    journal: Journal,
  ): Promise<{ devices: StoredDevice[]; journal: Journal }> {
    let behind = 0;
    let kept = { devices, journal };
    for (;;) {
      const group = await outbox.next(behind);
      if (group === undefined) return kept;
      kept = {
        devices: replayDevices(kept.devices, group.messages),
        journal: replayJournal(kept.journal, group.messages),
      };
      behind = group.seq;
    }
  }

  async function drain(): Promise<void> {
    const startedMs = clock.monotonicMs();
    let behind = 0;
    let sent = 0;
    for (;;) {
      if (isClosed || !isDraining) return;
      const group = await outbox.next(behind);
      if (group === undefined && handover !== undefined) break;
      // Little is left: what comes now waits for it in memory, some tens of milliseconds, and goes straight to the store.
      if (group === undefined || isLast(group)) beginHandover();
      if (group === undefined) continue;
      sent += await sendGroup(group);
      await outbox.remove(group.seq);
      behind = group.seq;
    }
    const awayMs = clock.monotonicMs() - (trouble?.sinceMonotonicMs ?? 0);
    log.info("the outbox is sent", {
      writes: sent,
      drainedMs: Math.round(clock.monotonicMs() - startedMs),
      awayMs: Math.round(awayMs),
    });
    trouble = undefined;
    isDraining = false;
    endHandover();
  }

  const isLast = (group: WaitingGroup): boolean =>
    outbox.state().writes <= group.messages.reduce((sum, writes) => sum + writes.length, 0);

  /** Answers how many writes there were. */
  async function sendGroup(group: WaitingGroup): Promise<number> {
    try {
      const outcomes =
        group.assigned === undefined
          ? await remote.append(group.messages, (assigned) => outbox.assign(group, assigned))
          : await remote.repeat(group.assigned);
      noteRefused(group.messages, outcomes);
    } catch (error) {
      if (isPassing(error)) throw error;
      await sendSingly(group, error);
    }
    return group.messages.reduce((sum, writes) => sum + writes.length, 0);
  }

  /** One message cannot stop the others. */
  async function sendSingly({ messages, assigned }: WaitingGroup, cause: unknown): Promise<void> {
    log.error("the store refused a group that waited; its messages are sent one by one", { cause });
    for (const [index, writes] of messages.entries()) {
      try {
        const outcomes = assigned?.outcomes[index];
        const said =
          outcomes === undefined
            ? await remote.append([writes])
            : await remote.repeat({ messages: [writes], outcomes: [outcomes] });
        noteRefused([writes], said);
      } catch (error) {
        if (isPassing(error)) throw error;
        log.error("the store refused a message that had been acknowledged", { cause: error });
        onRefused(writes.filter(({ kind }) => kind === "reading").length);
      }
    }
  }

  function noteRefused(messages: readonly WritesOfMessage[], outcomes: readonly (readonly WriteOutcome[])[]): void {
    const refused = outcomes.flatMap((each, message) =>
      each.flatMap((outcome, element) =>
        outcome.kind === "refused" && messages[message]?.[element]?.kind === "reading" ? [outcome.reason] : [],
      ),
    );
    if (refused.length === 0) return;
    log.error("the store refused readings that had been acknowledged", { count: refused.length, reason: refused[0] });
    onRefused(refused.length);
  }

  function beginHandover(): void {
    if (handover !== undefined) return;
    let end = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      end = resolve;
    });
    handover = { done, end };
  }

  function endHandover(): void {
    const ended = handover;
    handover = undefined;
    ended?.end();
  }

  function away(): Away | undefined {
    if (trouble === undefined) return undefined;
    const waiting = outbox.state();
    return {
      sinceMs: Math.min(trouble.sinceMs, waiting.sinceMs ?? trouble.sinceMs),
      reason: trouble.reason,
      waiting,
      isDraining,
    };
  }

  /** While the store is away nothing that has to be asked or changed there can be. */
  function there(): Promise<void> {
    if (trouble === undefined || isDraining) return Promise.resolve();
    return Promise.reject(new StoreError(`MongoDB is away: ${trouble.reason}`, true));
  }

  const asked =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await there();
      return call(...args);
    };

  /** Starts away where something waits, or the store does not answer. */
  async function load(): Promise<StoredDevice[]> {
    try {
      const { devices, journal } = await loadKept();
      isLoaded = true;
      loadedJournal = journal;
      if (outbox.state().groups > 0) goAway("the outbox of the last run is not sent yet");
      return devices;
    } catch (error) {
      if (!isPassing(error)) throw error;
      goAway(error.message);
      const { devices, journal } = await replayWaiting([], NO_JOURNAL);
      loadedJournal = journal;
      return devices;
    }
  }

  /** What the store could not do while it was going away it does when it is back. */
  async function upkeep(request: UpkeepRequest): Promise<UpkeepStep> {
    const nothing = { did: "nothing", readings: 0, hot: 0 } as const;
    if (trouble !== undefined) return nothing;
    try {
      return await remote.upkeep(request);
    } catch (error) {
      if (isPassing(error)) return nothing;
      throw error;
    }
  }

  return {
    append,
    load,
    loadJournal: async () => loadedJournal ?? NO_JOURNAL,
    away,
    waiting: outbox.waiting,
    isLoaded: () => isLoaded,
    probe: () => (trouble === undefined ? remote.probe() : Promise.resolve()),
    /**
     * While the outbox drains, too: what waits is told of by these states before its readings are there, and marks its device
     * again when it is sent.
     */
    saveState: asked(remote.saveState),
    nameDevice: asked(remote.nameDevice),
    deleteDevice: asked(remote.deleteDevice),
    readings: asked(remote.readings),
    readingsChunk: asked(remote.readingsChunk),
    series: asked(remote.series),
    rollups: asked(remote.rollups),
    exportChunk: asked(remote.exportChunk),
    latestOf: asked(remote.latestOf),
    damaged: remote.damaged,
    setRetention: asked(remote.setRetention),
    erase: asked(remote.erase),
    rebuild: asked(remote.rebuild),
    upkeep,
    backup: remote.backup,
    stats: asked(remote.stats),
    space: asked(remote.space),
    filesProblem: outbox.filesProblem,
    close: async () => {
      isClosed = true;
      cancelProbe?.();
      await working;
      await remote.close();
      await outbox.close();
    },
  };
}

/** For programs; undefined: all is well. */
export function degradation(away: Away | undefined): Readiness["degraded"] {
  if (away === undefined) return undefined;
  const { sinceMs, reason, waiting } = away;
  return { since: new Date(sinceMs).toISOString(), waiting: waiting.writes, bytes: waiting.bytes, reason };
}

/** The same for the owner. */
export function awayProblem(away: Away | undefined, maxBytes: number): string | undefined {
  if (away === undefined) return undefined;
  const { sinceMs, reason, waiting, isDraining } = away;
  const since = new Date(sinceMs).toISOString();
  const much = `${waiting.writes} readings and other writes wait in the outbox (${mb(waiting.bytes)} of ${mb(maxBytes)} MB)`;
  return isDraining
    ? `MongoDB was away since ${since} and is back: ${much} and are being sent`
    : `MongoDB is away since ${since}: ${much}; ${reason}`;
}

const mb = (bytes: number): number => Math.ceil(bytes / 1_000_000);

const NO_JOURNAL: Journal = { sessions: [], subscriptions: [], retained: [], deliveries: [], inbound: [], wills: [] };

const isPassing = (error: unknown): error is StoreError => error instanceof StoreError && error.passing;

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
