/** Adds to each reading, before it is written, what is derived from it. Without definitions it does nothing. */

import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import { allowedSilenceMs } from "../../contract/silence.ts";
import type { DeviceRecord } from "../devices/device-record.ts";
import type { Registry } from "../devices/registry.ts";
import { setCached } from "../model/bounded-map.ts";
import { MetricList } from "../model/metric-list.ts";
import type { Clock } from "../ports/clock.ts";
import type { Counters } from "../ports/counters.ts";
import type { SavedHistory } from "../ports/derived.ts";
import type { ReadingWrite, WriteOutcome } from "../ports/writes.ts";
import type { DerivedBook } from "./derived-book.ts";
import { createDerivedCounts, type DerivedCount } from "./derived-counts.ts";
import { DeviceHistory, type Sample } from "./device-history.ts";
import { type Computed, createProgram, type Program } from "./program.ts";
import type { WindowBudget } from "./window.ts";
import { createWithValues } from "./with-values.ts";

export interface Derivation {
  /** The same where nothing is derived. */
  derive(reading: ReadingWrite): ReadingWrite;
  /** What became of a reading that `derive` answered. */
  settled(reading: ReadingWrite, outcome: WriteOutcome["kind"]): void;
  /** A device is deleted. */
  remove(deviceId: DeviceId): void;
  countOf(definitionId: string): DerivedCount;
  /** Of a device that has one with averages: for `window-loader.ts`. */
  historyOf(deviceId: DeviceId): DeviceHistory | undefined;
  /** What stored readings say, where nothing is remembered: they were recomputed. */
  recall(deviceId: DeviceId, history: SavedHistory): void;
  close(): void;
}

export interface DerivationOptions {
  readonly book: Pick<DerivedBook, "list" | "ofDevice" | "onChange">;
  readonly registry: Pick<Registry, "get" | "knows" | "admitMetrics">;
  readonly counters: Pick<Counters, "derived">;
  readonly clock: Clock;
}

/** 64 MB, for all averages of the hub. */
const MOST_SAMPLES = 4_000_000;
const SWEEP_MS = 60_000;
/** Of a program; a reading nearly always has the same as the one before. */
const MAX_LISTS = 100;
const TOO_MANY: Computed = { kind: "failed", reason: "the device has as many metrics as it may have" };

interface OfDevice {
  readonly deviceId: DeviceId;
  readonly program: Program;
  readonly history: DeviceHistory;
  record: DeviceRecord | undefined;
}

