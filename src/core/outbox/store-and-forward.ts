/**
 * A store in front of MongoDB. While MongoDB cannot be written, groups are stored in the outbox on the hub's own disk and
 * acknowledged. When it is back they are sent in their order, each once.
 */
import { messageOf } from "../model/message-of.ts";
import type { Journal } from "../ports/broker-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { AssignedGroup, Outbox, RemoteStore, WaitingGroup } from "../ports/outbox.ts";
import { isPassing, type Store, StoreError } from "../ports/readings-store.ts";
import type { StoredDevice } from "../ports/stored-device.ts";
import type { UpkeepRequest, UpkeepStep } from "../ports/upkeep.ts";
import type { WriteOutcome, WritesOfMessage } from "../ports/writes.ts";
import type { Away } from "./away.ts";
import { createGroupSender } from "./group-sender.ts";
import { replayWaiting, type StoredState, unsavedWaiting } from "./replay.ts";

export interface StoreAndForward extends Store {
  /** Undefined: everything goes straight to the store. */
  away(): Away | undefined;
  /** Queries over what waits. */
  readonly waiting: Outbox["waiting"];
  /** What `unsaved` gives one after the other. */
  unsavedIn(which: "store" | "outbox"): Store["unsaved"];
  /** Devices and journal were loaded from the store. */
  isLoaded(): boolean;
}

export interface StoreAndForwardOptions {
  readonly remote: RemoteStore;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when the store is reached for the first time since the start, with what it holds, before the outbox is sent. */
  readonly onReached: (stored: Readonly<StoredState>) => void;
  /** Awaited before the outbox is sent, each time. A passing error: not yet. */
  readonly beforeSending: () => Promise<void>;
  /** Acknowledged readings that the store refused when their turn came. */
  readonly onRefused: (count: number) => void;
}

/** A group without an answer after so long is put into the outbox. */
const ANSWER_WITHIN_MS = 2_500;
const PROBE_EVERY_MS = 1_000;

/** A group on its way to the store. */
interface Flight {
  readonly messages: readonly WritesOfMessage[];
  assigned: AssignedGroup | undefined;
  resolve(outcomes: WriteOutcome[][] | Promise<WriteOutcome[][]>): void;
}

