import { expect, test } from "vitest";
import { SPARK_STEP_MS, SPARK_STEPS } from "../../../../src/contract/fleet/sparklines.ts";
import { createSparkRings, type SparkRing, stepOf } from "../../../../src/core/sparklines/spark-ring.ts";

const NOW = Date.UTC(2026, 11, 1, 12);
const minutes = (count: number): number => count * 60_000;
const shown = (ring: SparkRing, nowMs = NOW): (number | null)[] =>
  Array.from(ring.means(stepOf(nowMs)), (mean) => (Number.isNaN(mean) ? null : mean));
/** With these at the end, and nothing before. */
const ending = (...means: (number | null)[]): (number | null)[] => [
  ...Array.from({ length: SPARK_STEPS - means.length }, () => null),
  ...means,
];

test("a step has the mean of its values, and a step without any has none", () => {
  const ring = createSparkRings().ring();
  ring.add(10, NOW - minutes(10), NOW);
  ring.add(20, NOW, NOW);
  ring.add(23, NOW + 1, NOW + 1);
  expect(shown(ring)).toEqual(ending(10, null, 21.5));
});

test("a reading that comes late is in its own step, and one of more than three hours ago in none", () => {
  const ring = createSparkRings().ring();
  ring.add(1, NOW, NOW);
  ring.add(7, NOW - minutes(5), NOW);
  ring.add(99, NOW - minutes(180), NOW);
  expect(shown(ring)).toEqual(ending(7, 1));
  ring.add(5, NOW - minutes(175), NOW);
  expect(shown(ring)[0]).toBe(5);
});

test("after three hours nothing is left of what was before", () => {
  const ring = createSparkRings().ring();
  for (let at = 0; at < 100; at++) ring.add(at, NOW + at * SPARK_STEP_MS, NOW + at * SPARK_STEP_MS);
  expect(shown(ring, NOW + 99 * SPARK_STEP_MS)).toEqual(Array.from({ length: 36 }, (_, at) => 64 + at));
  const laterMs = NOW + 200 * SPARK_STEP_MS;
  expect(shown(ring, laterMs)).toEqual(ending());
  ring.add(3, laterMs, laterMs);
  expect(shown(ring, laterMs)).toEqual(ending(3));
});

test("a board whose clock is far ahead does not push out what is there, and a hub's clock that was ahead is forgotten", () => {
  const ring = createSparkRings().ring();
  ring.add(1, NOW, NOW);
  ring.add(2, NOW + minutes(60), NOW);
  expect(shown(ring)).toEqual(ending(1));
  ring.add(2, NOW + minutes(600), NOW + minutes(600));
  ring.add(4, NOW, NOW);
  expect(shown(ring)).toEqual(ending(4));
});

test("rings do not disturb each other, and one that is used again begins with nothing", () => {
  const rings = createSparkRings();
  const all = Array.from({ length: 600 }, () => rings.ring());
  for (const [index, ring] of all.entries()) ring.add(index, NOW, NOW);
  expect(all.map((ring) => shown(ring).at(-1))).toEqual(all.map((_, index) => index));
  const [first] = all;
  if (first === undefined) throw new Error("there are 600");
  rings.free(first);
  expect(shown(rings.ring())).toEqual(ending());
});

test("a reading of 1970, of an import or of a hub whose clock begins there, changes no other ring", () => {
  for (const nowMs of [NOW, minutes(15)]) {
    const rings = createSparkRings();
    const [first, second] = [rings.ring(), rings.ring()];
    for (let at = 0; at < 4; at++) first.add(at, nowMs - minutes(5 * at), nowMs);
    second.add(9, minutes(2), nowMs);
    expect(shown(first, nowMs)).toEqual(ending(3, 2, 1, 0));
    expect(shown(second, nowMs)).toEqual(nowMs === NOW ? ending() : ending(9, null, null, null));
  }
});
