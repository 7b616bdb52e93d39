/** Looks each second at what time alone decides: silence, presence, delays, times of the day. In small steps. */
import type { Clock } from "../../ports/clock.ts";
import type { Pauses } from "../decisions/pauses.ts";
import { dueAfter, isOverdue, overdueFromMs, type SilenceFacts, verdictOfSilence } from "../decisions/silence-rules.ts";
import type { AlertDevices } from "./alert-devices.ts";
import { type AlertInstance, waitsForReadings } from "./alert-instance.ts";
import type { Judge, Moment } from "./alert-judge.ts";
import type { DeviceAlerts } from "./device-alerts.ts";

export interface SilenceSweepOptions {
  readonly clock: Clock;
  readonly devices: Pick<AlertDevices, "silenceOf" | "habitOf">;
  readonly judge: Judge;
  readonly pauses: Pauses;
  readonly alertDevices: () => Iterable<DeviceAlerts>;
  readonly isWritable: () => boolean;
  /** Called at the end of each. */
  readonly onSwept: () => void;
}

export interface SilenceSweep {
  /** Its presence changed. */
  look(device: DeviceAlerts): void;
  close(): void;
}

const EVERY_MS = 1_000;
/** Of one turn of the event loop. */
const STEP_MS = 10;
const LOOK_AT_CLOCK_AFTER = 50;

const TIME = { kind: "time" } as const;
const OVERDUE = { kind: "overdue" } as const;

export function createSilenceSweep(options: SilenceSweepOptions): SilenceSweep {
  const { clock, devices, judge, pauses, alertDevices, isWritable, onSwept } = options;
  let queue: DeviceAlerts[] = [];
  const queued = new Set<DeviceAlerts>();
  let isWorking = false;
  const stop = clock.every(EVERY_MS, () => {
    pauses.look(isWritable());
    const nowMs = clock.monotonicMs();
    for (const device of alertDevices()) if (device.dueMs <= nowMs) look(device);
    // Those of the hub itself have no device.
    for (const instance of [...judge.restless()])
      if (instance.deviceId === undefined) judge.apply(instance, TIME, moment());
    if (queue.length === 0) onSwept();
  });

  function look(device: DeviceAlerts): void {
    if (queued.has(device)) return;
    queued.add(device);
    queue.push(device);
    if (isWorking) return;
    isWorking = true;
    clock.soon(work);
  }

  function work(): void {
    const untilMs = clock.monotonicMs() + STEP_MS;
    let index = 0;
    for (; index < queue.length; index++) {
      if (index % LOOK_AT_CLOCK_AFTER === LOOK_AT_CLOCK_AFTER - 1 && clock.monotonicMs() >= untilMs) break;
      const device = queue[index];
      if (device === undefined) continue;
      queued.delete(device);
      check(device);
    }
    queue = queue.slice(index);
    isWorking = queue.length > 0;
    // Not `soon`: what comes from outside has its turn in between.
    if (isWorking) clock.after(0, work);
    else onSwept();
  }

  const moment = (): Moment => ({ wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs(), isReplay: false });

  function check(device: DeviceAlerts): void {
    const now = moment();
    const nowMs = now.monotonicMs;
    const silence = devices.silenceOf(device.deviceId);
    if (silence === undefined) {
      device.dueMs = nowMs + EVERY_MS;
      return;
    }
    const facts: SilenceFacts = { nowMs, silence, habit: devices.habitOf(device.deviceId), pauses };
    device.readMs = nowMs - silence.silentMs;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const use of device.silent) {
      const cameMs = cameMsOf(device, use.leaf);
      const verdict = verdictOfSilence(use, facts, cameMs);
      if (verdict !== undefined) judge.saysOfSilence(use.instance, use.index, verdict, now);
      dueMs = Math.min(dueMs, dueAfter(use, facts, cameMs));
    }
    judge.settleJoined(now);
    const overdue = isOverdue(facts);
    for (const instance of device.instances) {
      checkOne(instance, overdue, now);
      dueMs = Math.min(dueMs, dueOf(instance, facts));
    }
    device.dueMs = dueMs;
  }

  function checkOne(instance: AlertInstance, overdue: boolean, now: Moment): void {
    const { rule } = instance;
    if (overdue && rule.isOfValues && instance.phase.state !== "normal") judge.apply(instance, OVERDUE, now);
    else if (instance.phase.state !== "normal") judge.apply(instance, TIME, now);
    // Behind what time decides: an episode that continues is not over.
    if (instance.late !== undefined) judge.endLate(instance, now);
    // At the beginning of its times it asks what was said last.
    const isWaiting = rule.rule.activeTimes !== undefined && !overdue;
    if (isWaiting && instance.phase.state === "normal" && rule.join === "one" && instance.verdicts[0] === "past") {
      judge.apply(instance, { kind: "verdict", verdict: "past" }, now);
    }
  }

  return { look, close: stop };
}

/** When it is to be looked at again. What fires by values still fires until readings say otherwise, or none come: thousands may fire for days. */
function dueOf(instance: AlertInstance, facts: SilenceFacts): number {
  const { phase, rule, late } = instance;
  const isNormal = phase.state === "normal";
  if (waitsForReadings(instance)) return isNormal ? Number.POSITIVE_INFINITY : overdueFromMs(facts);
  const isTimed = late !== undefined || rule.rule.activeTimes !== undefined || !isNormal;
  return isTimed ? facts.nowMs : Number.POSITIVE_INFINITY;
}

const cameMsOf = (device: DeviceAlerts, leaf: DeviceAlerts["silent"][number]["leaf"]): number | undefined =>
  leaf.kind === "noData" && leaf.metric !== undefined ? device.cameMs.get(leaf.metric) : undefined;
