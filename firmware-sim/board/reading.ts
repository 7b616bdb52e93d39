/** One sensed reading and the JSON forms in which boards send it. */
import type { Metrics } from "../../src/contract/readings.ts";

export interface SensedReading {
  /** Epoch ms, as the board's clock has it. */
  readonly atMs: number;
  readonly metrics: Metrics;
}

/** How a board writes the instant: ISO 8601 beside the metrics, epoch ms beside them or around them, or not at all. */
export type PayloadStyle = "iso" | "epoch-ms" | "values" | "none";

const STAMPED: readonly PayloadStyle[] = ["iso", "epoch-ms", "values"];

/** Stations differ in style as real firmware does; the same station keeps its own. */
export const styleOf = (stationIndex: number, timestamps: boolean): PayloadStyle =>
  timestamps ? (STAMPED[stationIndex % STAMPED.length] ?? "iso") : "none";

/** For readings that mean nothing without their own instant. */
export const withInstant = (style: PayloadStyle): PayloadStyle => (style === "none" ? "iso" : style);

export const encodeReading = (reading: SensedReading, style: PayloadStyle): string =>
  JSON.stringify(inStyle(reading, style));

/** An array of readings: what a board kept while it could not send. */
export const encodeBacklog = (readings: readonly SensedReading[], style: PayloadStyle): string =>
  JSON.stringify(readings.map((reading) => inStyle(reading, withInstant(style))));

function inStyle({ atMs, metrics }: SensedReading, style: PayloadStyle): object {
  switch (style) {
    case "iso":
      return { ...metrics, timestamp: new Date(atMs).toISOString() };
    case "epoch-ms":
      return { ...metrics, ts: atMs };
    case "values":
      return { ts: atMs, values: metrics };
    case "none":
      return metrics;
  }
}
