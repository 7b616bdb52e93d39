/** Judges stored readings, silence and presence by the rules, and has what changes written and notified. */
import type { Alert, AlertEvent, HubTrouble } from "../../../contract/alerts.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HubFile, StoredRecord, StoredRun } from "../../ports/hub-file.ts";
import type { Log } from "../../ports/log.ts";
import type { Store } from "../../ports/readings-store.ts";
import type { AlertEngine, NotificationSink, StoredForAlerts } from "../alert-types.ts";
import { isOfValues } from "../decisions/compiled-rule.ts";
import { createPauses } from "../decisions/pauses.ts";
import { isOngoing } from "../decisions/state-machine.ts";
import { verdictOf } from "../decisions/verdict.ts";
import type { OwnRuleBook } from "../rule-book.ts";
import { matches, type OwnSilenceBook } from "../silence-book.ts";
import type { AlertDevices } from "./alert-devices.ts";
import { createAlertIndex } from "./alert-index.ts";
import { type AlertInstance, type KeptAlert, keptOf, readKept, restore, wallAheadMs } from "./alert-instance.ts";
import { createJudge, type Moment } from "./alert-judge.ts";
import { bySeverity, createAlertView } from "./alert-view.ts";
import { createAlertWriter } from "./alert-writer.ts";
import type { DeviceAlerts, OnVerdict } from "./device-alerts.ts";
import { createJudgingAgain, judgedSinceMs, type Unjudged } from "./judging-again.ts";
import { createRateLoader } from "./rate-loader.ts";
import { createRuleChanges } from "./rule-changes.ts";
import { createSilenceSweep } from "./silence-sweep.ts";

