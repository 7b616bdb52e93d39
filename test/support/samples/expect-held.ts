/** Compares a store with what a sample is said to hold. */
import { expect } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { Journal, KeptMessage } from "../../../src/core/ports/broker-state.ts";
import type { Rollup, RollupRow } from "../../../src/core/ports/history.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { Held, HeldDevice, HeldJournal, HeldMessage, Value } from "./sample.ts";

const HOUR_MS = 3_600_000;
const UNITS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;
const ALL = { fromMs: 0, toMs: Date.UTC(2100, 0, 1) } as const;

/** What a hub loads when it starts. */
export async function expectLoaded(store: Store, held: Held): Promise<void> {
  await expectDevices(store, held);
  expectJournal(await store.loadJournal(), held);
}

/** All of it. */
export async function expectHeld(store: Store, held: Held): Promise<void> {
  await expectLoaded(store, held);
  for (const device of held.devices) {
    await expectReadings(store, device, held);
    for (const unit of ["hour", "day"] as const) await expectRollups(store, device, held, unit);
    await expectChart(store, device);
  }
}

async function expectDevices(store: Store, { devices }: Held): Promise<void> {
  const loaded = (await store.load()).map((device) => ({
    deviceId: device.deviceId,
    name: device.name ?? null,
    place: device.place ?? null,
    attributes: Object.fromEntries(device.attributes),
    clockSuspect: device.clockSuspect,
    online: device.status?.online ?? null,
    latest: Object.fromEntries([...device.latest].map(([metric, { value, atMs }]) => [metric, [value, atMs]])),
    retention: device.retention,
  }));
  const byId = (a: { deviceId: string }, b: { deviceId: string }): number => (a.deviceId < b.deviceId ? -1 : 1);
  expect(loaded.sort(byId)).toEqual(devices.map(({ readings: _, isImported: __, ...device }) => device).sort(byId));
}

/** The time of receipt of a sealed reading is kept to the second. */
async function expectReadings(store: Store, device: HeldDevice, { madeMs: [from, to] }: Held): Promise<void> {
  const { deviceId, readings, isImported } = device;
  const query = { deviceId: deviceId as DeviceId, ...ALL, limit: 10_000, order: "asc", behind: undefined } as const;
  const found = await store.readings(query);
  expect(found.map(({ atMs, n, body }) => [atMs, n, JSON.parse(body)])).toEqual(readings);
  const isRight = (atMs: number, receivedAtMs: number): boolean =>
    isImported ? receivedAtMs === atMs : receivedAtMs > from - 1_000 && receivedAtMs <= to;
  expect(found.filter(({ atMs, receivedAtMs }) => !isRight(atMs, receivedAtMs))).toEqual([]);
}

async function expectRollups(store: Store, device: HeldDevice, held: Held, level: "hour" | "day"): Promise<void> {
  const deviceId = device.deviceId as DeviceId;
  const rows: RollupRow[] = await store.rollups({ deviceId, level, ...ALL, metrics: undefined });
  const expected = countByHand(device, held, UNITS[level]);
  const found = Object.fromEntries(rows.map(({ startMs, metric, rollup }) => [`${startMs} ${metric}`, rollup]));
  for (const [key, { sum, ...others }] of expected) {
    expect([key, found[key]]).toEqual([key, { ...others, sum: expect.closeTo(sum, 6) }]);
  }
  expect(Object.keys(found).sort()).toEqual([...expected.keys()].sort());
}

function countByHand({ deviceId, readings }: HeldDevice, { hours }: Held, unitMs: number): Map<string, Rollup> {
  const counted = new Map<string, Rollup>();
  const add = (atMs: number, metric: string, value: Value): void => {
    const key = `${Math.floor(atMs / unitMs) * unitMs} ${metric}`;
    const before = counted.get(key) ?? { count: 0, sum: 0, min: 0, max: 0, texts: 0 };
    const { count, sum, min, max, texts } = before;
    const last = { last: typeof value === "string" ? value : Number(value), lastAtMs: atMs };
    if (typeof value === "string") return void counted.set(key, { ...before, texts: texts + 1, ...last });
    const number = Number(value);
    const [least, most] = count === 0 ? [number, number] : [Math.min(min, number), Math.max(max, number)];
    counted.set(key, { count: count + 1, sum: sum + number, min: least, max: most, texts, ...last });
  };
  for (const hour of hours.filter((each) => each.deviceId === deviceId)) {
    for (const [i, value] of hour.values.entries()) add(hour.startMs + i, hour.metric, value);
  }
  for (const [atMs, , metrics] of readings) {
    for (const [metric, value] of Object.entries(metrics)) add(atMs, metric, value);
  }
  return counted;
}

