/** A device as the store keeps it, and its latest values. */
import type { AttributeValue, DeviceId, MetricValue } from "../../contract/readings.ts";

/** For how many days readings, hours and days are kept; 0: forever. */
export interface Retention {
  readonly rawDays: number;
  readonly hourDays: number;
  readonly dayDays: number;
}

export interface LatestMetric {
  value: MetricValue;
  atMs: number;
  /** At some time a text followed a number. */
  wasNumber?: boolean;
}

/** What the store keeps of a device besides its readings. */
export interface StoredDevice {
  deviceId: DeviceId;
  name: string | undefined;
  place: string | undefined;
  attributes: Map<string, AttributeValue>;
  clockSuspect: boolean;
  /** The last `status` that it sent. */
  status: { online: boolean; atMs: number } | undefined;
  /** Undefined: no message ever came from it; it is known by its name or a last will only. */
  lastHeardAtMs: number | undefined;
  intervalMs: number | undefined;
  latest: Map<string, LatestMetric>;
  /** What its owner has set apart from the hub's settings. */
  retention: Partial<Retention>;
}

/** What memory saves of a device from time to time. The store finds the rest in its rows. */
export interface DeviceState {
  readonly deviceId: DeviceId;
  readonly lastHeardAtMs: number | undefined;
  readonly intervalMs: number | undefined;
  readonly latest: ReadonlyMap<string, LatestMetric>;
}