export interface AlertEngineOptions {
  readonly hubFile: Pick<HubFile, "write">;
  /** Of all kinds. */
  readonly stored: readonly StoredRecord[];
  readonly rules: OwnRuleBook;
  readonly silences: OwnSilenceBook;
  readonly devices: AlertDevices;
  readonly notifications: NotificationSink;
  /** Readings can be stored. */
  readonly isWritable: () => boolean;
  /** For what came before a start, or before a rule. */
  readonly readings: Store["readings"];
  /** The run before this one. */
  readonly lastRun: StoredRun | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const FRESH = { kind: "fresh" } as const;

/** The engine, and what its start needs. */
export interface OwnAlertEngine extends AlertEngine {
  /** Judges what was stored and perhaps not judged before this start. Before anything is received. `isAll` false: the store is away. */
  judgeAgain(unsaved: Store["unsaved"], isAll: boolean): Promise<void>;
  /** The store is there: judges what it has from before this start. May be called again where it failed. */
  judgeReached(unjudged: Required<Unjudged>): Promise<void>;
}

export function createAlertEngine(options: AlertEngineOptions): OwnAlertEngine {
  const { hubFile, stored, rules, silences, devices, notifications, isWritable, readings, lastRun, clock, log } =
    options;
  const listeners: ((alerts: readonly Alert[], events: readonly AlertEvent[]) => void)[] = [];
  const kept = new Map<string, KeptAlert>();
  for (const { kind, id, data } of stored) {
    if (kind !== "alert") continue;
    const read = readKept(data);
    if (read === undefined) log.warn("the state of an alert cannot be read, and is left as it is", { id });
    else kept.set(id, read);
  }
  const view = createAlertView({ devices, silences, clock });
  const writer = createAlertWriter({
    hubFile,
    sink: notifications,
    clock,
    log,
    onDurable: (transitions) => {
      if (transitions.length === 0) return;
      notify(
        transitions.map(({ alert }) => alert),
        transitions.map(({ event }) => event),
      );
    },
  });
  /** False until all is judged that was stored before this start: what is true of the past begins nothing. */
  let isOpen = false;
  /** The latest of a new device is among readings that are judged now, or as soon as its presence is noted. */
  let isArriving = false;
  const rates = createRateLoader({ readings, devices, clock, log });
  const index = createAlertIndex({ devices, log, onAdded });
  const judge = createJudge({
    clock,
    view,
    writer,
    deviceOf: ({ deviceId }) => (deviceId === undefined ? undefined : index.ofDevice(deviceId)),
  });
  const pauses = createPauses(clock.monotonicMs, Math.max(0, clock.nowMs() - (lastRun?.aliveAtMs ?? clock.nowMs())));
  const ruleChanges = createRuleChanges({ book: rules, index, judge, clock, kept });
  rules.onChange(ruleChanges.changed);
  rules.countBy((fields, replaces) => ({ own: index.countOf(fields), others: index.countOthers(replaces) }));
  silences.onChange((silence) => {
    const some = [...judge.restless()].filter(({ rule, deviceId }) => matches(silence, rule.rule.id, deviceId));
    if (some.length > 0) notify(some.map(alertOf), []);
  });
  const sweep = createSilenceSweep({
    clock,
    devices,
    judge,
    pauses,
    alertDevices: index.devices,
    isWritable,
    onSwept: () => {
      const alerts = judge.takeChanged();
      if (alerts.length > 0) notify(alerts, []);
    },
  });
  const judgingAgain = createJudgingAgain({
    index,
    judge,
    judgeOne,
    clock,
    sinceMs: judgedSinceMs(lastRun),
    rates,
  });

  const now = (): Moment => ({ wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs(), isReplay: false });

  function notify(alerts: readonly Alert[], events: readonly AlertEvent[]): void {
    for (const listener of listeners) listener(alerts, events);
  }

  function onAdded(instance: AlertInstance, device: DeviceAlerts | undefined): void {
    const before = kept.get(instance.id);
    kept.delete(instance.id);
    if (before !== undefined) {
      restore(instance, before, clock);
      judge.adopt(instance);
    }
    if (device === undefined) return;
    device.dueMs = 0;
    if (instance.rule.leaves.some(({ kind }) => kind === "rate")) rates.need(device);
    for (const leaf of instance.rule.leaves) {
      if (leaf.kind === "presence" || (leaf.kind === "noData" && leaf.metric === undefined)) continue;
      const metric = leaf.kind === "class" ? instance.metric : leaf.metric;
      if (metric === undefined) continue;
      const latest = devices.latestOf(device.deviceId, metric);
      if (leaf.kind !== "noData") {
        if (isOpen && !isArriving) seed(device, metric);
      } else if (latest !== undefined && !device.cameMs.has(metric)) {
        device.cameMs.set(metric, clock.monotonicMs() - Math.max(0, clock.nowMs() - latest.atMs));
      }
    }
    if (isOpen && !isArriving) judgeLatest(instance, device);
  }

  /** A new rule need not wait for the next reading of a device that is there. */
  function judgeLatest(instance: AlertInstance, { deviceId }: DeviceAlerts): void {
    const presence = devices.silenceOf(deviceId)?.presence;
    if (presence !== "online" && presence !== "asleep") return;
    for (const [at, leaf] of instance.rule.leaves.entries()) {
      if (!isOfValues(leaf) || leaf.kind === "rate") continue;
      const latest = devices.latestOf(deviceId, leaf.kind === "class" ? (instance.metric ?? "") : leaf.metric);
      if (latest === undefined) continue;
      const { value, atMs } = latest;
      judge.says(instance, at, { verdict: verdictOf(leaf, value), value, atMs, arrival: "live" }, now());
    }
    judge.settleJoined(now());
  }

  /** Of the reading that is judged: one function for all of them. */
  let current = now();
  const onVerdict: OnVerdict = (instance, at, said) => judge.says(instance, at, said, current);

  /** Whatever fails here, the readings are stored, and their boards are answered. */
  function judgeStored(readings: readonly StoredForAlerts[]): void {
    const moment = now();
    isArriving = true;
    for (const reading of readings) {
      const device = index.ofDevice(reading.deviceId);
      if (device === undefined) continue;
      try {
        judgeOne(device, reading, moment);
      } catch (cause) {
        log.error("a reading could not be judged by the alert rules", { deviceId: reading.deviceId, cause });
      }
    }
    isArriving = false;
  }

  function judgeOne(device: DeviceAlerts, reading: StoredForAlerts, moment: Moment): void {
    current = moment;
    const { metrics } = reading;
    if (index.hasClasses() && (metrics.names === undefined || metrics.names !== device.lastNames)) {
      device.lastNames = metrics.names;
      index.named(device, metrics.keys());
    }
    if (device.overdue > 0) {
      for (const instance of device.instances) {
        if (instance.phase.data === "overdue" && !instance.isSkipping) judge.apply(instance, FRESH, moment);
      }
    }
    device.judge(reading, moment.monotonicMs, onVerdict);
    judge.settleJoined(moment);
  }

  /** Readings that came before this start are no longer unknown. */
  async function judgeAgain(unsaved: Store["unsaved"], isAll: boolean): Promise<void> {
    await judgingAgain({ unsaved });
    open(isAll);
  }

  async function judgeReached(unjudged: Required<Unjudged>): Promise<void> {
    for (const deviceId of devices.ids()) index.ofDevice(deviceId);
    await judgingAgain(unjudged);
    open(true);
    notify([...judge.restless()].map(alertOf), []);
  }

  function open(isAll: boolean): void {
    isOpen = isAll;
    for (const device of index.devices()) {
      for (const metric of device.metrics()) seed(device, metric);
    }
  }

  function seed(device: DeviceAlerts, metric: string): void {
    const latest = devices.latestOf(device.deviceId, metric);
    if (latest === undefined) return;
    const ageMs = Math.max(0, clock.nowMs() - latest.atMs);
    device.seed(metric, Math.min(latest.atMs, clock.nowMs()), clock.monotonicMs() - ageMs);
  }

  const alertOf = (instance: AlertInstance): Alert => view.alertOf(instance);

  function deviceRemoved(deviceId: DeviceId): void {
    for (const instance of index.ofDevice(deviceId)?.instances.slice() ?? []) {
      judge.end(instance, instance.phase.episode === 0);
      if (instance.phase.episode > 0) kept.set(instance.id, keptOf(instance, undefined, wallAheadMs(clock)));
    }
    index.removeDevice(deviceId);
  }

  async function acknowledge(alertId: string, by: string, note: string | undefined): Promise<"done" | "unknown"> {
    const instance = index.get(alertId);
    if (instance === undefined || !isOngoing(instance.phase)) return "unknown";
    const atMs = clock.nowMs();
    const said = { by, ...(note !== undefined && { note }) };
    instance.acknowledged = { ...said, at: new Date(atMs).toISOString() };
    judge.note(instance, { kind: "acknowledged", atMs, episode: instance.phase.episode, ...said });
    await writer.settled();
    return "done";
  }

  function hubTrouble(what: HubTrouble, text: string | undefined): void {
    for (const instance of index.ofHub(what)) {
      if (text !== undefined) instance.hubText = text;
      judge.apply(instance, { kind: "verdict", verdict: text === undefined ? "clear" : "past" }, now());
    }
  }

  return {
    stored: judgeStored,
    judgeAgain,
    judgeReached,
    presenceChanged: (deviceId) => {
      isArriving = true;
      const device = index.ofDevice(deviceId);
      isArriving = false;
      if (device !== undefined && device.silent.length > 0) sweep.look(device);
    },
    deviceRemoved,
    hubTrouble,
    descriptionChanged: (deviceId) => {
      const device = index.ofDevice(deviceId);
      if (device === undefined || !index.hasClasses()) return;
      device.names.clear();
      index.named(device, devices.metricsOf(deviceId));
    },
    settled: () => {
      judge.flush();
      return writer.settled();
    },
    lost: writer.lost,
    list: () => [...judge.restless()].map(alertOf).sort(bySeverity),
    get: (alertId) => {
      const instance = index.get(alertId);
      return instance === undefined || instance.phase.state === "normal" ? undefined : alertOf(instance);
    },
    isExplained: (alertId) => index.get(alertId)?.supersededBy !== undefined,
    ofDevice: (deviceId) =>
      (index.ofDevice(deviceId)?.instances ?? [])
        .filter(({ phase }) => phase.state !== "normal")
        .map(alertOf)
        .sort(bySeverity),
    acknowledge,
    onChange: (run) => void listeners.push(run),
    close: async () => {
      sweep.close();
      await rates.close();
      judge.flush();
      await writer.close();
    },
  };
}
