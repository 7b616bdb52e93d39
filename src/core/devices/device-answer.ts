/** A device and its latest values, as REST and Socket.IO show them. */
import { METRICS, type MetricInfo } from "../../contract/metrics.ts";
import type { Device, MetricValue, Severity } from "../../contract/readings.ts";
import type { Descriptions } from "../dialects/descriptions.ts";
import { timeFaultOf } from "../model/instant.ts";
import { type DeviceRecord, locationOf } from "./device-record.ts";

/** What is known of names and metrics. */
export type Described = Pick<Descriptions, "nameOf" | "metricInfo">;

/** `alert`: how severe the worst of its alerts that fire is. */
export function toDevice(record: DeviceRecord, described: Described, alert?: Severity): Device {
  const { deviceId, tags, clockSuspect, retention } = record;
  const place = locationOf(record);
  const { intervalMs } = record.rhythm;
  const name = nameOf(record, described);
  const timeFault = timeFaultOf(clockSuspect, record.attributes.get("deviceClock"));
  return {
    deviceId,
    ...(name !== undefined && { name }),
    ...(place !== undefined && { place }),
    ...(tags.length > 0 && { tags: [...tags] }),
    ...toPresenceAnswer(record),
    ...(record.lastHeardAtMs !== undefined && { lastHeardAt: iso(record.lastHeardAtMs) }),
    ...(intervalMs !== undefined && { intervalMs: Math.round(intervalMs) }),
    clockSuspect,
    ...(timeFault !== undefined && { timeFault }),
    ...(Object.keys(retention).length > 0 && { retention }),
    attributes: Object.fromEntries(record.attributes),
    latest: toLatest(record),
    ...(alert !== undefined && { alert }),
    metricInfo: Object.fromEntries(
      [...record.metrics].flatMap((metric) => {
        const info = infoShown(record, metric, described);
        return info === undefined ? [] : [[metric, info]];
      }),
    ),
  };
}

/** What is shown of a metric; undefined: nothing is known of it. */
export function infoShown(record: DeviceRecord, metric: string, described: Described): MetricInfo | undefined {
  const info = described.metricInfo(record.deviceId, metric);
  if (info === undefined) return undefined;
  const latest = record.latest.get(metric);
  const value = latest?.value;
  // Of a metric of which its owner's word is all that is known, the value says the kind.
  if (info.byOwner !== undefined && info.kind === "number" && !METRICS.has(metric) && latest?.wasNumber !== true) {
    if (typeof value === "boolean") return { ...info, kind: "boolean" };
    if (typeof value === "string") return { ...info, kind: "text" };
  }
  return fitting(metric, info, value);
}

/** A unit of the catalogue belongs to a name only while its values can be in it: a pressure of 101,325 is not in hPa. */
function fitting(metric: string, info: MetricInfo, value: MetricValue | undefined): MetricInfo {
  const { range, ...others } = info;
  if (info !== METRICS.get(metric) || range === undefined || typeof value !== "number") return info;
  const [least, most] = range;
  return value >= least && value <= most ? info : { ...others, unit: "" };
}

export function toPresenceAnswer(record: DeviceRecord): Pick<Device, "presence" | "since" | "presenceDetail"> {
  const { isConnected, availability, lastReadingAtMs } = record;
  const { intervalMs } = record.rhythm;
  return {
    presence: record.state,
    since: iso(record.sinceMs),
    presenceDetail: {
      state: record.detail,
      since: iso(record.detailSinceMs),
      because: {
        connection: isConnected,
        ...(availability !== undefined && { availability }),
        ...(lastReadingAtMs !== undefined && { lastReadingAt: iso(lastReadingAtMs) }),
        ...(intervalMs !== undefined && { intervalMs: Math.round(intervalMs) }),
      },
    },
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Given by its owner, or else by the device itself. */
export const nameOf = (
  { deviceId, name }: Pick<DeviceRecord, "deviceId" | "name">,
  described: Pick<Described, "nameOf">,
): string | undefined => name ?? described.nameOf(deviceId);

export function toLatest(record: DeviceRecord): Device["latest"] {
  return Object.fromEntries(
    [...record.latest].map(([metric, { value, atMs, wasNumber }]) => [
      metric,
      { value, timestamp: iso(atMs), ...(wasNumber === true && { hasTexts: true }) },
    ]),
  );
}
