import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import type { StoredForAlerts } from "../../../../src/core/alerts/alert-types.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import { createAfterCommit } from "../../../../src/core/ingest/after-commit.ts";
import type { LiveReading } from "../../../../src/core/model/live-reading.ts";
import type { ReadingWrite, Write, WriteOutcome } from "../../../../src/core/ports/writes.ts";
import { createClockSanity } from "../../../../src/core/time/clock-sanity.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { startDerivation } from "../../../support/memory/derivation-world.ts";
import { createMemoryCounters } from "../../../support/memory/memory-log.ts";
import { noReplacements } from "../../../support/memory/no-replacements.ts";

const boiler = "boiler" as DeviceId;
const board = { clientId: "board", serial: 1 };
const stored = (n = 0): WriteOutcome => ({ kind: "stored", n });

function start() {
  const clock = createManualClock();
  const counters = createMemoryCounters();
  const presence: string[] = [];
  const registry = createRegistry({
    clock,
    stored: [],
    limits: { maxDevices: 10, maxDevicesPerClient: 10, maxMetricsPerDevice: 10 },
    onPresence: ({ state }) => void presence.push(state),
  });
  const clockSanity = createClockSanity({ clock, builtAtMs: 0, newestMs: 0 });
  const published: LiveReading[][] = [];
  const judged: StoredForAlerts[][] = [];
  const audience = { isThere: true };
  const storedCounts: number[] = [];
  const afterCommit = createAfterCommit({
    registry,
    derivation: startDerivation({ registry, counters, clock }).derivation,
    clockSanity,
    counters,
    publish: (readings) => void published.push([...readings]),
    hasAudience: () => audience.isThere,
    onStored: (count) => void storedCounts.push(count),
    judge: (readings) => void judged.push([...readings]),
    hardware: noReplacements(),
  });
  const commit = (...messages: readonly (readonly [Write, WriteOutcome][])[]): void =>
    afterCommit(
      messages.map((pairs) => ({
        message: {
          writes: pairs.map(([write]) => write),
          bytes: 1,
          urgent: true,
          connection: board,
          answer: () => {},
        },
        outcomes: pairs.map(([, outcome]) => outcome),
      })),
    );
  const reading = (t: number, atMs = clock.nowMs()): ReadingWrite => ({
    kind: "reading",
    deviceId: boiler,
    atMs,
    timed: true,
    receivedAtMs: clock.nowMs(),
    metrics: new Map([["t", t]]),
    body: JSON.stringify({ t }),
    element: 0,
    packet: undefined,
  });
  const status = (online: boolean): Write => ({
    kind: "status",
    deviceId: boiler,
    receivedAtMs: clock.nowMs(),
    online,
  });
  return {
    clock,
    counters,
    presence,
    registry,
    clockSanity,
    published,
    judged,
    audience,
    storedCounts,
    commit,
    reading,
    status,
  };
}

test("browsers are sent what was stored, once a commit, in order", () => {
  const { published, commit, reading } = start();
  commit(
    [
      [reading(1), stored(0)],
      [reading(2), stored(1)],
    ],
    [[reading(3), stored(2)]],
  );
  expect(published.map((batch) => batch.map(({ n, metrics }) => [n, metrics.get("t")]))).toEqual([
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  ]);
});

test("browsers are not sent what was a duplicate or refused, and memory does not take it", () => {
  const { counters, published, registry, commit, reading } = start();
  commit([[reading(1), stored()]]);
  commit([
    [reading(2), { kind: "duplicate" }],
    [reading(3), { kind: "refused", reason: "x" }],
  ]);
  expect(published).toHaveLength(1);
  expect(registry.get(boiler)?.latest.get("t")?.value).toBe(1);
  expect(counters.tally).toMatchObject({ "readings stored": 1, "readings duplicate": 1, "readings refused": 1 });
});

test("while nobody watches nothing is sent, and memory is kept and alerts are judged all the same", () => {
  const { published, judged, audience, registry, commit, reading } = start();
  audience.isThere = false;
  commit([[reading(1), stored()]]);
  expect(published).toEqual([]);
  expect(judged.map((batch) => batch.map(({ metrics }) => metrics.get("t")))).toEqual([[1]]);
  expect(registry.get(boiler)?.latest.get("t")?.value).toBe(1);
});

