/** Judges again what was stored before a start and may not have been judged: a kill may have come in between. */
import type { DeviceId } from "../../../contract/readings.ts";
import type { Clock } from "../../ports/clock.ts";
import type { StoredRun } from "../../ports/hub-file.ts";
import type { Store, UnsavedReading } from "../../ports/readings-store.ts";
import type { AlertIndex } from "./alert-index.ts";
import type { AlertInstance, Position } from "./alert-instance.ts";
import type { Judge, Moment } from "./alert-judge.ts";
import type { DeviceAlerts } from "./device-alerts.ts";
import type { RateLoader } from "./rate-loader.ts";

export interface JudgingAgainOptions {
  readonly index: AlertIndex;
  readonly judge: Judge;
  readonly judgeOne: (device: DeviceAlerts, reading: UnsavedReading, moment: Moment) => void;
  readonly clock: Clock;
  /** What was received before that was imported later, epoch ms. */
  readonly sinceMs: number;
  readonly rates: Pick<RateLoader, "isNeeded" | "begin">;
}

export interface Unjudged {
  readonly unsaved: Store["unsaved"];
  /** Was judged at this start, and came after all of those. */
  readonly judged?: Store["unsaved"] | undefined;
}

/** By device and reading: the alerts of which it was the last that they judged. */
type LastJudged = ReadonlyMap<DeviceId, ReadonlyMap<string, readonly AlertInstance[]>>;

interface Pass {
  readonly lastJudged: LastJudged;
  /** How often the last reading that an alert judged is still to come: what waits in the outbox may be in MongoDB, too. */
  readonly ahead: Map<AlertInstance, number>;
  /** When the last one of a device came, monotonic ms. */
  readonly cameMs: Map<DeviceId, number>;
  /** The store may fail in the middle, and all is asked again. */
  readonly mayComeAgain: boolean;
}

/** Imported readings are stored behind those that were received, and are not judged. Runs before the last may have ended at once. */
const IMPORTED_BEFORE_MS = 3_600_000;

/** What was received before then is not judged again, epoch ms. */
export const judgedSinceMs = (lastRun: StoredRun | undefined): number =>
  (lastRun?.startedAtMs ?? 0) - IMPORTED_BEFORE_MS;

/** Without knowing what came before, a reading that was older than this when it came is taken for one of a backlog. */
const LIVE_WITHIN_MS = 60_000;

const TIME = { kind: "time" } as const;

/** Twice through all of them: first it finds the readings up to which each alert is known to have judged. */
export function createJudgingAgain(options: JudgingAgainOptions): (unjudged: Unjudged) => Promise<void> {
  const { index, judge, judgeOne, clock, sinceMs, rates } = options;

  return async ({ unsaved, judged }) => {
    const lastJudged = lastJudgedOf(index.devices());
    const ahead = new Map<AlertInstance, number>();
    const firsts = new Map<DeviceId, UnsavedReading>();
    if (lastJudged.size > 0 || rates.isNeeded()) {
      await unsaved((readings) => {
        for (const reading of readings) {
          for (const instance of found(lastJudged, reading)) ahead.set(instance, (ahead.get(instance) ?? 0) + 1);
          if (isToBeJudged(reading) && !firsts.has(reading.deviceId)) firsts.set(reading.deviceId, reading);
        }
      });
    }
    await judged?.((readings) => {
      for (const instance of readings.flatMap((reading) => found(lastJudged, reading))) {
        ahead.set(instance, Number.POSITIVE_INFINITY);
      }
    });
    await rates.begin(firsts);
    const cameMs = new Map<DeviceId, number>();
    await unsaved((readings) => {
      for (const reading of readings) {
        if (isToBeJudged(reading)) again(reading, { lastJudged, ahead, cameMs, mayComeAgain: judged !== undefined });
      }
    });
  };

  function isToBeJudged({ receivedAtMs }: UnsavedReading): boolean {
    return receivedAtMs >= sinceMs;
  }

  function again(reading: UnsavedReading, { lastJudged, ahead, cameMs, mayComeAgain }: Pass): void {
    const { deviceId, receivedAtMs } = reading;
    const device = index.ofDevice(deviceId);
    if (device === undefined) return;
    const beforeMs = cameMs.get(deviceId) ?? Number.NEGATIVE_INFINITY;
    const monotonicMs = Math.max(beforeMs, clock.monotonicMs() - Math.max(0, clock.nowMs() - receivedAtMs));
    cameMs.set(deviceId, monotonicMs);
    if (beforeMs === Number.NEGATIVE_INFINITY) device.expectLive(monotonicMs - LIVE_WITHIN_MS);
    const moment: Moment = { wallMs: receivedAtMs, monotonicMs, isReplay: true };
    for (const instance of device.instances) {
      instance.isSkipping = (ahead.get(instance) ?? 0) > 0;
      if (!instance.isSkipping && instance.phase.state !== "normal") judge.apply(instance, TIME, moment);
    }
    judgeOne(device, reading, moment);
    for (const instance of device.instances) {
      if (mayComeAgain && !instance.isSkipping) instance.judgedBefore = reading;
      instance.isSkipping = false; // readings come live meanwhile, once the hub has opened
    }
    for (const instance of found(lastJudged, reading)) ahead.set(instance, (ahead.get(instance) ?? 1) - 1);
  }
}

function lastJudgedOf(devices: Iterable<DeviceAlerts>): LastJudged {
  const all = new Map<DeviceId, Map<string, AlertInstance[]>>();
  for (const { deviceId, instances } of devices) {
    for (const instance of instances) {
      if (instance.judgedBefore === undefined) continue;
      const ofDevice = all.get(deviceId) ?? new Map<string, AlertInstance[]>();
      const key = keyOf(instance.judgedBefore);
      all.set(deviceId, ofDevice.set(key, [...(ofDevice.get(key) ?? []), instance]));
    }
  }
  return all;
}

const NONE: readonly AlertInstance[] = [];

const found = (lastJudged: LastJudged, reading: UnsavedReading): readonly AlertInstance[] =>
  lastJudged.get(reading.deviceId)?.get(keyOf(reading)) ?? NONE;

const keyOf = ({ receivedAtMs, atMs, n }: Position): string => `${receivedAtMs} ${atMs} ${n}`;
