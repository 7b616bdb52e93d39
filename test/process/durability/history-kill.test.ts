/**
 * SIGKILL while readings are sealed, rolled up, expired and erased, again and again on one data directory: what was
 * acknowledged is there once, hours and days are those that a simple count gives, and the file is intact.
 */
import { expect, test } from "vitest";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { KEEP_ALL, upkeepAll } from "../../contract/cases/history-contract.ts";
import { stateOf } from "../../contract/cases/writes.ts";
import { type LoadOrder, runUntilKilled, type Said } from "../../support/history/history-child.ts";
import {
  begunErasures,
  createHistoryTruth,
  type HistoryTruth,
  historyData,
} from "../../support/history/history-truth.ts";
import type { KillPoint } from "../../support/history/kill-point.ts";
import { tempDir } from "../../support/hub/hub.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

/** `npm run soak` sets 300. */
const KILLS = Number(process.env["AERIE_TEST_HISTORY_KILLS"] ?? 4);
const SEED = Number(process.env["AERIE_TEST_HISTORY_SEED"] ?? Date.now() % 1_000_000);
const RAW_DAYS = 3;
/** All is read after so many kills, and in the end. */
const CHECK_EVERY = 10;
/** A kill that is aimed at a step waits for it so long. */
const AIM_MS = 15_000;

/** A statement of each step of each kind of upkeep, and how many of them pass in a second or two. */
const POINTS = {
  sealed: { sql: "UPDATE device SET sealed_seq", many: 20 },
  segmentWritten: { sql: "INSERT INTO segment", many: 40 },
  cleared: { sql: "DELETE FROM hot WHERE seq <", many: 4 },
  rolledUp: { sql: "DELETE FROM rollup_due", many: 4 },
  rollupWritten: { sql: "INSERT INTO rollup (", many: 10 },
  forgot: { sql: "UPDATE device SET raw_since", many: 4 },
  gaveBack: { sql: "PRAGMA incremental_vacuum", many: 1 },
  erasedPart: { sql: "UPDATE erasing SET from_at", many: 2 },
  erasedAll: { sql: "DELETE FROM erasing", many: 1 },
  appended: { sql: "INSERT INTO hot", many: 3_000 },
  saved: { sql: "INSERT OR REPLACE INTO meta", many: 5 },
} as const;

type Kind = keyof typeof POINTS;
const KINDS = Object.keys(POINTS) as Kind[];
/** In turn, for each kind, from a different one in each run: on the brink of its commit, where what was wrongly written before it shows; and so on. */
const PHASES = ["commit", "statement", "after"] as const;

test(`after ${KILLS} SIGKILLs in the midst of upkeep nothing is lost, nothing is twice, hours and days are true (seed ${SEED})`, {
  timeout: 120_000 + KILLS * 25_000,
}, async () => {
  const dataDir = tempDir();
  const random = historyData.randomOf(SEED);
  const truth = createHistoryTruth({ seed: SEED, rawDays: RAW_DAYS });
  const met = new Map<string, number>();
  await fillFirst(dataDir, truth);
  for (let kill = 0; kill < KILLS; kill++) {
    // Every fourth comes by chance, the others where they hurt.
    const aimed = kill - Math.floor(kill / 4);
    const kind = kill % 4 === 3 ? undefined : KINDS[(aimed + SEED) % KINDS.length];
    const phase = PHASES[Math.floor(aimed / KINDS.length) % PHASES.length] ?? "commit";
    let isMet = false;
    const note = (said: Said): void => {
      if (said.kind === "killed") isMet = true;
      else truth.note(said);
    };
    const afterMs = kind === undefined ? 100 + 1_900 * random() : AIM_MS;
    await runUntilKilled(orderOf(kill, kind, dataDir, truth, random), pointOf(kind, phase, random), afterMs, note);
    const name = kind === undefined ? "chance" : isMet ? kind : `${kind}, not met`;
    met.set(name, (met.get(name) ?? 0) + 1);
    if ((kill + 1) % CHECK_EVERY === 0) await checked(dataDir, truth, `kill ${kill + 1}, ${name}`);
  }
  await checked(dataDir, truth, "in the end");
  console.info(`${KILLS} kills, ${truth.next()} groups: ${words(met)}; steps: ${words(truth.did)}`);
  for (const step of ["sealed", "rolledUp", "forgot"]) expect(truth.did.get(step), step).toBeGreaterThan(0);
  if (KILLS >= 20) for (const kind of KINDS) expect(met.get(kind) ?? 0, words(met)).toBeGreaterThan(0);
});

