/** Imports and what memory knows afterwards: identity, limits, age, presence. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import { createRawHorizon } from "../../../../src/core/history/raw-horizon.ts";
import type { ReadingWrite, WritesOfMessage } from "../../../../src/core/ports/writes.ts";
import { createImporter } from "../../../../src/core/transfer/importer.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { allStored, createMemoryStore } from "../../../support/memory/memory-store.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const cellar = "cellar" as DeviceId;

function start({ maxDevices = 10, rawDays = 90 } = {}) {
  const clock = createManualClock({ nowMs: NOW });
  const changes: string[] = [];
  const registry = createRegistry({
    clock,
    stored: [],
    limits: { maxDevices, maxDevicesPerClient: 1, maxMetricsPerDevice: 2 },
    onPresence: ({ deviceId, state }) => void changes.push(`${deviceId} ${state}`),
  });
  const store = createMemoryStore();
  store.script = allStored;
  const importer = createImporter({
    store,
    registry,
    clock,
    isClockSane: () => true,
    derivation: undefined,
    rawHorizon: createRawHorizon({ registry, rawDays, mayExpire: () => true }),
    counters: { readings: () => undefined },
    sparklines: undefined,
    onStored: () => undefined,
  });
  const messages = (): readonly WritesOfMessage[] => store.appends.flatMap((append) => append.messages);
  return { clock, changes, registry, store, importer, messages };
}

interface LineParts {
  readonly deviceId?: string;
  readonly n?: number;
  readonly metrics?: object;
}

function line(atMs: number, { deviceId = "cellar", n, metrics = { t: 1 } }: LineParts = {}): string {
  const id = n === undefined ? {} : { _id: `${deviceId}-${atMs.toString(36)}-${n}` };
  return JSON.stringify({ ...id, deviceId, timestamp: new Date(atMs).toISOString(), metrics });
}

test("numeric text of a metric that has been a number is one, but for a line that a hub has written", async () => {
  const { importer, messages } = start();
  await importer.take([line(NOW - 4_000, { metrics: { t: 1 } })]);
  await importer.take([line(NOW - 3_000, { metrics: { t: "2" } }), line(NOW - 2_000, { n: 0, metrics: { t: "3" } })]);
  const stored = messages().flat() as ReadingWrite[];
  expect(stored.map(({ metrics }) => metrics.get("t"))).toEqual([1, 2, "3"]);
});

test("readings with ids of one device go together, so that equal ones of one instant stay two; an id twice is one", async () => {
  const { importer, messages } = start();
  const at = NOW - 5_000;

  const answer = await importer.take([
    line(at, { n: 0 }),
    line(at, { n: 1 }),
    line(at, { n: 1 }),
    line(at, { deviceId: "attic", n: 0 }),
    line(at),
    line(at),
  ]);

  expect(answer).toEqual({ stored: 5, duplicates: 1, refused: [], forgotten: [] });
  const ids = messages().map((writes) =>
    writes.map((write) => [write.kind === "reading" && write.deviceId, (write as ReadingWrite).n]),
  );
  expect(ids).toEqual([
    [["cellar", undefined]],
    [["cellar", undefined]],
    [
      ["cellar", 0],
      ["cellar", 1],
    ],
    [["attic", 0]],
  ]);
});

test("an imported device is offline, knows its values, and its first own message tells no interval", async () => {
  const { clock, changes, importer, registry } = start();
  await importer.take([line(NOW - 1_000, { metrics: { t: 5 } }), line(NOW - 9_000, { metrics: { t: 4, u: 1 } })]);

  const device = registry.get(cellar);
  expect(device).toMatchObject({ state: "offline", lastHeardAtMs: NOW - 1_000 });
  expect(device?.latest.get("t")).toEqual({ value: 5, atMs: NOW - 1_000 });
  expect(registry.takeDirty()).toHaveLength(1);
  for (let sent = 0; sent < 3; sent++) {
    clock.advance(10_000);
    registry.heard(cellar, { clientId: "board", serial: 1 }, clock.nowMs());
    registry.storedReading(cellar, new Map([["t", 5]]), clock.nowMs());
    registry.settle();
  }
  expect(changes).toEqual(["cellar online"]);
  expect(device?.rhythm.intervalMs).toBe(10_000);
});

test("limits of devices and metrics hold, but not that of one client", async () => {
  const { importer } = start({ maxDevices: 2 });

  const answer = await importer.take([
    line(NOW - 3, { deviceId: "a", metrics: { x: 1, y: 1, z: 1 } }),
    line(NOW - 2, { deviceId: "b" }),
    line(NOW - 1, { deviceId: "c" }),
  ]);

  expect(answer.stored).toBe(1);
  expect(answer.refused.map(({ line: at, detail, reason }) => [at, detail, reason])).toEqual([
    [0, "z", expect.stringContaining("AERIE_MAX_METRICS_PER_DEVICE")],
    [2, undefined, expect.stringContaining("AERIE_MAX_DEVICES")],
  ]);
});

test("what is beyond raw age by whole days, or is forgotten by the store, is neither stored nor lost sight of", async () => {
  const { importer, store, messages } = start({ rawDays: 30 });
  const horizonMs = Math.floor((NOW - 30 * DAY_MS) / DAY_MS) * DAY_MS;
  store.script = (all) =>
    all.map((writes) =>
      writes.map((write) =>
        write.kind === "reading" && write.atMs < NOW - 10 * DAY_MS
          ? { kind: "refused", code: "expired", reason: "Retention has deleted it" }
          : { kind: "stored", n: 0 },
      ),
    );

  const answer = await importer.take([line(horizonMs - 1), line(horizonMs), line(NOW - 1)]);

  expect(answer).toEqual({ stored: 1, duplicates: 0, refused: [], forgotten: [0, 1] });
  expect(messages().flat()).toHaveLength(2);
});
