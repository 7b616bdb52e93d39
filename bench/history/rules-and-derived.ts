/** What rules and derived metrics ask of history, in a hub that takes readings meanwhile: "would have fired", and a backfill. */
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { TryRuleAnswer } from "../../src/contract/answers/alert-answers.ts";
import type { Derived, DerivedListAnswer } from "../../src/contract/derived.ts";
import { DAY_MS } from "../../src/core/model/utc-day.ts";
import type { DriveResult } from "../generator/drive-spec.ts";
import { figure } from "../helpers/figure.ts";
import { askHub } from "../helpers/hub-api.ts";
import { drive } from "../run/drive.ts";
import { type Peer, startHub } from "../run/peer-process.ts";
import { ruleOf } from "../sections/alerts/rules.ts";
import { type BoardRequest, deviceIdOf } from "./data/board.ts";
import { dropDir, fill, type HistoryBench } from "./history-bench.ts";
import { FULL_READINGS, type HistoryOptions } from "./options.ts";
import { repeated } from "./repeated.ts";
import { atMost, type Part, type Row } from "./row.ts";

const HUB_ENTRY = fileURLToPath(new URL("../../dist/src/server.js", import.meta.url));
const DAYS = 90;
const LEAST_DAYS = 2;
const INTERVAL_MS = 5_000;
/** None of them may go meanwhile. */
const RAW_DAYS = 400;
const BOARD: BoardRequest = { name: "quarter", room: "noisy", intervalMs: INTERVAL_MS, timed: true, seed: 19 };
const TRY_BUDGET_MS = 2_000;
const TRIES = 5;
const BESIDE_PER_SECOND = 1_000;
const BOARDS_BESIDE = 50;
const BESIDE_MS = 10_000;
const BEGINS_WITHIN_MS = 10_000;

export const RULES_SECONDS = 60;

const daysOf = ({ readings }: HistoryOptions): number =>
  Math.max(LEAST_DAYS, Math.min(DAYS, Math.round((DAYS * readings) / FULL_READINGS)));

export const rulesReadings = (options: HistoryOptions): number => (daysOf(options) * DAY_MS) / INTERVAL_MS;

export async function rulesAndDerived(bench: HistoryBench): Promise<Part> {
  const [days, readings] = [daysOf(bench.options), rulesReadings(bench.options)];
  const { dataDir } = await fill(bench, { name: BOARD.name, boards: [BOARD], readings, days, rawDays: RAW_DAYS });
  bench.progress.begin("would have fired, and a backfill", RULES_SECONDS);
  const hub = await startHub(bench.owned, { entry: HUB_ENTRY, dataDir, settings: { "raw-days": RAW_DAYS } });
  const rows = [...(await tried(bench, hub, days, readings)), ...(await backfilled(bench, hub))];
  const problem = await hub.stop();
  if (problem !== undefined) bench.fail(`rules and derived metrics: ${problem}`);
  dropDir(bench, dataDir);
  return { title: `rules and derived metrics, beside ${figure(BESIDE_PER_SECOND)} readings/s`, rows };
}

function beside(bench: HistoryBench, hub: Peer, durationMs: number, onMeasuring?: () => void): Promise<DriveResult> {
  const ratePerSecond = BESIDE_PER_SECOND;
  const load = { ...hub.mqtt, boards: BOARDS_BESIDE, qos: 1, timestamps: "none" } as const;
  const spec = { load, targetPid: hub.pid, warmUp: { durationMs: 1_000, ratePerSecond } };
  return drive(bench.owned, "drive", { ...spec, measured: { durationMs, ratePerSecond } }, onMeasuring);
}

async function tried(bench: HistoryBench, hub: Peer, days: number, readings: number): Promise<Row[]> {
  const toMs = bench.endMs + INTERVAL_MS;
  const rule = ruleOf({
    name: "Stuffy",
    severity: "warning",
    scope: { devices: [deviceIdOf(BOARD.name)] },
    condition: { kind: "above", metric: "co2", threshold: 900, clear: 800 },
    forS: 300,
  });
  const request = { rule, from: new Date(toMs - days * DAY_MS).toISOString(), to: new Date(toMs).toISOString() };
  let answer: TryRuleAnswer | undefined;
  const measured = new Promise<number[]>((resolve, reject) => {
    const run = async (): Promise<void> => {
      answer = await askHub<TryRuleAnswer>(hub.httpUrl, "POST /api/rules/try", request);
    };
    beside(bench, hub, BESIDE_MS, () => void repeated(TRIES, run).then(resolve, reject)).catch(reject);
  });
  const values = await measured;
  if (answer?.complete !== true || answer.readings < readings - 1) {
    bench.fail(`would have fired: looked at ${answer?.readings} of ${readings} readings`);
  }
  const shortened = days === DAYS ? "" : " (shortened: the budget is of 90 days)";
  const what = `would have fired: ${days} days each 5 s, ${figure(readings)} readings${shortened}`;
  return [{ what, budget: atMost(TRY_BUDGET_MS), unit: "ms", digits: 0, values }];
}

async function backfilled(bench: HistoryBench, hub: Peer): Promise<Row[]> {
  const without = await beside(bench, hub, BESIDE_MS);
  const fields = {
    scope: { devices: [BOARD.name] },
    metric: "_dewPoint",
    expression: "dewPoint(temperature, humidity)",
  };
  const { id } = await askHub<Derived>(hub.httpUrl, "POST /api/derived", fields);
  await askHub(hub.httpUrl, `POST /api/derived/${id}/backfill`);
  const readingsDone = async (): Promise<number> => {
    const { derived } = await askHub<DerivedListAnswer>(hub.httpUrl, "GET /api/derived");
    return derived.find((each) => each.id === id)?.backfill?.readings ?? Number.NaN;
  };
  const giveUpMs = performance.now() + BEGINS_WITHIN_MS;
  while ((await readingsDone()) === 0 && performance.now() < giveUpMs) await sleep(50);
  const [doneBefore, sinceMs] = [await readingsDone(), performance.now()];
  const during = await beside(bench, hub, BESIDE_MS);
  const perSecond = (((await readingsDone()) - doneBefore) * 1_000) / (performance.now() - sinceMs);
  if (!(perSecond > 0)) bench.fail("backfill: it was over, or stood still, before it could be measured");
  const ms = { unit: "ms", digits: 1 };
  return [
    { what: "backfill of one derived metric, readings a second", unit: "", digits: 0, values: [perSecond] },
    { what: "PUBACK p99 meanwhile", ...ms, values: [during.latency.p99Ms] },
    { what: "  without a backfill", ...ms, values: [without.latency.p99Ms] },
  ];
}
