/** A data directory with rows of every kind, for tests that damage them, and everything that can be asked of it. */
import { expect } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { Journal, JournalEntry } from "../../../src/core/ports/broker-state.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { StoredDevice } from "../../../src/core/ports/stored-device.ts";

/** Devices `board-0` and so on; of each as many readings. */
export const DEVICES = 3;
export const HOT = 40;
export const SEALED = 600;
/** Rows of each kind of the broker's journal. */
export const KEPT = 40;
export const FROM_MS = Date.UTC(2026, 10, 1);
export const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Hot readings begin here: the day behind the sealed ones. */
export const HOT_FROM_MS = FROM_MS + DAY_MS;
export const UNTIL_MS = HOT_FROM_MS + DAY_MS;

export const boardOf = (index: number): DeviceId => `board-${index}` as DeviceId;

/** Fills an empty store: a sealed day that is rolled up, hot rows, attributes, and what the broker keeps. */
export async function fillStore(store: Store): Promise<void> {
  for (let device = 0; device < DEVICES; device++) {
    const deviceId = boardOf(device);
    const reading = (atMs: number, index: number) => {
      const metrics = { temperature: 20 + (index % 50) / 10, on: index % 2 === 0, mode: `mode ${index}` };
      const body = JSON.stringify(metrics);
      const about = { deviceId, atMs, timed: true, receivedAtMs: atMs + 7_000, element: 0, packet: undefined };
      return [{ kind: "reading" as const, ...about, metrics: new Map(Object.entries(metrics)), body }];
    };
    const patch = new Map(Object.entries({ firmware: "1.2", wifi: { ssid: "attic" } }));
    await store.append([[{ kind: "attributes", deviceId, receivedAtMs: FROM_MS, patch }]]);
    await store.append(Array.from({ length: SEALED }, (_, i) => reading(FROM_MS + i * MINUTE_MS, i)));
    await saveState(store);
    await upkeep(store, HOT_FROM_MS + 7_200_000);
    await store.append(Array.from({ length: HOT }, (_, i) => reading(HOT_FROM_MS + i * MINUTE_MS, i)));
    await store.nameDevice(deviceId, { name: `Board ${device}`, place: "attic" });
    await store.setRetention(deviceId, { rawDays: 0 });
  }
  await store.append([entries().map((entry) => ({ kind: "journal" as const, entry }))]);
  await saveState(store);
}

/** What the hub knows of its devices, as of now. */
export async function saveState(store: Store): Promise<void> {
  const states = (await store.load()).map(({ deviceId, lastHeardAtMs, intervalMs, latest }) => ({
    deviceId,
    lastHeardAtMs,
    intervalMs,
    latest,
  }));
  await store.saveState(states);
}

export async function upkeep(store: Store, nowMs: number, rawDays = 0): Promise<void> {
  const retention = { rawDays, hourDays: 0, dayDays: 0, maxBytes: 0 };
  while ((await store.upkeep({ nowMs, retention })).did !== "nothing");
}

function entries(): JournalEntry[] {
  const message = (topic: string) => ({
    topic,
    payload: Uint8Array.from({ length: 40 }, (_, value) => value),
    qos: 1 as const,
    retain: false,
    properties: new Uint8Array(0),
    expiresAtMs: undefined,
    publisher: "somebody",
  });
  return Array.from({ length: KEPT }, (_, index): JournalEntry[] => {
    const clientId = `client-${index}`;
    const delivery = { qos: 1 as const, retain: false, subscriptionIds: [7], share: undefined };
    return [
      { of: "session", clientId, value: { version: 5, expiryS: 86_400, disconnectedAtMs: FROM_MS, sentThrough: 0 } },
      {
        of: "subscription",
        clientId,
        filter: `home/${index}/#`,
        value: { qos: 1, noLocal: false, retainAsPublished: false, subscriptionId: 7 },
      },
      { of: "retained", topic: `home/${index}`, value: { ...message(`home/${index}`), retain: true } },
      { of: "delivery", clientId, order: 0, value: { ...delivery, message: message(`home/${index}/a`) } },
      { of: "inbound", clientId, packetId: 5, value: true },
      {
        of: "will",
        clientId,
        value: { message: message(`gone/${index}`), delayS: 5, keepAliveS: 60, expiryS: undefined, dueAtMs: undefined },
      },
    ];
  }).flat();
}

export interface Asked {
  readonly devices: readonly StoredDevice[];
  readonly journal: Journal;
  /** Instants of each board's readings, as a page has them; undefined: the store said in words that it cannot be read. */
  readonly instants: readonly (readonly number[] | undefined)[];
  /** What the store said instead of an answer. */
  readonly refusals: readonly string[];
}

const ALWAYS = { fromMs: 0, toMs: 8.64e15 };

/** Asks everything. Fails where an answer is neither whole nor a StoreError in words. */
export async function askEverything(store: Store): Promise<Asked> {
  const refusals: string[] = [];
  const said = async <T>(asking: Promise<T>): Promise<T | undefined> => {
    try {
      return await asking;
    } catch (error) {
      expect(error).toMatchObject({ name: "StoreError" });
      refusals.push((error as Error).message);
      return undefined;
    }
  };
  const devices = await store.load();
  const journal = await store.loadJournal();
  for (const { latest, lastHeardAtMs } of devices) {
    for (const { atMs } of latest.values()) expect(new Date(atMs).toISOString()).toContain("T");
    expect(new Date(lastHeardAtMs ?? 0).toISOString()).toContain("T");
  }
  const instants: (readonly number[] | undefined)[] = [];
  for (let index = 0; index < DEVICES; index++) {
    const deviceId = boardOf(index);
    const names = ["temperature", "on", "mode"];
    for (const order of ["desc", "asc"] as const) {
      const page = await said(store.readings({ deviceId, ...ALWAYS, limit: 10_000, order, behind: undefined }));
      for (const { body, atMs, receivedAtMs } of page ?? []) {
        expect(typeof JSON.parse(body)).toBe("object");
        expect(new Date(atMs).toISOString() + new Date(receivedAtMs).toISOString()).toContain("T");
      }
      if (order === "asc") instants.push(page?.map(({ atMs }) => atMs));
    }
    await said(store.series({ deviceId, metrics: names, fromMs: FROM_MS, toMs: UNTIL_MS, points: 2_000 }));
    for (const level of ["hour", "day"] as const) {
      await said(store.rollups({ deviceId, level, fromMs: FROM_MS, toMs: UNTIL_MS, metrics: undefined }));
    }
    await said(store.latestOf(deviceId, names));
    for (const format of ["ndjson", "csv"] as const) {
      const metrics = format === "csv" ? names : undefined;
      const chunk = await said(store.exportChunk({ deviceId, ...ALWAYS, format, metrics, behind: undefined }));
      if (format === "csv" || chunk === undefined) continue;
      for (const line of new TextDecoder().decode(chunk.lines).trim().split("\n")) {
        if (line !== "") expect(JSON.parse(line)).toMatchObject({ deviceId });
      }
    }
    for (const span of store.damaged(deviceId)) expect(new Date(span.fromMs).toISOString()).toContain("T");
  }
  await said(store.stats());
  await said(store.space());
  return { devices, journal, instants, refusals };
}
