import { expect, test } from "vitest";
import { groupAt, layOut, pointOf, visibleBetween } from "../../../../public/app/overview/list/list-layout.ts";

const group = (name: string, count: number) => ({ name, count, counts: undefined });
const MEASURES = { columns: 3, rowPx: 100, headingPx: 40, groupGapPx: 10 };
const LAID = layOut([group("attic", 7), group("cellar", 2), group("hall", 300)], MEASURES);

test("groups are below each other, each as high as its rows and its heading", () => {
  expect(LAID.groups.map(({ topPx, first }) => [topPx, first])).toEqual([
    [0, 0],
    [350, 7],
    [500, 9],
  ]);
  expect(LAID.heightPx).toBe(500 + 40 + 100 * 100);
});

test.each([
  [0, 100, [[0, 3]]],
  [0, 345, [[0, 7]]],
  [
    145,
    395,
    [
      [3, 7],
      [7, 9],
    ],
  ],
  [540, 740, [[9, 15]]],
  [360, 380, [[7, 7]]],
])("between %i and %i px are the positions %j", (fromPx, toPx, spans) => {
  expect(visibleBetween(LAID, MEASURES, fromPx, toPx).map(({ span: { from, to } }) => [from, to])).toEqual(spans);
});

test("each device has its column and row, and is in one group", () => {
  const [own] = groupAt(LAID, 13);
  expect(own?.laid.group.name).toBe("hall");
  expect(own && pointOf(own.laid, MEASURES, 13)).toEqual({ column: 1, topPx: 640 });
});
