/** Keeps changes of presence on the hub's own disk, and answers what was. Nothing waits for that disk. */
import type { DeviceId, Presence, PresenceState } from "../../contract/readings.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, PresenceChange, PresenceChanges, PresencesQuery, StoredPresence } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";

/** What is kept of a device's presence. */
export interface PresenceAt {
  readonly deviceId: DeviceId;
  readonly state: Presence;
  readonly sinceMs: number;
  readonly detail: PresenceState;
  readonly detailSinceMs: number;
}

export interface HistoryQuery {
  readonly deviceId: DeviceId;
  readonly fromMs: number;
  readonly toMs: number;
  /** Of changes within the range. */
  readonly limit: number;
}

export interface PresenceHistory {
  /** In order; the first may be from before the range: it says what held at its beginning. */
  readonly changes: readonly StoredPresence[];
  /** There are more: ask again from here. */
  readonly nextMs: number | undefined;
}

export interface PresenceHistories {
  readonly runs: readonly Run[];
  /** In the order of the ids. */
  readonly histories: readonly PresenceChanges[];
}

/** A time in which the hub ran. */
export interface Run {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PresenceBook {
  changed(device: PresenceAt): void;
  /** Notes what a start found to be other than what is kept. */
  compare(devices: Iterable<PresenceAt>): void;
  /** Rejects with a StoreError. */
  history(query: HistoryQuery): Promise<PresenceHistory>;
  /** Of many devices at once, one call after the other: alerts are written meanwhile. Rejects with a StoreError. */
  histories(query: Omit<PresencesQuery, "mostChanges">): Promise<PresenceHistories>;
  /** Those that touch the range, in order; rejects with a StoreError. */
  runs(range: { readonly fromMs: number; readonly toMs: number }): Promise<Run[]>;
  /** From now on nothing is noted: a hub that stops makes no device offline. Settles when the rest is written, or failed to be. */
  close(): Promise<void>;
}

export interface PresenceBookOptions {
  readonly hubFile: Pick<HubFile, "write" | "presence" | "presences" | "runs">;
  readonly clock: Clock;
  readonly log: Log;
  /** The last change of the device that was on disk at the start. */
  readonly lastOf: (deviceId: DeviceId) => StoredPresence | undefined;
  /** False: it was deleted. */
  readonly isKnown: (deviceId: DeviceId) => boolean;
}

const WRITE_EVERY_MS = 1_000;
/** Of one device between two writes: where it changes more often, the last counts. */
const MOST_OF_DEVICE = 2;
/** Read in some ten milliseconds. */
const MOST_CHANGES = 10_000;
/** While the disk takes nothing. */
const MOST_WAITING = 50_000;
/** That the hub runs is written each minute. */
const ALIVE_MS = 2 * 60_000;

export function createPresenceBook(options: PresenceBookOptions): PresenceBook {
  const { hubFile, clock, log, lastOf, isKnown } = options;
  const ofMany = createSerialQueue();
  let waiting = new Map<DeviceId, PresenceChange[]>();
  let count = 0;
  let lost = 0;
  let isFailing = false;
  let isClosed = false;
  let writing: Promise<void> | undefined;
  const stop = clock.every(WRITE_EVERY_MS, () => {
    if (count > 0) void write();
  });

  function changed(device: PresenceAt): void {
    if (isClosed) return;
    const { deviceId, detailSinceMs: atMs, state, sinceMs, detail } = device;
    note({ of: "presence", deviceId, atMs, state, sinceMs, detail });
  }

  function note(change: PresenceChange): void {
    const ofDevice = waiting.get(change.deviceId) ?? [];
    if (ofDevice.length === MOST_OF_DEVICE) ofDevice[MOST_OF_DEVICE - 1] = change;
    else if (count >= MOST_WAITING) lost++;
    else {
      waiting.set(change.deviceId, ofDevice);
      ofDevice.push(change);
      count++;
    }
  }

  function compare(devices: Iterable<PresenceAt>): void {
    for (const device of devices) {
      const former = lastOf(device.deviceId);
      if (former?.detail !== device.detail || former.atMs !== device.detailSinceMs) changed(device);
    }
  }

  /** One after the other: changes stay in order, and what comes meanwhile goes with the next. */
  function write(): Promise<void> {
    writing ??= writeWaiting().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeWaiting(): Promise<void> {
    const changes = [...waiting.values()].flat().filter(({ deviceId }) => isKnown(deviceId));
    waiting = new Map();
    count = 0;
    if (changes.length === 0) return;
    try {
      await hubFile.write(changes);
      isFailing = false;
    } catch (cause) {
      putBack(changes);
      if (!isFailing)
        log.warn("changes of presence could not be saved; the hub tries again", { cause, waiting: count });
      isFailing = true;
    }
    if (isFailing || lost === 0) return;
    log.error("changes of presence were lost: the hub's disk took none for too long", { count: lost });
    lost = 0;
  }

  /** They are older than what came meanwhile. */
  function putBack(changes: readonly PresenceChange[]): void {
    const newer = waiting;
    waiting = new Map();
    count = 0;
    for (const change of [...changes, ...[...newer.values()].flat()]) note(change);
  }

  /** What is asked for may have just happened. */
  async function writeNow(): Promise<void> {
    await writing;
    if (count > 0) await write();
  }

  async function historiesNow(query: Omit<PresencesQuery, "mostChanges">): Promise<PresenceHistories> {
    await writeNow();
    const histories = await hubFile.presences({ ...query, mostChanges: MOST_CHANGES });
    return { runs: await runs(query), histories };
  }

  async function history({ deviceId, fromMs, toMs, limit }: HistoryQuery): Promise<PresenceHistory> {
    await writeNow();
    const found = await hubFile.presence({ deviceId, fromMs, toMs, limit: limit + 1 });
    const next = found.filter(({ atMs }) => atMs >= fromMs)[limit];
    return { changes: next === undefined ? found : found.slice(0, found.indexOf(next)), nextMs: next?.atMs };
  }

  async function runs({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): Promise<Run[]> {
    const found = await hubFile.runs({ fromMs, toMs });
    const nowMs = clock.nowMs();
    return found.map(({ startedAtMs, aliveAtMs }, index) => ({
      fromMs: startedAtMs,
      toMs: index === found.length - 1 && nowMs - aliveAtMs < ALIVE_MS ? Math.max(nowMs, aliveAtMs) : aliveAtMs,
    }));
  }

  return {
    changed,
    compare,
    history,
    histories: (query) => ofMany.run(() => historiesNow(query)),
    runs,
    close: async () => {
      isClosed = true;
      stop();
      await writing;
      await write();
    },
  };
}
