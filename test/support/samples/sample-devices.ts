/** The devices of a sample as they were sent, checked against what the hub that stored them answers. */
import { isDeepStrictEqual } from "node:util";
import { askFormer, type FormerHub } from "./former-hub.ts";
import type { HeldDevice, Metrics, Value } from "./sample.ts";
import { CELLAR_KEEPS, longSeries, oddValues, type Timed, waitingReadings } from "./sample-traffic.ts";

interface AnsweredReading {
  readonly _id: string;
  readonly timestamp: string;
  readonly metrics: Metrics;
}

interface AnsweredDevice {
  readonly deviceId: string;
  readonly name?: string;
  readonly place?: string;
  readonly attributes: Record<string, unknown>;
  readonly clockSuspect?: boolean;
}

/** `waits`: with what is sent while MongoDB is away. */
export async function heldDevices(
  hub: FormerHub,
  baseMs: number,
  { hasHistory, waits = false }: { readonly hasHistory: boolean; readonly waits?: boolean },
): Promise<HeldDevice[]> {
  const { body } = await askFormer<{ devices: AnsweredDevice[] }>(hub, "/api/devices?limit=100");
  const long = waits ? 60 : 520;
  const waiting = waits ? waitingReadings(baseMs) : [];
  const sent: Record<string, readonly Timed[]> = {
    attic: [],
    cellar: longSeries(baseMs, long),
    hall: oddValues(baseMs),
  };
  const found = body.devices.map(({ deviceId }) => deviceId).sort();
  if (!isDeepStrictEqual(found, Object.keys(sent))) throw new Error(`the hub has ${found.join()}`);
  const devices: HeldDevice[] = [];
  for (const { deviceId, name = null, place = null, attributes, clockSuspect = false } of body.devices) {
    const readings = [...(await answeredReadings(hub, deviceId)), ...(deviceId === "hall" ? placed(waiting) : [])];
    const timed = readings.filter(([atMs]) => atMs < baseMs + 3_600_000).map(([atMs, , metrics]) => [atMs, metrics]);
    if (!isDeepStrictEqual(timed, sent[deviceId])) throw new Error(`${deviceId}: other readings than were sent`);
    const isHall = deviceId === "hall";
    devices.push({
      deviceId,
      name,
      place,
      attributes: isHall && waits ? { ...attributes, firmware: "1.2.3" } : attributes,
      clockSuspect,
      online: isHall ? !waits : null,
      latest: latestOf(readings),
      retention: hasHistory && deviceId === "cellar" ? CELLAR_KEEPS : {},
      readings: inOrder(readings),
    });
  }
  if (!waits) return devices;
  const [readings, nothing] = [placed(waiting), { name: null, place: null, attributes: {}, clockSuspect: false }];
  return [
    ...devices,
    { deviceId: "shed", ...nothing, online: null, latest: latestOf(readings), retention: {}, readings },
  ];
}

type Held = HeldDevice["readings"][number];

const placed = (readings: readonly Timed[]): Held[] => readings.map(([atMs, metrics]) => [atMs, 0, metrics]);

const inOrder = (readings: readonly Held[]): Held[] => [...readings].sort((a, b) => a[0] - b[0] || a[1] - b[1]);

async function answeredReadings(hub: FormerHub, deviceId: string): Promise<Held[]> {
  const { body } = await askFormer<{ readings: AnsweredReading[] }>(
    hub,
    `/api/devices/${deviceId}/readings?order=asc&limit=10000&from=2020-01-01T00:00:00Z`,
  );
  return body.readings.map(({ _id, timestamp, metrics }) => [
    Date.parse(timestamp),
    Number(_id.slice(_id.lastIndexOf("-") + 1)),
    metrics,
  ]);
}

function latestOf(readings: readonly Held[]): HeldDevice["latest"] {
  const latest: Record<string, [Value, number]> = {};
  for (const [atMs, , metrics] of inOrder(readings)) {
    for (const [metric, value] of Object.entries(metrics)) latest[metric] = [value, atMs];
  }
  return latest;
}