function pointOf(kind: Kind | undefined, phase: KillPoint["at"], random: () => number): KillPoint | undefined {
  if (kind === undefined) return undefined;
  const { sql, many } = POINTS[kind];
  // Outside of a transaction there is only the statement itself.
  return { sql, times: 1 + Math.floor(random() * many), at: kind === "gaveBack" ? "statement" : phase };
}

function orderOf(
  kill: number,
  kind: Kind | undefined,
  dataDir: string,
  truth: HistoryTruth,
  random: () => number,
): LoadOrder {
  const underWay = truth.underWay();
  const erases = kind === "erasedPart" || kind === "erasedAll" ? 1_000 : random() < 0.3 ? 3 : 0;
  // A size that bites takes days that late readings of the group under way may be of.
  const sizeSteps = erases === 0 && kill % 5 === 4 ? 1 + Math.floor(3 * random()) : 0;
  return {
    dataDir,
    seed: SEED,
    first: underWay?.index ?? truth.next(),
    resend: underWay,
    late: sizeSteps === 0,
    // What is saved late is sealed at once, much of it, and leaves free pages behind.
    saveEvery: kind === "gaveBack" ? 150 : kind === "saved" ? 5 : 10,
    rawDays: RAW_DAYS,
    sizeSteps,
    erases,
    unfinished: truth.unfinished(),
  };
}

/** Some days of history, so that the first kills meet something to forget. */
async function fillFirst(dataDir: string, truth: HistoryTruth): Promise<void> {
  const store = await open(dataDir);
  for (let index = 0; index < 4 * 144; index++) await send(store, truth, { index, late: true }, false);
  await store.close();
}

async function send(
  store: Store,
  truth: HistoryTruth,
  { index, late }: { index: number; late: boolean },
  isAgain: boolean,
): Promise<void> {
  const answer = await store.append(historyData.groupOf(SEED, index, { late, dup: isAgain }));
  const outcomes = answer.flat().map((one) => {
    if (one.kind === "stored") return String(one.n);
    return one.kind === "duplicate" ? "d" : "r";
  });
  truth.note({ kind: "acknowledged", index, late, isAgain, outcomes });
}

async function checked(dataDir: string, truth: HistoryTruth, when: string): Promise<void> {
  const goesOn = truth.unfinished().length > 0 && begunErasures(dataDir) > 0;
  const store = await open(dataDir);
  try {
    // The group that was under way is there or not: sent again, it says which, and is there.
    const underWay = truth.underWay();
    if (underWay !== undefined) await send(store, truth, underWay, true);
    await truth.check(store, dataDir, goesOn);
    if (when !== "in the end") return;
    await store.saveState(historyData.DEVICES.map((id) => stateOf(id, {})));
    await upkeepAll(store, historyData.nowOf(truth.next()), { ...KEEP_ALL, rawDays: RAW_DAYS });
    await truth.check(store, dataDir, goesOn);
  } catch (error) {
    throw new Error(`${when}, seed ${SEED}: ${(error as Error).message}`, { cause: error });
  } finally {
    await store.close();
  }
}

const open = (dataDir: string): Promise<Store> =>
  openSqliteStore({
    dataDir,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    onDead: (cause) => {
      throw cause;
    },
  });

const words = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
