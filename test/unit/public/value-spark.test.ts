/** The small charts beside values stay within their drawing, whenever their readings were. */
import { expect, test } from "vitest";
import { SPARK, sparkPath } from "../../../public/app/device/sparks.ts";
import { createSeriesBuffer } from "../../../public/app/series/series-buffer.ts";

test("a reading before or after the time of the drawing is at its edge, and not beyond", () => {
  const t = [-5_000, 0, 5_000, 10_000, 12_000];
  const mean = [1, 2, 3, 2, 1];
  const buffer = createSeriesBuffer(0, 0, { t, mean, min: mean, max: mean, count: [1, 1, 1, 1, 1] });
  const path = sparkPath(buffer, { fromMs: 0, toMs: 10_000 }, 5_000);
  const places = [...path.matchAll(/[ML](\S+) /g)].map(([, x]) => Number(x));
  expect(places).toEqual([0, 0, SPARK.width / 2, SPARK.width, SPARK.width]);
});
