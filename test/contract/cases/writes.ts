/** Writes of the plainest kind and ways to read them back, for the suites of the store contract. */
import type { AttributeValue, DeviceId, MetricValue, Reading } from "../../../src/contract/readings.ts";
import type { SeriesColumns } from "../../../src/contract/rest.ts";
import { toReading } from "../../../src/core/devices/reading-answer.ts";
import type { SeriesQuery, StoredReading } from "../../../src/core/ports/history.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { DeviceState, LatestMetric, StoredDevice } from "../../../src/core/ports/stored-device.ts";
import type { AttributesWrite, ReadingWrite, StatusWrite, WriteOutcome } from "../../../src/core/ports/writes.ts";

export const T0 = Date.UTC(2026, 10, 1);
export const MINUTE_MS = 60_000;
export const ALL = {
  fromMs: 0,
  toMs: Number.MAX_SAFE_INTEGER,
  limit: 100_000,
  order: "asc",
  behind: undefined,
} as const;

export const deviceId = (text: string): DeviceId => text as DeviceId;
export const boiler = deviceId("boiler");
export const cellar = deviceId("cellar");

export type Metrics = Readonly<Record<string, MetricValue>>;
export type Extra = Partial<Pick<ReadingWrite, "deviceId" | "receivedAtMs" | "element" | "packet">>;

/** A reading whose instant the device gave. */
export function timed(atMs: number, metrics: Metrics, extra: Extra = {}): ReadingWrite {
  return {
    kind: "reading",
    deviceId: boiler,
    atMs,
    timed: true,
    receivedAtMs: T0 + 30_000,
    metrics: new Map(Object.entries(metrics)),
    body: JSON.stringify(metrics),
    element: 0,
    packet: undefined,
    ...extra,
  };
}

/** A reading that takes the time of receipt. */
export function untimed(receivedAtMs: number, metrics: Metrics, extra: Omit<Extra, "receivedAtMs"> = {}): ReadingWrite {
  return { ...timed(receivedAtMs, metrics, { receivedAtMs, ...extra }), timed: false };
}

export const packet = (id: number, dup: boolean, clientId = "board") => ({ clientId, id, dup });

export function attributes(
  patch: Record<string, AttributeValue | null>,
  extra: Partial<AttributesWrite> = {},
): AttributesWrite {
  return { kind: "attributes", deviceId: boiler, receivedAtMs: T0, patch: new Map(Object.entries(patch)), ...extra };
}

export function status(online: boolean, receivedAtMs: number, extra: Partial<StatusWrite> = {}): StatusWrite {
  return { kind: "status", deviceId: boiler, receivedAtMs, online, ...extra };
}

export const stored = (n: number): WriteOutcome => ({ kind: "stored", n });
export const duplicate: WriteOutcome = { kind: "duplicate" };

/** One message of one write, and what became of it. */
export async function appendOne(store: Store, write: ReadingWrite): Promise<WriteOutcome | undefined> {
  return (await store.append([[write]]))[0]?.[0];
}

export const readAll = (store: Store, device: DeviceId = boiler): Promise<StoredReading[]> =>
  store.readings({ ...ALL, deviceId: device });

/** A chart with its columns as lists. */
export async function seriesOf(
  store: Pick<Store, "series">,
  query: SeriesQuery,
): Promise<{ resolutionMs: number; columns: SeriesColumns[] }> {
  const { resolutionMs, columns } = await store.series(query);
  return { resolutionMs, columns: columns.map((json) => JSON.parse(new TextDecoder().decode(json)) as SeriesColumns) };
}

/** As REST, exports and live events show it. */
export const shown = ({ body, ...rest }: StoredReading): Reading =>
  toReading({ ...rest, metrics: new Map(Object.entries(JSON.parse(body) as Metrics)) });

export async function loadOne(store: Store, device: DeviceId = boiler): Promise<StoredDevice | undefined> {
  return (await store.load()).find((each) => each.deviceId === device);
}

export const values = (device: StoredDevice | undefined): Record<string, LatestMetric> =>
  Object.fromEntries(device?.latest ?? []);

export function stateOf(
  device: DeviceId,
  latest: Record<string, [MetricValue, number]>,
  more: Partial<DeviceState> = {},
): DeviceState {
  const entries = Object.entries(latest).map(([name, [value, atMs]]): [string, LatestMetric] => [
    name,
    { value, atMs },
  ]);
  return { deviceId: device, lastHeardAtMs: T0, intervalMs: undefined, latest: new Map(entries), ...more };
}
