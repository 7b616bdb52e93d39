/** Keeps since when each device has been sending without a longer silence, and says whether its silence means something. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, RecordChange, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import { silenceOf } from "../presence/presence-rules.ts";
import { areAlike, isRegular, offsAfter } from "../presence/regular.ts";
import { KEPT_GAPS, MOST_MIDDLES } from "../presence/usual-interval.ts";
import type { TrustedTime } from "../time/trusted-time.ts";
import type { DeviceRecord } from "./device-record.ts";

/** What decides, beside its interval, whether the silence of a device means something. */
export interface Habit {
  /** A shorter silence means nothing, however short the interval: a bridge reaches the device by radio. 0: it is none of these. */
  readonly leastMs: number;
  readonly isRegular: boolean;
}

export interface Regularity {
  of(device: DeviceRecord): Habit;
  /** How many devices keep their interval, and how many of them are there; as of the last half minute. */
  population(): { readonly known: number; readonly present: number };
  /** Settles when what it knows is written, or failed to be. */
  close(): Promise<void>;
}

export interface RegularityOptions {
  readonly registry: { list(): readonly DeviceRecord[] };
  /** How a bridge reaches it; undefined: it sends by itself. */
  readonly radioOf: (deviceId: DeviceId) => { readonly isMainsPowered: boolean } | undefined;
  /** False: no reading can be stored, so that none is heard of. */
  readonly canHear: () => boolean;
  readonly records: readonly StoredRecord[];
  readonly hubFile: Pick<HubFile, "write">;
  readonly time: Pick<TrustedTime, "nowMs" | "sinceMs">;
  readonly clock: Clock;
  readonly log: Log;
}

interface Streak {
  /** By the hub's time. */
  sinceMs: number;
  /** Its last gaps were alike. */
  alike: boolean;
  /** How often it was off for hours before. */
  offs: number;
  /** It is silent for too long now, and was for so long when it was looked at last; 0: it is not. */
  outMs: number;
  /** When it was looked at last: whether it is missed, and whether it is there. */
  seen: { readonly atMs: number; readonly isRegular: boolean; readonly isPresent: boolean } | undefined;
}

/** No silence is long before that: a board may be moved, or its access point be restarted. */
const LEAST_OUT_MS = 5 * 60_000;
/** Short ones, so that ten thousand devices hold nothing up. */
const SWEEP_MS = 500;
/** Each device is looked at in so many sweeps once. */
const SWEEPS = 60;
const WRITE_EVERY_MS = 60_000;
/** Of devices that the registry does not know: while MongoDB is away at a start, it may learn of them later. */
const DELETE_AFTER_MS = 6 * 3_600_000;

