/** Who begins when, where each caller has few turns at once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createTurns, type TurnLimits } from "../../../../src/core/limits/turns.ts";

function world(limits: Partial<TurnLimits> = {}) {
  const turns = createTurns({ atOnce: 2, mostWaiting: 3, atOnceInAll: 100, ...limits });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  /** False: it was refused. */
  function take(name: string): boolean {
    const end = turns.take(name.slice(0, 1), () => void begun.push(name));
    if (end !== undefined) ends.set(name, end);
    return end !== undefined;
  }
  return { begun, take, end: (name: string) => ends.get(name)?.() };
}

test("a caller has so many turns at once, the rest wait in order, and one too many is refused", () => {
  const { begun, take, end } = world();
  expect(["a1", "a2", "a3", "a4", "a5", "a6"].map(take)).toEqual([true, true, true, true, true, false]);
  expect(begun).toEqual(["a1", "a2"]);
  end("a2");
  expect(begun).toEqual(["a1", "a2", "a3"]);
  expect(take("a7")).toBe(true);
  expect(take("a8")).toBe(false);
  for (const name of ["a1", "a3", "a4", "a5"]) end(name);
  expect(begun).toEqual(["a1", "a2", "a3", "a4", "a5", "a7"]);
});

test("nobody waits behind another caller's queue", () => {
  const { begun, take } = world();
  for (const name of ["a1", "a2", "a3", "a4", "b1"]) take(name);
  expect(begun).toEqual(["a1", "a2", "b1"]);
});

test("where all turns are taken the callers come one after the other, whoever asked first", () => {
  const { begun, take, end } = world({ atOnce: 2, atOnceInAll: 2 });
  for (const name of ["a1", "a2", "a3", "a4", "b1", "b2", "c1"]) take(name);
  for (const name of ["a1", "a2", "a3", "b1", "c1"]) end(name);
  expect(begun).toEqual(["a1", "a2", "a3", "b1", "c1", "a4", "b2"]);
});

test("who leaves the queue is passed over, and ending twice ends nothing else", () => {
  const { begun, take, end } = world({ atOnce: 1 });
  for (const name of ["a1", "a2", "a3", "a4"]) take(name);
  end("a2");
  end("a2");
  expect(begun).toEqual(["a1"]);
  end("a1");
  end("a1");
  expect(begun).toEqual(["a1", "a3"]);
});

test("whatever comes and goes: the bounds hold, nobody is forgotten, each caller's order is kept", () => {
  const step = fc.record({ caller: fc.constantFrom("a", "b", "c"), ends: fc.boolean(), which: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { begun, take, end } = world({ atOnceInAll: 3 });
      const open = new Set<string>();
      steps.forEach(({ caller, ends, which }, index) => {
        const names = [...open];
        const name = names[which % Math.max(1, names.length)];
        if (ends && name !== undefined) {
          open.delete(name);
          end(name);
        } else if (take(`${caller}${index}`)) open.add(`${caller}${index}`);
        const active = begun.filter((each) => open.has(each));
        expect(active.length).toBe(Math.min(3, sum(["a", "b", "c"].map((each) => Math.min(2, of(open, each))))));
        for (const each of ["a", "b", "c"]) expect(of(active, each)).toBeLessThanOrEqual(2);
      });
      for (const each of ["a", "b", "c"]) {
        const own = begun.filter((name) => name.startsWith(each)).map((name) => Number(name.slice(1)));
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }),
  );
});

const of = (names: Iterable<string>, caller: string): number =>
  [...names].filter((name) => name.startsWith(caller)).length;
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
