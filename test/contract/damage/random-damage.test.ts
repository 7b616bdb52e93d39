/** Random bytes of the database and its log are damaged: each start serves and names what it cannot read, or says in words what to do. Runs what was built. */
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDamageNotes } from "../../../src/core/health/damage.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import {
  askEverything,
  boardOf,
  DEVICES,
  FROM_MS,
  fillStore,
  saveState,
  UNTIL_MS,
  upkeep,
} from "../../support/history/stored-world.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { timed } from "../cases/writes.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

const CASES = Number(process.env["AERIE_TEST_DAMAGED_PAGES"] ?? 4);
const SEED = Number(process.env["AERIE_TEST_SEED"] ?? 1);
const PAGE_BYTES = 4_096;

let root: string;
/** Data directories as an orderly stop and as a kill left them. */
let closed: string;
let killed: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), "aerie-random-"));
  const dataDir = path.join(root, "running");
  [closed, killed] = [path.join(root, "closed"), path.join(root, "killed")];
  const store = await openSqliteStore({ dataDir, log: createMemoryLog(), onDead: () => {} });
  await fillStore(store);
  cpSync(dataDir, killed, { recursive: true });
  await store.close();
  cpSync(dataDir, closed, { recursive: true });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** mulberry32: the same cases for the same seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Answers what it did. */
function damage(file: string, random: (below: number) => number): string {
  const bytes = readFileSync(file);
  const page = random(Math.max(1, Math.floor(bytes.length / PAGE_BYTES))) * PAGE_BYTES;
  const at = page + random(Math.min(PAGE_BYTES, bytes.length - page));
  const most = Math.min(bytes.length, page + PAGE_BYTES);
  const how = ["a bit", "a bit of the head", "bits", "zeros", "noise", "cut"][random(6)] ?? "";
  const turn = (where: number): void => {
    bytes[where] = (bytes[where] ?? 0) ^ (1 << random(8));
  };
  switch (how) {
    case "a bit":
      turn(at);
      break;
    case "a bit of the head":
      turn(page + random(16));
      break;
    case "bits":
      for (let many = 0; many < 20; many++) turn(page + random(most - page));
      break;
    case "zeros":
      bytes.fill(0, at, most);
      break;
    case "noise":
      for (let where = at; where < most; where++) bytes[where] = random(256);
      break;
  }
  writeFileSync(file, bytes);
  if (how === "cut") truncateSync(file, at);
  return `${how} at ${at} of ${path.basename(file)}`;
}

/** Asks for all, stores, seals and deletes: what comes back is an answer, or a StoreError in words. */
async function useAll(store: Store): Promise<string[]> {
  const refusals: string[] = [];
  const orRefused = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      expect(error).toMatchObject({ name: "StoreError" });
      refusals.push((error as Error).message);
    }
  };
  await orRefused(async () => refusals.push(...(await askEverything(store)).refusals));
  for (let index = 0; index < DEVICES; index++) {
    const deviceId = boardOf(index);
    await orRefused(() => store.append([[timed(FROM_MS, { temperature: 1 }, { deviceId })]]));
    await orRefused(() => store.append([[timed(UNTIL_MS, { temperature: 1 }, { deviceId })]]));
  }
  await orRefused(() => saveState(store));
  await orRefused(() => upkeep(store, UNTIL_MS + 7_200_000));
  await orRefused(() =>
    store.erase({ deviceId: boardOf(0), fromMs: FROM_MS, toMs: FROM_MS + 3_600_000, metrics: ["on"] }),
  );
  return refusals;
}

test(`${CASES} damaged pages: each start serves or says in words what to do, and nothing dies`, {
  timeout: 60_000 + CASES * 10_000,
}, async () => {
  const outcomes = { served: 0, refused: 0, named: 0 };
  for (let index = 0; index < CASES; index++) {
    const random = createRandom(SEED * 100_000 + index);
    const dataDir = path.join(root, `case-${index}`);
    const from = index % 3 === 0 ? killed : closed;
    cpSync(from, dataDir, { recursive: true });
    const isLog = from === killed && random(2) === 0;
    const what = `case ${index} (AERIE_TEST_SEED=${SEED}): ${damage(path.join(dataDir, isLog ? "aerie.db-wal" : "aerie.db"), random)}`;
    const log = createMemoryLog();
    const notes = createDamageNotes(log);
    const deaths: Error[] = [];
    const opened = await openSqliteStore({
      dataDir,
      log,
      damage: notes,
      onDead: (cause) => void deaths.push(cause),
    }).catch((error: Error) => error);
    if (opened instanceof Error) {
      expect(opened.name, what).toBe("StartError");
      expect(opened.message, what).toMatch(/aerie\.db.*(aerie restore|Start that version)/);
      outcomes.refused++;
    } else {
      const refusals = await useAll(opened).catch((error: Error) => {
        throw new Error(what, { cause: error });
      });
      const spans = Array.from({ length: DEVICES }, (_, device) => opened.damaged(boardOf(device))).flat();
      const isNamed = spans.length > 0 || notes.problem() !== undefined;
      for (const words of refusals) {
        expect(words, what).toMatch(/aerie\.db is damaged.*aerie restore/);
        expect(isNamed, what).toBe(true);
      }
      await opened.close().catch((error: Error) => expect(error.name, what).toBe("StoreError"));
      expect(deaths, what).toEqual([]);
      outcomes.served++;
      if (isNamed) outcomes.named++;
    }
    rmSync(dataDir, { recursive: true, force: true });
  }
  // Damage of what no row uses, or that makes another number of a number, is not named.
  expect(outcomes.served + outcomes.refused).toBe(CASES);
  if (CASES >= 20) expect(outcomes.named, JSON.stringify(outcomes)).toBeGreaterThan(CASES / 4);
});