export function createRegularity(options: RegularityOptions): Regularity {
  const { registry, radioOf, canHear, records, hubFile, time, clock, log } = options;
  const streaks = new Map<string, Streak>();
  for (const { kind, id, data } of records) {
    const streak = kind === "rhythm" ? streakOf(data) : undefined;
    if (streak !== undefined) streaks.set(id, streak);
  }
  const changed = new Set<string>();
  const startedMs = clock.monotonicMs();
  /** Silence before that is not the device's. */
  let hearingSinceMs = startedMs;
  let part = 0;
  /** As they were when this round began. */
  let devices: readonly DeviceRecord[] = [];
  let isFailing = false;
  let writing = Promise.resolve();
  const stopSweep = clock.every(SWEEP_MS, sweep);
  const stopWrite = clock.every(WRITE_EVERY_MS, () => {
    dropDeleted();
    writing = writing.then(write);
  });

  function sweep(): void {
    if (!canHear()) hearingSinceMs = clock.monotonicMs();
    if (part === 0) devices = registry.list();
    for (let index = part; index < devices.length; index += SWEEPS) {
      const device = devices[index];
      if (device !== undefined && device.readMs > Number.NEGATIVE_INFINITY) look(device);
    }
    part = (part + 1) % SWEEPS;
  }

  function look(device: DeviceRecord): void {
    const { deviceId, rhythm, readMs } = device;
    const streak = streaks.get(deviceId) ?? begin(deviceId);
    const silentMs = clock.monotonicMs() - Math.max(readMs, hearingSinceMs);
    const isOut = silentMs >= Math.max(MOST_MIDDLES * (rhythm.usual?.ms ?? 0), LEAST_OUT_MS, leastMs(deviceId));
    if (streak.outMs > 0 && !isOut) {
      streak.offs = offsAfter(streak.offs, time.sinceMs(streak.sinceMs) - streak.outMs, streak.outMs);
      streak.sinceMs = time.nowMs();
      changed.add(deviceId);
    }
    streak.outMs = isOut ? silentMs : 0;
    const { gaps } = rhythm;
    const alike = gaps.length >= KEPT_GAPS ? areAlike(gaps) : streak.alike;
    if (alike !== streak.alike) changed.add(deviceId);
    streak.alike = alike;
    const { isRegular } = of(device);
    streak.seen = { atMs: clock.monotonicMs(), isRegular, isPresent: device.detail !== "offline" };
  }

  function begin(deviceId: string): Streak {
    const streak = { sinceMs: time.nowMs(), alike: false, offs: 0, outMs: 0, seen: undefined };
    streaks.set(deviceId, streak);
    changed.add(deviceId);
    return streak;
  }

  function leastMs(deviceId: DeviceId): number {
    const radio = radioOf(deviceId);
    if (radio === undefined) return 0;
    return silenceOf({ intervalMs: undefined, isRegular: true, radio, saysAsleep: false });
  }

  function of({ deviceId, rhythm, readMs }: DeviceRecord): Habit {
    const streak = streaks.get(deviceId);
    if (streak === undefined) return { leastMs: leastMs(deviceId), isRegular: false };
    const { sinceMs, offs, alike: wasAlike } = streak;
    const forMs = time.sinceMs(sinceMs) - (clock.monotonicMs() - readMs);
    return { leastMs: leastMs(deviceId), isRegular: isRegular(rhythm.gaps, { forMs, offs, wasAlike }) };
  }

  function population(): { known: number; present: number } {
    const sinceMs = clock.monotonicMs() - 2 * SWEEPS * SWEEP_MS;
    let [known, present] = [0, 0];
    for (const { seen } of streaks.values()) {
      if (seen === undefined || !seen.isRegular || seen.atMs < sinceMs) continue; // deleted, where it is not looked at any more
      known++;
      if (seen.isPresent) present++;
    }
    return { known, present };
  }

  function dropDeleted(): void {
    if (clock.monotonicMs() - startedMs < DELETE_AFTER_MS) return;
    const known = new Set<string>(registry.list().map(({ deviceId }) => deviceId));
    for (const id of streaks.keys()) {
      if (known.has(id)) continue;
      streaks.delete(id);
      changed.add(id);
    }
  }

  async function write(): Promise<void> {
    const ids = [...changed];
    changed.clear();
    if (ids.length === 0) return;
    try {
      await hubFile.write(ids.map(changeOf));
      isFailing = false;
    } catch (cause) {
      for (const id of ids) changed.add(id);
      if (!isFailing)
        log.warn("since when devices keep their interval could not be saved; the hub tries again", { cause });
      isFailing = true;
    }
  }

  function changeOf(id: string): RecordChange {
    const streak = streaks.get(id);
    const data = streak && JSON.stringify({ sinceMs: streak.sinceMs, alike: streak.alike, offs: streak.offs });
    return { of: "record", kind: "rhythm", id, data };
  }

  return {
    of,
    population,
    close: async () => {
      stopSweep();
      stopWrite();
      await writing;
      await write();
    },
  };
}

function streakOf(data: string): Streak | undefined {
  const { sinceMs, alike, offs } = JSON.parse(data) as { sinceMs?: unknown; alike?: unknown; offs?: unknown };
  if (typeof sinceMs !== "number") return undefined;
  return { sinceMs, alike: alike === true, offs: typeof offs === "number" ? offs : 0, outMs: 0, seen: undefined };
}
