/** Keeps the last three hours of the metric that says most about each device, as its readings come. */
import { SPARK_STEP_MS, SPARK_STEPS } from "../../contract/fleet/sparklines.ts";
import type { MetricValue } from "../../contract/readings.ts";
import type { DeviceRecord } from "../devices/device-record.ts";
import type { LiveReading } from "../model/live-reading.ts";
import { createSparkRings, type KeptRing, type SparkRing, stepOf } from "./spark-ring.ts";

export interface Sparklines {
  /** Readings of one commit, or of an import. */
  stored(readings: readonly SparkReading[]): void;
  /** Another of its metrics may say most now. */
  decideAgain(deviceId: string): void;
  removed(deviceId: string): void;
  /** Readings of it were erased. */
  erased(deviceId: string): void;
  /** Undefined: nothing of it is in the store only. */
  lacking(device: DeviceRecord): Lack | undefined;
  /** What the store has of it: each step once, with its mean and the number of its values. */
  fill(device: DeviceRecord, lack: Lack, steps: readonly StoredStep[]): void;
  /** For the next start. */
  kept(): KeptSparkline[];
  /** When the last step ends, epoch ms. */
  endMs(): number;
  of(device: DeviceRecord, endMs: number): SparkValues;
}

export type SparkReading = Pick<LiveReading, "deviceId" | "metrics" | "atMs" | "receivedAtMs">;

export interface SparkValues {
  /** Undefined: it has none that can be drawn. */
  readonly metric: string | undefined;
  /** Of each step, the oldest first; NaN: none. */
  readonly means: Float64Array;
}

/** Earlier readings of the metric may be in the store only. One that is over is not the one that comes after it. */
export interface Lack {
  readonly metric: string;
  /** Once this step is the last one, nothing is lacking any more. */
  readonly untilStep: number;
}

export interface StoredStep {
  readonly atMs: number;
  readonly mean: number;
  readonly count: number;
}

export interface KeptSparkline extends KeptRing {
  readonly deviceId: string;
  readonly metric: string;
  /** Of its latest value: where that is another now, readings came that are not in it. */
  readonly latestAtMs: number;
  /** When nothing is lacking any more, as a step; 0: nothing is. */
  readonly wholeFrom: number;
}

export interface SparklinesOptions {
  /** Of the run before. */
  readonly kept: readonly KeptSparkline[];
  readonly registry: { get(deviceId: string): DeviceRecord | undefined };
  /** Undefined: nothing of it can be drawn. */
  readonly heroOf: (device: DeviceRecord) => string | undefined;
  readonly nowMs: () => number;
}

interface Spark {
  readonly device: DeviceRecord;
  metric: string | undefined;
  /** How many metrics it had when it was decided; -1: it is to be decided. */
  decidedOf: number;
  ring: SparkRing | undefined;
  /** Undefined: it has all that the store has of the metric. */
  lack: Lack | undefined;
}

export function createSparklines({ kept, registry, heroOf, nowMs }: SparklinesOptions): Sparklines {
  const rings = createSparkRings();
  const sparks = new Map<string, Spark>();
  for (const each of kept) restore(each);

  function restore({ deviceId, metric, latestAtMs, wholeFrom, ...ring }: KeptSparkline): void {
    const device = registry.get(deviceId);
    if (device === undefined || device.latest.get(metric)?.atMs !== latestAtMs) return;
    const spark = sparkOf(device);
    spark.ring = rings.ring();
    spark.ring.restore(ring);
    spark.metric = metric;
    spark.lack = wholeFrom === 0 ? undefined : { metric, untilStep: wholeFrom };
  }

  function sparkOf(device: DeviceRecord): Spark {
    const known = sparks.get(device.deviceId);
    if (known?.device === device) return known;
    const made: Spark = { device, metric: undefined, decidedOf: -1, ring: known?.ring, lack: undefined };
    empty(made);
    sparks.set(device.deviceId, made);
    return made;
  }

  function decide(spark: Spark): void {
    const { size } = spark.device.latest;
    if (spark.decidedOf === size) return;
    spark.decidedOf = size;
    const metric = heroOf(spark.device);
    if (metric === spark.metric) return;
    spark.metric = metric;
    empty(spark);
  }

  function empty(spark: Spark): void {
    spark.ring?.clear();
    const { metric } = spark;
    spark.lack = metric === undefined ? undefined : { metric, untilStep: stepOf(nowMs()) + SPARK_STEPS };
  }

  function decided(device: DeviceRecord): Spark {
    const spark = sparkOf(device);
    decide(spark);
    return spark;
  }

  function read({ deviceId, metrics, atMs, receivedAtMs }: SparkReading): void {
    let spark = sparks.get(deviceId);
    if (spark === undefined) {
      const device = registry.get(deviceId);
      if (device === undefined) return;
      spark = sparkOf(device);
    }
    decide(spark);
    if (spark.metric === undefined) return;
    const value = toNumber(metrics.get(spark.metric));
    if (value === undefined) return;
    spark.ring ??= rings.ring();
    spark.ring.add(value, atMs, receivedAtMs);
  }

  return {
    stored: (readings) => {
      for (const reading of readings) read(reading);
    },
    decideAgain: (deviceId) => {
      const spark = sparks.get(deviceId);
      if (spark !== undefined) spark.decidedOf = -1;
    },
    removed: (deviceId) => {
      const spark = sparks.get(deviceId);
      if (spark?.ring !== undefined) rings.free(spark.ring);
      sparks.delete(deviceId);
    },
    erased: (deviceId) => {
      const spark = sparks.get(deviceId);
      if (spark !== undefined) empty(spark);
    },
    lacking: (device) => {
      const { lack } = decided(device);
      return lack === undefined || lack.untilStep <= stepOf(nowMs()) ? undefined : lack;
    },
    fill: (device, lack, steps) => {
      const spark = decided(device);
      if (spark.lack !== lack) return; // meanwhile another says most, or readings were erased
      spark.ring ??= rings.ring();
      for (const { atMs, mean, count } of steps) spark.ring.fill(atMs, mean, count, nowMs());
      spark.lack = undefined;
    },
    kept: () => [...sparks.values()].flatMap((spark) => keptOf(spark)),
    endMs: () => (stepOf(nowMs()) + 1) * SPARK_STEP_MS,
    of: (device, endMs) => {
      const { metric, ring } = decided(device);
      return { metric, means: ring?.means(stepOf(endMs) - 1) ?? new Float64Array(SPARK_STEPS).fill(Number.NaN) };
    },
  };
}

function keptOf({ device, metric, ring, lack }: Spark): KeptSparkline[] {
  const kept = ring?.kept();
  const latestAtMs = metric === undefined ? undefined : device.latest.get(metric)?.atMs;
  if (kept === undefined || metric === undefined || latestAtMs === undefined) return [];
  return [{ deviceId: device.deviceId, metric, latestAtMs, wholeFrom: lack?.untilStep ?? 0, ...kept }];
}

const toNumber = (value: MetricValue | undefined): number | undefined =>
  typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : undefined;