export function createDerivation({ book, registry, counters, clock }: DerivationOptions): Derivation {
  const counts = createDerivedCounts(counters, clock.nowMs);
  const withValues = createWithValues();
  const budget: WindowBudget = { left: MOST_SAMPLES };
  let devices = new Map<DeviceId, OfDevice | undefined>();
  let programs = new Map<string, Program>();
  /** Of a program, by which definitions had a value: the names of their metrics. */
  const lists = new WeakMap<Program, Map<string, readonly string[]>>();
  let isActive = book.list().length > 0;
  book.onChange(changed);
  const stopSweep = clock.every(SWEEP_MS, sweep);

  /** What is remembered of a metric stays, where it is still needed. */
  function changed(): void {
    const former = devices;
    devices = new Map();
    programs = new Map();
    isActive = book.list().length > 0;
    counts.keepOnly(new Set(book.list().map(({ id }) => id)));
    for (const [deviceId, before] of former) {
      if (before === undefined) continue;
      const saved = before.history.saved();
      before.history.release();
      if (registry.knows(deviceId)) ofDevice(deviceId)?.history.restore(saved);
    }
  }

  function sweep(): void {
    for (const deviceId of devices.keys()) if (!registry.knows(deviceId)) remove(deviceId);
  }

  function remove(deviceId: DeviceId): void {
    devices.get(deviceId)?.history.release();
    devices.delete(deviceId);
  }

  function ofDevice(deviceId: DeviceId): OfDevice | undefined {
    const known = devices.get(deviceId);
    if (known !== undefined || devices.has(deviceId)) return known;
    const program = programOf(deviceId);
    const record = registry.get(deviceId);
    const made = program && { deviceId, program, history: new DeviceHistory(program.tracked, budget), record };
    if (made !== undefined && record !== undefined) {
      made.history.restore({ latest: latestOf(record, program?.tracked ?? []), windows: [] });
    }
    devices.set(deviceId, made);
    return made;
  }

  /** One for all devices with the same definitions. */
  function programOf(deviceId: DeviceId): Program | undefined {
    const definitions = book.ofDevice(deviceId);
    if (definitions.length === 0) return undefined;
    const key = definitions.map(({ id }) => id).join(" ");
    const known = programs.get(key);
    if (known !== undefined) return known;
    const program = createProgram(definitions.map(({ id, metric, read }) => ({ id, metric, expression: read })));
    programs.set(key, program);
    return program;
  }

  function silenceOf(of: OfDevice): () => number {
    return () => {
      of.record ??= registry.get(of.deviceId);
      return allowedSilenceMs(of.record?.rhythm.intervalMs);
    };
  }

  function derive(reading: ReadingWrite): ReadingWrite {
    if (!isActive) return reading;
    const of = ofDevice(reading.deviceId);
    if (of === undefined) return reading;
    const { program, history } = of;
    const computed = program.compute(history, reading, silenceOf(of));
    const values: MetricValue[] = [];
    let which = "";
    for (let index = 0; index < computed.length; index++) {
      const one = computed[index];
      if (one?.kind !== "value") continue;
      values.push(one.value);
      which += `${index} `;
    }
    const names = namesOf(program, which);
    const isAdmitted = values.length === 0 || isEachAdmitted(of, names, values);
    for (let index = 0; index < computed.length; index++) {
      const one = computed[index];
      if (one === undefined) continue;
      counts.add(
        program.definitions[index]?.id ?? "",
        of.deviceId,
        one.kind === "value" && !isAdmitted ? TOO_MANY : one,
      );
    }
    const derived = values.length === 0 || !isAdmitted ? reading : withValues(reading, names, values);
    if (!isAwaited(reading)) history.add(derived.metrics, reading.atMs);
    return derived;
  }

  const isEachAdmitted = ({ deviceId }: OfDevice, names: readonly string[], values: readonly MetricValue[]): boolean =>
    registry.admitMetrics(deviceId, new MetricList(names, values)).length === 0;

  function namesOf(program: Program, which: string): readonly string[] {
    const ofProgram = lists.get(program) ?? new Map<string, readonly string[]>();
    lists.set(program, ofProgram);
    const known = ofProgram.get(which);
    if (known !== undefined) return known;
    const names = which.split(" ").flatMap((index) => program.definitions[Number(index || "-1")]?.metric ?? []);
    setCached(ofProgram, which, names, MAX_LISTS);
    return names;
  }

  function settled(reading: ReadingWrite, outcome: WriteOutcome["kind"]): void {
    if (!isActive) return;
    const of = devices.get(reading.deviceId);
    if (of === undefined || isAwaited(reading) !== (outcome === "stored")) return;
    if (outcome === "stored") of.history.add(reading.metrics, reading.atMs);
    else of.history.withdraw(reading.metrics, reading.atMs);
  }

  return {
    derive,
    settled,
    remove,
    countOf: counts.of,
    historyOf: (deviceId) => ofDevice(deviceId)?.history,
    recall: (deviceId, history) => ofDevice(deviceId)?.history.complete(history),
    close: stopSweep,
  };
}

/**
 * Very likely it came before, at its first receipt: what it says does not count as what was before the next one, until it turns out that
 * it was not stored. A rate would otherwise be one over the milliseconds since the redelivery.
 */
const isAwaited = ({ timed, packet }: ReadingWrite): boolean => !timed && packet?.dup === true;

function latestOf({ latest }: DeviceRecord, tracked: Program["tracked"]) {
  return tracked.flatMap(({ name }) => {
    const found: Sample | undefined = latest.get(name);
    return found === undefined ? [] : [[name, found.value, found.atMs] as const];
  });
}