test("readings that were stored are counted, a commit at a time, and nothing else is", () => {
  const { storedCounts, commit, reading, status } = start();
  commit(
    [
      [reading(1), stored()],
      [reading(2), stored()],
    ],
    [
      [reading(1), { kind: "duplicate" }],
      [status(true), stored()],
    ],
  );
  expect(storedCounts).toEqual([2]);
});

test("a duplicate is a sign of life", () => {
  const { clock, registry, commit, reading } = start();
  commit([[reading(1), stored()]]);
  clock.advance(30_000);
  commit([[reading(1), { kind: "duplicate" }]]);
  expect(registry.get(boiler)?.lastHeardAtMs).toBe(clock.nowMs());
});

test("a message of which nothing was stored makes no device", () => {
  const { registry, commit, reading } = start();
  commit([[reading(1), { kind: "refused", reason: "x" }]]);
  expect(registry.get(boiler)).toBeUndefined();
});

const journal: Write = { kind: "journal", entry: { of: "inbound", clientId: "board", packetId: 1, value: true } };

test("what is written for the broker alone is no reading and no sign of life", () => {
  const { counters, published, registry, storedCounts, commit } = start();
  commit([[journal, stored()]], [[journal, { kind: "refused", reason: "x" }]]);
  expect(registry.list()).toEqual([]);
  expect(counters.tally["readings stored"]).toBeUndefined();
  expect(published).toEqual([]);
  expect(storedCounts).toEqual([0]);
});

test("a reading counts the same with the broker's writes before and behind it", () => {
  const { clock, published, registry, storedCounts, commit, reading } = start();
  commit([
    [journal, stored()],
    [reading(1), stored(7)],
    [journal, stored()],
  ]);
  expect(registry.get(boiler)?.lastHeardAtMs).toBe(clock.nowMs());
  expect(published.flat().map(({ n }) => n)).toEqual([7]);
  expect(storedCounts).toEqual([1]);
});

test("a last will behind the broker's writes is no sign of life, nor is a refused reading beside stored ones", () => {
  const { clock, registry, commit, reading, status } = start();
  commit([[reading(1), stored()]]);
  const heardAtMs = registry.get(boiler)?.lastHeardAtMs;
  clock.advance(1_000);
  commit([
    [journal, stored()],
    [status(false), stored()],
  ]);
  commit([
    [reading(2), { kind: "refused", reason: "x" }],
    [journal, stored()],
  ]);
  expect(registry.get(boiler)?.lastHeardAtMs).toBe(heardAtMs);
});

test("a last will is no sign of life", () => {
  const { clock, presence, registry, commit, reading, status } = start();
  commit([[reading(1), stored()]]);
  const heardAtMs = registry.get(boiler)?.lastHeardAtMs;
  clock.advance(1_000);
  commit([[status(false), stored()]]);
  expect(registry.get(boiler)?.lastHeardAtMs).toBe(heardAtMs);
  expect(presence).toEqual(["online", "offline"]);
});

test("`online` is a sign of life", () => {
  const { presence, commit, status } = start();
  for (const online of [true, false, true]) commit([[status(online), stored()]]);
  expect(presence).toEqual(["online", "offline", "online"]);
});

test("of what comes in one commit the end counts", () => {
  const { presence, registry, commit, reading, status } = start();
  commit([[status(true), stored()]], [[status(false), stored()]], [[status(true), stored()]]);
  expect(presence).toEqual(["online"]);
  commit([[reading(1), stored()]], [[status(false), stored()]]);
  expect(presence).toEqual(["online", "offline"]);
  commit([[status(false), stored()]], [[reading(1), stored()]]);
  expect(registry.get(boiler)?.state).toBe("online");
});

test("attributes are kept, with what they say of the device's clock", () => {
  const { registry, published, commit } = start();
  const patch = new Map([["model", "x"]]);
  commit([[{ kind: "attributes", deviceId: boiler, receivedAtMs: 1, patch, clockSuspect: true }, stored()]]);
  expect(registry.get(boiler)?.attributes.get("model")).toBe("x");
  expect(registry.get(boiler)?.clockSuspect).toBe(true);
  expect(published).toEqual([]);
});

test("a reading that was stored is held against a clock that goes back behind it", () => {
  const { clock, clockSanity, commit, reading } = start();
  clock.stepWall(3_600_000);
  commit([[reading(1, clock.nowMs()), stored()]]);
  clock.stepWall(-3_600_000);
  clock.advance(1_000);
  expect(clockSanity.problem()).toContain("newest stored reading");
});
