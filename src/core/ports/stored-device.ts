/** What the store keeps of a device besides its readings. */
import type { AttributeValue, DeviceId, MetricValue } from "../../contract/readings.ts";

/** How many days of each are kept; 0: for ever. */
export interface Retention {
  readonly rawDays: number;
  readonly hourDays: number;
  readonly dayDays: number;
}

export interface LatestMetric {
  value: MetricValue;
  atMs: number;
  /** A text came after a number, now or before. */
  wasNumber?: boolean;
}

/** What the store keeps of a device besides its readings. */
export interface StoredDevice {
  deviceId: DeviceId;
  name: string | undefined;
  place: string | undefined;
  attributes: Map<string, AttributeValue>;
  clockSuspect: boolean;
  /** The newest `status` that it sent. */
  status: { online: boolean; atMs: number } | undefined;
  /** Undefined: it was never heard, and is known by its name or a last will only. */
  lastHeardAtMs: number | undefined;
  intervalMs: number | undefined;
  latest: Map<string, LatestMetric>;
  /** What its owner has set apart from the hub's settings. */
  retention: Partial<Retention>;
}

/** What is known of a device in memory and saved from time to time; the store finds the rest in its rows. */
export interface DeviceState {
  readonly deviceId: DeviceId;
  readonly lastHeardAtMs: number | undefined;
  readonly intervalMs: number | undefined;
  readonly latest: ReadonlyMap<string, LatestMetric>;
}
