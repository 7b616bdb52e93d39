/** The alerts of a house with boards whose silence and latest values a test sets. */
import type { AlertEvent, Condition, RuleFields } from "../../../../src/contract/alerts.ts";
import type { MetricInfo } from "../../../../src/contract/metrics.ts";
import type { DeviceId, MetricValue, PresenceState } from "../../../../src/contract/readings.ts";
import { allowedSilenceMs } from "../../../../src/contract/silence.ts";
import type { NotificationSink, Transition } from "../../../../src/core/alerts/alert-types.ts";
import type { AlertDevices } from "../../../../src/core/alerts/engine/alert-devices.ts";
import { createAlertEngine } from "../../../../src/core/alerts/engine/alert-engine.ts";
import { createRuleBook } from "../../../../src/core/alerts/rule-book.ts";
import { createSilenceBook } from "../../../../src/core/alerts/silence-book.ts";
import type { Habit } from "../../../../src/core/devices/regularity.ts";
import type { ReadingsQuery, StoredReading } from "../../../../src/core/ports/history.ts";
import type { StoredRun } from "../../../../src/core/ports/hub-file.ts";
import { StoreError, type UnsavedReading } from "../../../../src/core/ports/readings-store.ts";
import type { LatestMetric } from "../../../../src/core/ports/stored-device.ts";
import { createManualClock, type ManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryAlertFile, type MemoryAlertFile } from "../../../support/memory/memory-alert-file.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

export interface TestDevice {
  readonly id: DeviceId;
  readonly latest: Map<string, LatestMetric>;
  readonly infos: Map<string, MetricInfo>;
  intervalMs: number | undefined;
  readMs: number;
  lastReadingAtMs: number | undefined;
  presence: PresenceState;
  habit: Habit;
}

export const ABOVE: Condition = { kind: "above", metric: "t", threshold: 50, clear: 40 };

export const ruleOf = (fields: Partial<RuleFields> = {}): RuleFields => ({
  name: "Too hot",
  enabled: true,
  severity: "critical",
  scope: { all: true },
  condition: ABOVE,
  forS: 0,
  keepFiringS: 0,
  channels: "all",
  ...fields,
});

export interface WorldOptions {
  readonly clock?: ManualClock;
  readonly file?: MemoryAlertFile;
  readonly devices?: Map<string, TestDevice>;
  readonly lastRun?: StoredRun;
  /** What a kill left behind. */
  readonly unsaved?: readonly UnsavedReading[];
  /** Every reading that is stored. */
  readonly rows?: UnsavedReading[];
  /** The store is away, and `unsaved` waits in the outbox. */
  readonly isAway?: boolean;
}

export type World = ReturnType<typeof createWorld>;

