/** What the page of a device computes: why it is there or not, the spans of its presence, states as long as they were, pinned charts. */
import { expect, test } from "vitest";
import { stateRuns } from "../../../public/app/chart/state-runs.ts";
import { type MetricRow, metricsPatch, withRow } from "../../../public/app/device/metrics/metrics-patch.ts";
import { verdictWords } from "../../../public/app/device/why-words.ts";
import { knownUntilMs } from "../../../public/app/hub/freshness.ts";
import { gapsOf } from "../../../public/app/series/gaps.ts";
import { atMostCells, presenceSpans, readRecord, withChange } from "../../../public/app/series/presence-spans.ts";
import { createSeriesBuffer } from "../../../public/app/series/series-buffer.ts";
import type { PresenceDetail } from "../../../src/contract/readings.ts";

const MINUTE_MS = 60_000;
const NOW_MS = Date.parse("2026-11-25T12:00:00Z");
const ago = (ms: number) => new Date(NOW_MS - ms).toISOString();

type Because = PresenceDetail["because"];
const verdicts: [PresenceDetail["state"], Because, string][] = [
  ["online", { connection: true, lastReadingAt: ago(5_000), intervalMs: 5_000 }, "not older than 1 min"],
  ["online", { connection: false, lastReadingAt: ago(5_000) }, "its last reading is recent"],
  ["online", { connection: true, lastReadingAt: ago(50 * MINUTE_MS) }, "it keeps no interval"],
  ["late", { connection: true, lastReadingAt: ago(20 * MINUTE_MS), intervalMs: 5 * MINUTE_MS }, "longer than 15 min"],
  ["asleep", { connection: false, availability: "offline", lastReadingAt: ago(0) }, "connects only to send"],
  ["offline", { connection: true, availability: "offline", lastReadingAt: ago(0) }, "its last will or its bridge"],
  ["offline", { connection: false }, "has never sent a reading"],
  ["offline", { connection: false, lastReadingAt: ago(2 * MINUTE_MS), intervalMs: 5_000 }, "longer than 1 min"],
];

test.each(verdicts)("a device that is %s by %o: the sentence says so and why", (state, because, words) => {
  const verdict = verdictWords({ state, because }, NOW_MS);
  expect(verdict.toLowerCase()).toMatch(new RegExp(`^${state}: `));
  expect(verdict).toContain(words);
});

const at = (minutes: number) => NOW_MS + minutes * MINUTE_MS;
const spansOf = (changes: [number, "online" | "offline" | "late"][], runs: [number, number][]) =>
  presenceSpans(
    {
      changes: changes.map(([minutes, state]) => ({ atMs: at(minutes), state })),
      runs: runs.map(([from, to]) => ({ fromMs: at(from), toMs: at(to) })),
    },
    { fromMs: at(0), toMs: at(60) },
    at(50),
  ).map(({ state, fromMs, toMs }) => [state, (fromMs - NOW_MS) / MINUTE_MS, (toMs - NOW_MS) / MINUTE_MS]);

test("presence is unknown while the hub was off, and ends now", () => {
  expect(
    spansOf(
      [
        [-5, "online"],
        [20, "offline"],
      ],
      [
        [-10, 10],
        [15, 49],
      ],
    ),
  ).toEqual([
    ["online", 0, 10],
    ["unknown", 10, 15],
    ["online", 15, 20],
    ["offline", 20, 50],
  ]);
  expect(spansOf([[30, "online"]], [[-10, 49]])).toEqual([["online", 30, 50]]);
  expect(spansOf([], [[-10, 49]])).toEqual([]);
});

test("presence is known until the hub was heard last, or now", () => {
  expect(knownUntilMs({ kind: "live" }, at(50))).toBe(at(50));
  expect(knownUntilMs({ kind: "lost", sinceMs: at(20) }, at(50))).toBe(at(20));
  expect(knownUntilMs({ kind: "silent", sinceMs: at(20) }, at(50))).toBe(at(20));
});

