/** The order and the counts after any changes, against sorting and counting them all anew; and what a change costs. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { FLEET_STATES } from "../../../../src/contract/fleet/states.ts";
import { bitOf, type RankFacts, rankOf, statesOf } from "../../../../src/core/fleet/device-rank.ts";
import { createFleetWorld, type DeviceFacts } from "./fleet-world.ts";

const facts: fc.Arbitrary<DeviceFacts> = fc.record({
  presence: fc.constantFrom("online", "late", "offline", "asleep"),
  alert: fc.constantFrom(undefined, "critical", "warning", "info"),
  isNew: fc.boolean(),
  clockSuspect: fc.boolean(),
});
const ID = fc.constantFrom("a", "b", "c", "d", "e", "f");
const rankFacts = ({ presence = "online", alert, isNew = false, clockSuspect = false }: DeviceFacts): RankFacts => ({
  presence,
  alert,
  isNew,
  clockSuspect,
});
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ id: ID, facts, afterMs: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ id: ID, facts: fc.constant(undefined), afterMs: fc.nat(2) }) },
);

interface Known {
  readonly id: string;
  readonly facts: Required<DeviceFacts>;
  readonly sinceMs: number;
}

test("after any changes the order is that of a sort, and the counts are those of a count", () => {
  fc.assert(
    fc.property(fc.dictionary(ID, facts), fc.array(step), (before, steps) => {
      const { clock, index, change, remove, told, ids } = createFleetWorld(before);
      const model = new Map<string, Known>();
      const rank = (of: DeviceFacts): number => rankOf(rankFacts(of));
      const note = (id: string, next: DeviceFacts): void => {
        const former = model.get(id);
        const stays = former !== undefined && rank(former.facts) === rank(next);
        model.set(id, { id, facts: next as Known["facts"], sinceMs: stays ? former.sinceMs : clock.nowMs() });
      };
      for (const [id, its] of Object.entries(before)) note(id, its);
      for (const { id, facts: next, afterMs } of steps) {
        clock.advance(afterMs);
        if (next === undefined) remove(id);
        else change(id, next);
        if (next === undefined) model.delete(id);
        else note(id, next);
      }
      const sorted = [...model.values()].sort(
        (a, b) => rank(a.facts) - rank(b.facts) || b.sinceMs - a.sinceMs || (a.id < b.id ? -1 : 1),
      );
      expect(ids()).toEqual(sorted.map(({ id }) => id));
      const counts = index.counts();
      expect(counts.all).toBe(model.size);
      for (const state of FLEET_STATES) {
        const inIt = sorted.filter(({ facts: its }) => (statesOf(rankFacts(its)) & bitOf(state)) !== 0).length;
        if (state !== "normal") expect(counts[state]).toBe(inIt);
        expect(index.ask("id", { states: [state], limit: 1 }).total).toBe(inIt);
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
  for (let round = 0; round < 50; round++) {
    const beganAt = performance.now();
    for (let at = 0; at < 1_000; at++)
      change(`board-${(at * 7919) % 10_000}`, { presence: round % 2 ? "online" : "late" });
    fastest = Math.min(fastest, performance.now() - beganAt);
  }
  expect(ids()).toHaveLength(10_000);
  console.info(`a change of state: ${fastest.toFixed(1)} µs`);
  expect(fastest).toBeLessThan(100); // five-fold slack
});
