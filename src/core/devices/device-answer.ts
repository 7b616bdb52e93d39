/** A device and its latest values, as REST and Socket.IO show them. */
import type { Device } from "../../contract/readings.ts";
import { timeFaultOf } from "../model/instant.ts";
import type { DeviceRecord } from "./device-record.ts";

export function toDevice(record: DeviceRecord): Device {
  const { deviceId, name, place, interval, clockSuspect, retention } = record;
  const timeFault = timeFaultOf(clockSuspect, record.attributes.get("deviceClock"));
  return {
    deviceId,
    ...(name !== undefined && { name }),
    ...(place !== undefined && { place }),
    presence: record.state,
    since: new Date(record.sinceMs).toISOString(),
    ...(record.lastHeardAtMs !== undefined && { lastHeardAt: new Date(record.lastHeardAtMs).toISOString() }),
    ...(interval.ms !== undefined && { intervalMs: Math.round(interval.ms) }),
    clockSuspect,
    ...(timeFault !== undefined && { timeFault }),
    ...(Object.keys(retention).length > 0 && { retention }),
    attributes: Object.fromEntries(record.attributes),
    latest: toLatest(record),
  };
}

export function toLatest(record: DeviceRecord): Device["latest"] {
  return Object.fromEntries(
    [...record.latest].map(([metric, { value, atMs, wasNumber }]) => [
      metric,
      { value, timestamp: new Date(atMs).toISOString(), ...(wasNumber === true && { hasTexts: true }) },
    ]),
  );
}