async function expectChart(store: Store, { deviceId, readings }: HeldDevice): Promise<void> {
  const [metric = ""] = Object.keys(readings[0]?.[2] ?? {});
  const [fromMs, toMs] = [readings[0]?.[0] ?? 0, (readings.at(-1)?.[0] ?? 0) + 1];
  const query = { deviceId: deviceId as DeviceId, metrics: [metric], fromMs, toMs, points: 20 };
  const { resolutionMs, columns } = await store.series(query);
  const { t, count } = JSON.parse(Buffer.from(columns[0] ?? []).toString()) as { t: number[]; count: number[] };
  const points = resolutionMs === 0 ? t.length : count.reduce((sum, each) => sum + each, 0);
  expect(points).toBe(readings.filter(([, , metrics]) => typeof (metrics[metric] ?? "") !== "string").length);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function expectJournal(found: Journal, { journal, madeMs }: Held): void {
  const [from, to] = madeMs;
  const expected = journal ?? NOTHING;
  const messageOf = ({ expiresAtMs, publisher, payload, properties, ...message }: KeptMessage) => ({
    ...message,
    ...{ payload: hex(payload), properties: hex(properties) },
    publisher: publisher ?? "",
    isOver: expiresAtMs === undefined ? undefined : [expiresAtMs],
  });
  const like = ({ expiresAfterS, ...message }: HeldMessage) => ({
    ...message,
    isOver: expiresAfterS && [expect.toSatisfy((ms: number) => isWithin(ms - expiresAfterS * 1_000))],
  });
  const isWithin = (ms: number | undefined): boolean => ms !== undefined && ms >= from && ms <= to;

  const sessions = found.sessions.map(({ clientId, value: { version, expiryS } }) => ({ clientId, version, expiryS }));
  expect(sorted(sessions)).toEqual(sorted(expected.sessions));
  for (const { value } of found.sessions) expect(value.disconnectedAtMs ?? from).toSatisfy(isWithin);
  const subscriptions = found.subscriptions.map(({ clientId, filter, value }) => ({ clientId, filter, ...value }));
  expect(sorted(subscriptions)).toEqual(sorted(expected.subscriptions));
  expect(found.retained.map(({ topic, value }) => [topic, messageOf(value)]).sort()).toEqual(
    expected.retained.map((message) => [message.topic, like(message)]).sort(),
  );
  for (const clientId of new Set([...found.deliveries, ...expected.deliveries].map((each) => each.clientId))) {
    const deliveries = found.deliveries.filter((each) => each.clientId === clientId);
    expect(deliveries.map(({ order }) => order)).toEqual(deliveries.map(({ order }) => order).sort((a, b) => a - b));
    expect(
      deliveries.map(({ value: { message, ...value } }) => ({ ...value, message: message && messageOf(message) })),
    ).toEqual(
      expected.deliveries
        .filter((each) => each.clientId === clientId)
        .map(({ clientId: _, message, ...value }) => ({
          ...value,
          message: message === null ? undefined : like(message),
        })),
    );
  }
  expect(sorted(found.inbound)).toEqual(sorted(expected.inbound));
  const wills = found.wills.map(({ clientId, value: { message, delayS, keepAliveS, dueAtMs } }) => ({
    ...{ clientId, delayS, keepAliveS },
    isDue: dueAtMs !== undefined && isWithin(dueAtMs - delayS * 1_000),
    message: messageOf(message),
  }));
  expect(sorted(wills)).toEqual(sorted(expected.wills.map((will) => ({ ...will, message: like(will.message) }))));
}

const NOTHING: HeldJournal = { sessions: [], subscriptions: [], retained: [], deliveries: [], inbound: [], wills: [] };

function sorted<T extends { readonly clientId: string; readonly filter?: string }>(list: readonly T[]): T[] {
  const keyOf = ({ clientId, filter = "" }: T): string => `${clientId}\n${filter}`;
  return [...list].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