export function createStoreAndForward(options: StoreAndForwardOptions): StoreAndForward {
  const { remote, outbox, clock, log, onReached, beforeSending, onRefused } = options;
  const sender = createGroupSender({ remote, outbox, log, onRefused });
  /** In the order in which they were sent. */
  const flights = new Set<Flight>();
  let trouble: { sinceMs: number; sinceMonotonicMs: number; reason: string } | undefined;
  let isDraining = false;
  /** While the last of the outbox is sent, new groups wait in memory. */
  let cutover: { readonly done: Promise<void>; end(): void } | undefined;
  let isLoaded = false;
  let loadedJournal: Journal | undefined;
  let isClosed = false;
  let working: Promise<void> | undefined;
  let cancelProbe: (() => void) | undefined;

  async function append(messages: readonly WritesOfMessage[]): Promise<WriteOutcome[][]> {
    while (cutover !== undefined) await cutover.done;
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
        // The outbox has it, and sends it later. Sent now as well, it would be stored twice.
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

  /** All groups without an answer go to the outbox, in order. Whether the store took them shows when they are repeated. */
  function goAway(reason: string): void {
    isDraining = false;
    if (trouble === undefined) {
      trouble = { sinceMs: clock.nowMs(), sinceMonotonicMs: clock.monotonicMs(), reason };
      log.error("MongoDB is away: messages are stored in the outbox", { reason });
      planProbe();
    } else trouble.reason = reason;
    const moved = [...flights];
    flights.clear();
    for (const { messages, assigned, resolve } of moved) resolve(outbox.put(messages, assigned));
    endCutover();
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
      await beforeSending();
      isDraining = true;
      log.info("MongoDB is back", { waiting: outbox.state().writes });
      await drain();
    } catch (error) {
      isDraining = false;
      endCutover();
      if (trouble !== undefined) trouble.reason = messageOf(error);
      if (!isPassing(error)) log.error("the outbox could not be sent", { cause: error });
      planProbe();
    }
  }

  /** Brings memory up to date with what the store holds, and with what waits. */
  async function takeIn(): Promise<void> {
    if (isLoaded) return;
    const kept = await loadKept();
    isLoaded = true;
    onReached(kept);
  }

  async function loadKept(): Promise<StoredState> {
    const [devices, journal] = await Promise.all([remote.load(), remote.loadJournal()]);
    return replayWaiting({ devices, journal }, outbox);
  }

  async function drain(): Promise<void> {
    const startedMs = clock.monotonicMs();
    let behind = 0;
    let sent = 0;
    for (;;) {
      if (isClosed || !isDraining) return;
      const group = await outbox.next(behind);
      if (group === undefined && cutover !== undefined) break;
      // Little is left: new groups wait in memory for some tens of milliseconds, and then go straight to the store.
      if (group === undefined || isLast(group)) beginCutover();
      if (group === undefined) continue;
      sent += await sender.send(group);
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
    endCutover();
  }

  const isLast = (group: WaitingGroup): boolean =>
    outbox.state().writes <= group.messages.reduce((sum, writes) => sum + writes.length, 0);

  function beginCutover(): void {
    if (cutover !== undefined) return;
    let end = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      end = resolve;
    });
    cutover = { done, end };
  }

  function endCutover(): void {
    const ended = cutover;
    cutover = undefined;
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

  /** Rejects while the store cannot be queried or changed. */
  function available(): Promise<void> {
    if (trouble === undefined || isDraining) return Promise.resolve();
    return Promise.reject(new StoreError(`MongoDB is away: ${trouble.reason}`, true));
  }

  const whileAvailable =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await available();
      return call(...args);
    };

  /** Where groups wait, or the store does not answer, it is away from the start. */
  async function load(): Promise<StoredDevice[]> {
    try {
      const { devices, journal } = await loadKept();
      isLoaded = true;
      loadedJournal = journal;
      if (outbox.state().groups > 0) goAway("the outbox of the last run has not been sent yet");
      return devices;
    } catch (error) {
      if (!isPassing(error)) throw error;
      goAway(error.message);
      const { devices, journal } = await replayWaiting({ devices: [], journal: NO_JOURNAL }, outbox);
      loadedJournal = journal;
      return devices;
    }
  }

  /** Upkeep that fails because the store is away is done when it is back. */
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
    unsavedIn: (which) => (which === "store" ? remote.unsaved : (take) => unsavedWaiting(outbox, take)),
    unsaved: async (take) => {
      await remote.unsaved(take);
      await unsavedWaiting(outbox, take);
    },
    /** Also while the outbox is sent: these states have values whose readings still wait, and mark their device again when they are sent. */
    saveState: whileAvailable(remote.saveState),
    nameDevice: whileAvailable(remote.nameDevice),
    relocate: whileAvailable(remote.relocate),
    deleteDevice: whileAvailable(remote.deleteDevice),
    readings: whileAvailable(remote.readings),
    readingsChunk: whileAvailable(remote.readingsChunk),
    series: whileAvailable(remote.series),
    rollups: whileAvailable(remote.rollups),
    exportChunk: whileAvailable(remote.exportChunk),
    latestOf: whileAvailable(remote.latestOf),
    tryRule: whileAvailable(remote.tryRule),
    damaged: remote.damaged,
    setRetention: whileAvailable(remote.setRetention),
    erase: whileAvailable(remote.erase),
    derive: whileAvailable(remote.derive),
    rebuild: whileAvailable(remote.rebuild),
    upkeep,
    backup: remote.backup,
    stats: whileAvailable(remote.stats),
    space: whileAvailable(remote.space),
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

const NO_JOURNAL: Journal = { sessions: [], subscriptions: [], retained: [], deliveries: [], inbound: [], wills: [] };
