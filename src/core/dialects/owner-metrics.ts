/** What an owner says of a device's metrics, as the hub keeps it. */
import type { OwnMetricInfo } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { LearnedChange, StoredLearned } from "../ports/hub-file.ts";

const KEY = "metrics";

/** All of it, by metric. */
export const ownerChange = (deviceId: DeviceId, metrics: ReadonlyMap<string, OwnMetricInfo>): LearnedChange => ({
  of: "learned",
  family: "owner",
  deviceId,
  key: KEY,
  data: metrics.size === 0 ? undefined : JSON.stringify(Object.fromEntries(metrics)),
});

/** Undefined: it is not that, or cannot be read. */
export function ownerMetricsOf({ family, key, data }: StoredLearned): Map<string, OwnMetricInfo> | undefined {
  if (family !== "owner" || key !== KEY) return undefined;
  try {
    return new Map(Object.entries(JSON.parse(data) as Record<string, OwnMetricInfo>));
  } catch {
    return undefined;
  }
}
