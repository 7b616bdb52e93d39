/** A reading that was just stored, for browsers. */
import type { DeviceId } from "../../contract/readings.ts";
import type { ReadingMetrics } from "./metric-list.ts";

/** A reading that was just stored, for browsers. */
export interface LiveReading {
  readonly deviceId: DeviceId;
  readonly atMs: number;
  readonly n: number;
  readonly receivedAtMs: number;
  readonly metrics: ReadingMetrics;
}
