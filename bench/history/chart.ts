/** Charts of one noisy board that has reported each 5 s for a year: the store's own calls, warm. */
import type { SeriesColumns } from "../../src/contract/rest.ts";
import type { Series } from "../../src/core/ports/history.ts";
import type { Store } from "../../src/core/ports/readings-store.ts";
import { figure } from "../helpers/figure.ts";
import { type BoardRequest, deviceIdOf } from "./data/board.ts";
import { DAY_MS, dropDir, fill, type HistoryBench, withStore } from "./history-bench.ts";
import { FULL_READINGS, type HistoryOptions } from "./options.ts";
import { repeated } from "./repeated.ts";
import { atMost, type Part, type Row } from "./row.ts";

const YEAR_DAYS = 365;
/** A week has to be in it, and a day of shifts. */
const LEAST_DAYS = 9;
const INTERVAL_MS = 5_000;
/** Of a year raw. */
const RAW_DAYS = 400;
const BOARD: BoardRequest = { name: "year", room: "noisy", intervalMs: INTERVAL_MS, timed: true, seed: 7 };
const METRIC = "co2";
const CALLS = 15;
/** Each call's window ends so much before the one before: none is asked for twice. */
const SHIFT_MS = 3_600_000;
export const CHART_SECONDS = 10;

const daysOf = ({ year, readings }: HistoryOptions): number =>
  year ? YEAR_DAYS : Math.max(LEAST_DAYS, Math.min(YEAR_DAYS, Math.round((YEAR_DAYS * readings) / FULL_READINGS)));

export const chartReadings = (options: HistoryOptions): number => (daysOf(options) * DAY_MS) / INTERVAL_MS;

interface Asked {
  readonly days: number;
  readonly points: number;
  /** Undefined: there is none. */
  readonly budgetMs: number | undefined;
  readonly what: string;
  /** Every reading is a point. */
  readonly raw: boolean;
}

/** Of the whole year's chart, that of 24 h raw, and that of 7 days. */
export type ChartBudgets = readonly [yearMs: number, rawMs?: number, weekMs?: number];

export async function chart(bench: HistoryBench): Promise<Part> {
  const plan = yearPlan(bench.options);
  const { dataDir } = await fill(bench, { name: "year", ...plan });
  const rows = await withStore(bench, dataDir, (store) => chartRows(bench, store, [20, 15, 40]));
  dropDir(bench, dataDir);
  return { title: "chart of one metric, in process", rows };
}

/** What a store is filled with before `chartRows`. */
export const yearPlan = (options: HistoryOptions) => ({
  boards: [BOARD],
  readings: chartReadings(options),
  days: daysOf(options),
  rawDays: RAW_DAYS,
});

export async function chartRows(bench: HistoryBench, store: Store, budgets: ChartBudgets): Promise<Row[]> {
  bench.progress.begin("charts", CHART_SECONDS);
  const days = daysOf(bench.options);
  const readings = chartReadings(bench.options);
  const all = days === YEAR_DAYS ? "a year" : `${days} days (shortened: the budget is of a year)`;
  const [yearMs, rawMs, weekMs] = budgets;
  const asked: Asked[] = [
    { days, points: 500, budgetMs: yearMs, what: `${all}, ${figure(readings)} readings, to 500 points`, raw: false },
    { days: 1, points: 20_000, budgetMs: rawMs, what: "24 h, every reading", raw: true },
    { days: 7, points: 500, budgetMs: weekMs, what: "7 days to 500 points", raw: false },
  ];
  const rows: Row[] = [];
  for (const each of asked) rows.push(await timed(bench, store, each));
  return rows;
}

async function timed(bench: HistoryBench, store: Store, { days, points, budgetMs, what, raw }: Asked): Promise<Row> {
  let answer: Series | undefined;
  const values = await repeated(CALLS, async (run) => {
    const toMs = bench.endMs - run * SHIFT_MS;
    const fromMs = toMs - days * DAY_MS;
    answer = await store.series({ deviceId: deviceIdOf(BOARD.name), metrics: [METRIC], fromMs, toMs, points });
  });
  const [column] = answer?.columns ?? [];
  const got = column === undefined ? 0 : (JSON.parse(new TextDecoder().decode(column)) as SeriesColumns).t.length;
  // a fast answer that is not the whole one is no answer
  const least = raw ? (days * DAY_MS) / INTERVAL_MS - 1 : points / 3;
  if (got < least || (raw && answer?.resolutionMs !== 0)) {
    bench.fail(`chart of ${what}: ${got} points of ${answer?.resolutionMs} ms`);
  }
  const budget = budgetMs === undefined ? {} : { budget: atMost(budgetMs) };
  return { what: `${what} (${figure(got)} came)`, ...budget, unit: "ms", digits: 1, values };
}