export function createWorld(options: WorldOptions = {}) {
  const { clock = createManualClock(), file = createMemoryAlertFile(), devices: known = new Map() } = options;
  const { rows = [] } = options;
  const log = createMemoryLog();
  const stored = file.records();
  const rules = createRuleBook({ hubFile: file, stored, clock, log });
  const names = { ofRule: (id: string) => rules.get(id)?.name, ofDevice: () => undefined };
  const silences = createSilenceBook({ hubFile: file, stored, names, clock, log });
  const committed: Transition[] = [];
  const unwritable: Transition[] = [];
  const store = { isWritable: true, isReadable: true, unreadable: new StoreError("the disk cannot be read", true) };
  const sink: NotificationSink = {
    changesOf: (transitions) =>
      transitions.map(({ event }) => ({ of: "record", kind: "notification", id: event.id, data: "{}" })),
    committed: (transitions) => void committed.push(...transitions),
    unwritable: (transitions) => void unwritable.push(...transitions),
  };
  const devices: AlertDevices = {
    ids: () => [...known.values()].map(({ id }) => id),
    nameOf: () => undefined,
    metricInfo: (id, metric) => known.get(id)?.infos.get(metric),
    metricsOf: (id) => known.get(id)?.latest.keys() ?? [],
    latestOf: (id, metric) => known.get(id)?.latest.get(metric),
    silenceOf: (id) => {
      const device = known.get(id);
      if (device === undefined) return undefined;
      const { intervalMs, readMs, lastReadingAtMs, presence } = device;
      const allowedMs = allowedSilenceMs(intervalMs);
      const silentMs = clock.monotonicMs() - readMs;
      return { silentMs, allowedMs, intervalMs, lastReadingAtMs, presence };
    },
    habitOf: (id) => known.get(id)?.habit ?? { leastMs: 0, isRegular: false },
  };
  const engine = createAlertEngine({
    hubFile: file,
    stored,
    rules,
    silences,
    devices,
    notifications: sink,
    isWritable: () => store.isWritable,
    readings: (query) => (store.isReadable ? Promise.resolve(rowsOf(rows, query)) : Promise.reject(store.unreadable)),
    lastRun: options.lastRun,
    clock,
    log,
  });

  const opened = engine.judgeAgain(async (take) => take(options.unsaved ?? []), !options.isAway);

  function deviceOf(id: string): TestDevice {
    const found = known.get(id);
    if (found !== undefined) return found;
    const made: TestDevice = {
      id: id as DeviceId,
      latest: new Map(),
      infos: new Map(),
      intervalMs: 5_000,
      readMs: clock.monotonicMs(),
      lastReadingAtMs: undefined,
      presence: "online",
      habit: { leastMs: 0, isRegular: true },
    };
    known.set(id, made);
    return made;
  }

  interface Sent {
    readonly atMs?: number;
    readonly receivedAtMs?: number;
    readonly n?: number;
  }

  /** A reading that is stored now. */
  function read(id: string, metrics: Record<string, MetricValue>, sent: Sent = {}): void {
    const device = deviceOf(id);
    const { receivedAtMs = clock.nowMs(), atMs = receivedAtMs, n = 0 } = sent;
    device.readMs = clock.monotonicMs();
    device.lastReadingAtMs = receivedAtMs;
    device.presence = "online";
    for (const [metric, value] of Object.entries(metrics)) {
      if (atMs >= (device.latest.get(metric)?.atMs ?? 0)) device.latest.set(metric, { value, atMs });
    }
    const row = { deviceId: device.id, metrics: new Map(Object.entries(metrics)), atMs, n, receivedAtMs };
    rows.push(row);
    engine.stored([row]);
  }

  /** It falls silent: as the registry finds by its rules. */
  function setPresence(id: string, presence: PresenceState): void {
    const device = deviceOf(id);
    device.presence = presence;
    engine.presenceChanged(device.id);
  }

  /** What is to be written is written. */
  async function written(): Promise<void> {
    for (let turn = 0; turn < 60; turn++) {
      clock.runSoon();
      await Promise.resolve();
    }
  }

  async function add(fields: Partial<RuleFields> = {}): Promise<string> {
    await opened;
    const added = await rules.add(ruleOf(fields));
    if (added.kind !== "done") throw new Error(JSON.stringify(added));
    return added.item.id;
  }

  /** `ms` pass; what is due in each second is done. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      clock.advance(Math.min(1_000, left));
      await written();
    }
  }

  const kinds = (): AlertEvent["kind"][] => file.events().map(({ kind }) => kind);

  return {
    opened,
    clock,
    file,
    log,
    rules,
    silences,
    engine,
    committed,
    unwritable,
    store,
    known,
    rows,
    deviceOf,
    read,
    setPresence,
    written,
    add,
    pass,
    kinds,
  };
}

/** The newest first, as the engine asks for them. */
function rowsOf(rows: readonly UnsavedReading[], { deviceId, fromMs, toMs, limit }: ReadingsQuery): StoredReading[] {
  return rows
    .filter((row) => row.deviceId === deviceId && row.atMs >= fromMs && row.atMs < toMs)
    .sort((one, other) => other.atMs - one.atMs || other.n - one.n)
    .slice(0, limit)
    .map(({ metrics, ...row }) => ({ ...row, body: JSON.stringify(Object.fromEntries(metrics)) }));
}