test("presence of many changes is read on from where an answer ends; of more than that nothing is claimed", async () => {
  const iso = (minutes: number) => new Date(at(minutes)).toISOString();
  const stored = [1, 2, 3, 4].map((minutes) => ({ at: iso(minutes), state: "online" as const }));
  const runs = [{ from: iso(0), to: iso(9) }];
  // Two changes an answer, and before them what held at its beginning.
  const ask = async ({ from }: { from: number }) => {
    const index = stored.findIndex((change) => Date.parse(change.at) >= from);
    const next = stored[index + 2];
    return {
      changes: stored.slice(Math.max(index - 1, 0), index + 2),
      runs,
      ...(next !== undefined && { nextFrom: next.at }),
    };
  };
  const range = { from: at(0), to: at(10) };
  const whole = await readRecord(range, ask, 8);
  expect(whole.changes.map(({ atMs }) => atMs)).toEqual([at(1), at(2), at(3), at(4)]);
  expect(whole.endMs).toBeUndefined();
  const part = await readRecord(range, ask, 1);
  expect(part.endMs).toBe(at(3));
  const window = { fromMs: at(0), toMs: at(10) };
  expect(presenceSpans(whole, window, at(9)).at(-1)?.toMs).toBe(at(9));
  expect(presenceSpans(part, window, at(9)).at(-1)?.toMs).toBe(at(3));
});

test("a live change counts if it is later than all others, and of many changes the worst of a cell is shown", () => {
  const record = withChange({ changes: [], runs: [{ fromMs: at(0), toMs: at(1) }] }, at(1), "online");
  expect(withChange(record, at(1), "offline")).toBe(record);
  const flapping = Array.from({ length: 60 }, (_, index) => ({
    state: index === 30 ? ("offline" as const) : ("online" as const),
    fromMs: at(index),
    toMs: at(index + 1),
  }));
  const cells = atMostCells(flapping, { fromMs: at(0), toMs: at(60) }, 6);
  expect(cells.map(({ state }) => state)).toEqual(["online", "online", "online", "offline", "online", "online"]);
});

test("a state is as long as it was, also in a bucket with both, and is not drawn over a gap", () => {
  const buffer = createSeriesBuffer(10 * MINUTE_MS, NOW_MS, {
    t: [at(0), at(10), at(20), at(60)],
    mean: [0, 0.25, 1, 0],
    min: [0, 0, 1, 0],
    max: [0, 1, 1, 0],
    count: [60, 60, 60, 60],
  });
  const runs = stateRuns(buffer, MINUTE_MS, at(70));
  expect(
    runs.map(({ state, fromMs, toMs }) => [state, (fromMs - NOW_MS) / MINUTE_MS, (toMs - NOW_MS) / MINUTE_MS]),
  ).toEqual([
    [false, 0, 10],
    [true, 10, 12.5],
    [false, 12.5, 20],
    [true, 20, 30],
    [false, 60, 70],
  ]);
  const window = { fromMs: at(0), toMs: at(100) };
  expect(gapsOf(buffer, MINUTE_MS, window)).toEqual([{ fromMs: at(30), toMs: at(60) }]);
  // From the last reading to now, it is one too.
  expect(gapsOf(buffer, MINUTE_MS, window, at(100))).toEqual([
    { fromMs: at(30), toMs: at(60) },
    { fromMs: at(70), toMs: at(100) },
  ]);
});

const row = (metric: string, more: Partial<MetricRow> = {}): MetricRow => ({
  ...{ metric, label: metric, unit: "", digits: "", pinned: false, hidden: false, isOwn: false },
  ...more,
});

test("a row that is reset leaves what is not saved of the others, in their order", () => {
  const first = [row("a", { label: "Mine", isOwn: true }), row("b")];
  const edited = [row("b", { unit: "V" }), row("a", { label: "Mine, edited", isOwn: true })];
  const fresh = row("a", { label: "Temperature" });
  expect(withRow(edited, fresh)).toEqual([row("b", { unit: "V" }), fresh]);
  expect(metricsPatch(withRow(first, fresh), withRow(edited, fresh))).toEqual({
    a: { order: 1 },
    b: { unit: "V", order: 0 },
  });
});

test("only what the owner changed is sent; an empty name is what Aerie knows, and a move gives all their position", () => {
  const before = [row("a", { label: "A", digits: "1" }), row("b", { unit: "V", pinned: true })];
  expect(metricsPatch(before, before)).toEqual({});
  const after = [row("a", { label: " ", digits: "" }), row("b", { unit: "mV", hidden: true })];
  expect(metricsPatch(before, after)).toEqual({
    a: { label: null, digits: null },
    b: { unit: "mV", pinned: false, hidden: true },
  });
  expect(metricsPatch(before, before.toReversed())).toEqual({ a: { order: 1 }, b: { order: 0 } });
});
