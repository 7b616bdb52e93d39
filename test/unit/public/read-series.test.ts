/** The series of more metrics than the hub answers at once. */
import { expect, test } from "vitest";
import { inParts } from "../../../public/app/series/read-series.ts";
import type { SeriesAnswer } from "../../../src/contract/rest.ts";

const names = Array.from({ length: 130 }, (_, index) => `m${index}`);
const damage = { from: "2026-11-25T12:00:00Z", to: "2026-11-25T13:00:00Z" };

const answerOf = (part: readonly string[], resolution: number, t: number[], mean: number[]): SeriesAnswer => ({
  deviceId: "a",
  resolution,
  metrics: Object.fromEntries(
    part.map((name) => [name, { t, mean, min: mean, max: mean, count: mean.map(() => (resolution === 0 ? 1 : 2)) }]),
  ),
  damaged: [damage],
});

test("130 metrics are asked for in parts of at most 64, and one answer has all of them", async () => {
  const asked: number[] = [];
  const answer = await inParts(names, async (part) => {
    asked.push(part.length);
    return answerOf(part, 0, [1_000], [5]);
  });
  expect(asked).toEqual([64, 64, 2]);
  expect(Object.keys(answer.metrics)).toEqual(names);
  expect(answer).toMatchObject({ deviceId: "a", resolution: 0, damaged: [damage] });
});

test("where one part is answered as readings and another in buckets, all are buckets of the same width", async () => {
  const { resolution, metrics } = await inParts(names, async (part) =>
    part.includes("m64")
      ? answerOf(part, 10_000, [10_000, 20_000], [1, 3])
      : answerOf(part, 0, [11_000, 15_000, 40_500], [4, 8, 9]),
  );
  expect(resolution).toBe(10_000);
  expect(metrics["m64"]).toEqual({ t: [10_000, 20_000], mean: [1, 3], min: [1, 3], max: [1, 3], count: [2, 2] });
  const bucketed = { t: [10_000, 40_000], mean: [6, 9], min: [4, 9], max: [8, 9], count: [2, 1] };
  expect(metrics["m0"]).toEqual(bucketed);
  expect(metrics["m129"]).toEqual(bucketed);
});
