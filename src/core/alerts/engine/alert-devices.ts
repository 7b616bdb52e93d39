/** What the alerts ask of devices. */
import type { MetricInfo } from "../../../contract/metrics.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import type { DeviceSilence } from "../../devices/device-record.ts";
import type { Habit } from "../../devices/regularity.ts";
import type { LatestMetric } from "../../ports/stored-device.ts";

export interface AlertDevices {
  /** Of all that are known. */
  ids(): Iterable<DeviceId>;
  nameOf(deviceId: DeviceId): string | undefined;
  metricInfo(deviceId: DeviceId, metric: string): MetricInfo | undefined;
  /** Names of all that it sends. */
  metricsOf(deviceId: DeviceId): Iterable<string>;
  latestOf(deviceId: DeviceId, metric: string): LatestMetric | undefined;
  /** Undefined: it is unknown. */
  silenceOf(deviceId: DeviceId): DeviceSilence | undefined;
  habitOf(deviceId: DeviceId): Habit;
}

/** Classes of metrics that Aerie knows by name. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ["temperature", "temperature"],
  ["humidity", "humidity"],
  ["pressure", "pressure"],
  ["battery", "battery"],
  ["rssi", "signal_strength"],
  ["coPpm", "carbon_monoxide"],
  ["co2", "carbon_dioxide"],
]);

/** As Home Assistant names it. */
export const classOf = (metric: string, info: MetricInfo | undefined): string | undefined =>
  info?.deviceClass ?? CLASSES.get(metric);
