/** A house in which rules are applied live, by the engine; everything that a trial needs afterwards is written down. */
import type { AlertEvent, RuleFields } from "../../../../src/contract/alerts.ts";
import type { DeviceId, MetricValue } from "../../../../src/contract/readings.ts";
import { createAlertEngine } from "../../../../src/core/alerts/engine/alert-engine.ts";
import { createRuleBook } from "../../../../src/core/alerts/rule-book.ts";
import { createSilenceBook } from "../../../../src/core/alerts/silence-book.ts";
import { createDeviceTrial, needsText, trialMetrics } from "../../../../src/core/alerts/trial/device-trial.ts";
import { createTrialBuffer } from "../../../../src/core/alerts/trial/trial-buffer.ts";
import { createRegistry, type Registry } from "../../../../src/core/devices/registry.ts";
import { createRegularity } from "../../../../src/core/devices/regularity.ts";
import type { TrialEvent, TrialSpec } from "../../../../src/core/ports/rule-trial.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryAlertFile } from "../../../support/memory/memory-alert-file.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

export const board = "board" as DeviceId;

interface StoredSample {
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly metrics: ReadonlyMap<string, MetricValue>;
}

export async function openTrialWorld(rule: RuleFields) {
  const clock = createManualClock({ nowMs: Date.UTC(2026, 10, 22, 12) });
  const log = createMemoryLog();
  const file = createMemoryAlertFile();
  const presence: { atMs: number; detail: TrialSpec["presence"][number]["detail"] }[] = [];
  const samples: StoredSample[] = [];
  const registry: Registry = createRegistry({
    clock,
    stored: [],
    limits: { maxDevices: 10, maxDevicesPerClient: 10, maxMetricsPerDevice: 10 },
    onPresence: ({ deviceId, detail, detailSinceMs }) => {
      presence.push({ atMs: detailSinceMs, detail });
      engine.presenceChanged(deviceId);
    },
  });
  const ofHub = { hubFile: file, clock, log };
  const regularity = createRegularity({
    registry,
    radioOf: () => undefined,
    canHear: () => true,
    records: [],
    time: { nowMs: clock.nowMs, sinceMs: (atMs) => clock.nowMs() - atMs },
    ...ofHub,
  });
  const rules = createRuleBook({ ...ofHub, stored: [] });
  const engine = createAlertEngine({
    ...ofHub,
    stored: [],
    rules,
    silences: createSilenceBook({
      ...ofHub,
      stored: [],
      names: { ofRule: () => undefined, ofDevice: () => undefined },
    }),
    devices: {
      ids: () => registry.list().map(({ deviceId }) => deviceId),
      nameOf: () => undefined,
      metricInfo: () => undefined,
      metricsOf: (id) => registry.get(id)?.metrics ?? [],
      latestOf: (id, metric) => registry.get(id)?.latest.get(metric),
      silenceOf: registry.silenceOf,
      habitOf: (id) => {
        const device = registry.get(id);
        return device === undefined ? { leastMs: 0, isRegular: false } : regularity.of(device);
      },
    },
    notifications: { changesOf: () => [], committed: () => undefined, unwritable: () => undefined },
    isWritable: () => true,
    readings: () => Promise.resolve([]),
    lastRun: undefined,
  });
  const fromMs = clock.nowMs();
  await rules.add(rule);

  function read(metrics: Record<string, MetricValue>, agoMs = 0): void {
    const receivedAtMs = clock.nowMs();
    const sample = { atMs: receivedAtMs - agoMs, receivedAtMs, metrics: new Map(Object.entries(metrics)) };
    samples.push(sample);
    registry.heard(board, { clientId: "board", serial: 1 }, receivedAtMs);
    registry.storedReading(board, sample.metrics, sample.atMs);
    registry.settle();
    engine.stored([{ deviceId: board, n: 0, ...sample }]);
  }

  /** What happened live: `<kind> <second>`. */
  async function live(): Promise<string[]> {
    const settled = engine.settled();
    clock.runSoon(); // what changed without an event is written now
    await settled;
    return file
      .events()
      .map(({ kind, at, from, to }) =>
        wordsOf(kind, Date.parse(to ?? at), from === undefined ? undefined : Date.parse(from)),
      );
  }

  /** The same by a trial on what was stored, in chunks of that length. */
  function tried(chunkMs: number): string[] {
    const toMs = clock.nowMs();
    const alerts = [{ metric: undefined, isCounter: [] }];
    const spec: TrialSpec = {
      rule: { ...rule, id: "trial" },
      deviceId: board,
      alerts,
      fromMs,
      toMs,
      sentBefore: undefined,
      presence,
      pauses: [],
      radio: undefined,
    };
    const metrics = trialMetrics(spec);
    const trial = createDeviceTrial(spec);
    const buffer = createTrialBuffer(metrics.length, needsText(spec));
    const stored = samples.toSorted((a, b) => a.atMs - b.atMs);
    for (let nextMs = fromMs - chunkMs; nextMs < toMs; nextMs += chunkMs) {
      for (const { atMs, receivedAtMs, metrics: values } of stored) {
        if (atMs < nextMs || atMs >= nextMs + chunkMs) continue;
        buffer.push(atMs, receivedAtMs);
        for (const [index, name] of metrics.entries()) {
          const value = values.get(name);
          if (value !== undefined) buffer.set(index, value);
        }
      }
      buffer.passOn(trial, nextMs + chunkMs);
    }
    buffer.passOn(trial, Number.POSITIVE_INFINITY);
    return trial.finish(true).events.map(({ kind, atMs, fromMs: since }) => wordsOf(kind, atMs, since));
  }

  const wordsOf = (kind: AlertEvent["kind"] | TrialEvent["kind"], atMs: number, since: number | undefined): string =>
    `${kind} ${since === undefined ? "" : `${secondOf(since)}–`}${secondOf(atMs)}`;
  const secondOf = (ms: number): number => Math.round((ms - fromMs) / 1_000);

  return { clock, read, live, tried, samples };
}
