/** Keeps the last three hours of the metric that says most about each device, as its readings come. */
import { SPARK_STEP_MS, SPARK_STEPS } from "../../contract/fleet/sparklines.ts";
import type { MetricValue } from "../../contract/readings.ts";
import type { DeviceRecord } from "../devices/device-record.ts";
import type { LiveReading } from "../model/live-reading.ts";
import { createSparkRings, type SparkRing, stepOf } from "./spark-ring.ts";

export interface Sparklines {
  /** Readings of one commit, or of an import. */
  stored(readings: readonly SparkReading[]): void;
  /** Another of its metrics may say most now. */
  decideAgain(deviceId: string): void;
  removed(deviceId: string): void;
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

export interface SparklinesOptions {
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
}

export function createSparklines({ registry, heroOf, nowMs }: SparklinesOptions): Sparklines {
  const rings = createSparkRings();
  const sparks = new Map<string, Spark>();

  function sparkOf(device: DeviceRecord): Spark {
    const known = sparks.get(device.deviceId);
    if (known?.device === device) return known;
    const made: Spark = { device, metric: undefined, decidedOf: -1, ring: known?.ring };
    made.ring?.clear();
    sparks.set(device.deviceId, made);
    return made;
  }

  function decide(spark: Spark): void {
    spark.decidedOf = spark.device.latest.size;
    const metric = heroOf(spark.device);
    if (metric === spark.metric) return;
    spark.metric = metric;
    spark.ring?.clear();
  }

  function read({ deviceId, metrics, atMs, receivedAtMs }: SparkReading): void {
    let spark = sparks.get(deviceId);
    if (spark === undefined) {
      const device = registry.get(deviceId);
      if (device === undefined) return;
      spark = sparkOf(device);
    }
    if (spark.decidedOf !== spark.device.latest.size) decide(spark);
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
    endMs: () => (stepOf(nowMs()) + 1) * SPARK_STEP_MS,
    of: (device, endMs) => {
      const spark = sparkOf(device);
      if (spark.decidedOf !== device.latest.size) decide(spark);
      const { metric, ring } = spark;
      return { metric, means: ring?.means(stepOf(endMs) - 1) ?? new Float64Array(SPARK_STEPS).fill(Number.NaN) };
    },
  };
}

const toNumber = (value: MetricValue | undefined): number | undefined =>
  typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : undefined;
