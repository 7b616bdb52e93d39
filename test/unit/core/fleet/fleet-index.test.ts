/** The order and the counts after any changes, against sorting and counting them all anew; and what a change costs. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { FLEET_STATES } from "../../../../src/contract/fleet/states.ts";
import { bitOf } from "../../../../src/core/fleet/device-rank.ts";
import { compareRows } from "../../../../src/core/fleet/fleet-index.ts";
import { createFleetWorld, type DeviceFacts } from "./fleet-world.ts";

const facts: fc.Arbitrary<DeviceFacts> = fc.record({
  presence: fc.constantFrom("online", "late", "offline", "asleep"),
  alert: fc.constantFrom(undefined, "critical", "warning", "info"),
  isNew: fc.boolean(),
  clockSuspect: fc.boolean(),
});
const ID = fc.constantFrom("a", "b", "c", "d", "e", "f");
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ id: ID, facts, afterMs: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ id: ID, facts: fc.constant(undefined), afterMs: fc.nat(2) }) },
);

test("after any changes the order is that of a sort, and the counts are those of a count", () => {
  fc.assert(
    fc.property(fc.dictionary(ID, facts), fc.array(step), (before, steps) => {
      const { clock, index, devices, change, remove, told } = createFleetWorld(before);
      for (const { id, facts: next, afterMs } of steps) {
        clock.advance(afterMs);
        if (next === undefined) remove(id);
        else change(id, next);
      }
      const rows = index.byRank;
      expect(rows).toEqual([...rows].sort(compareRows));
      expect(new Set(rows.map(({ device }) => device))).toEqual(new Set(devices.values()));
      const counts = index.counts();
      expect(counts.all).toBe(devices.size);
      for (const state of FLEET_STATES) {
        if (state !== "normal")
          expect(counts[state]).toBe(rows.filter(({ states }) => (states & bitOf(state)) !== 0).length);
      }
      if (told.length > 0) expect(told.at(-1)).toEqual(counts);
    }),
  );
});

test("a fire among healthy boards comes first, the newest of a rank before the older ones", () => {
  const { clock, change, ids } = createFleetWorld({ a: {}, b: {}, c: { presence: "offline" } });
  expect(ids()).toEqual(["c", "a", "b"]);
  clock.advance(1_000);
  change("b", { alert: "critical" });
  expect(ids()).toEqual(["b", "c", "a"]);
  clock.advance(1_000);
  change("a", { presence: "offline" });
  expect(ids()).toEqual(["b", "a", "c"]);
});

test("what changes nothing notifies nobody", () => {
  const { change, told } = createFleetWorld({ a: {} });
  change("a", {});
  change("a", { alert: "info" });
  expect(told).toEqual([]);
});

test("a change of state among 10,000 devices costs microseconds", () => {
  const fleet = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`board-${at}`, {}]));
  const { change, ids } = createFleetWorld(fleet);
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    for (let at = 0; at < 10_000; at++)
      change(`board-${(at * 7919) % 10_000}`, { presence: round % 2 ? "online" : "late" });
    const { user, system } = process.cpuUsage(before);
    fastest = Math.min(fastest, (user + system) / 10_000);
  }
  expect(ids()).toHaveLength(10_000);
  console.info(`a change of state: ${fastest.toFixed(1)} µs`);
  expect(fastest).toBeLessThan(50); // alone on its machine a fifth of that
});
