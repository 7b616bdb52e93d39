/** What the hub says of itself, and when. */
import { describe, expect, test } from "vitest";
import type { HubTrouble } from "../../../../src/contract/alerts.ts";
import { createBackupRecord } from "../../../../src/core/alerts/hub/backup-record.ts";
import { createHubWatch } from "../../../../src/core/alerts/hub/hub-watch.ts";
import { createPopulation } from "../../../../src/core/alerts/hub/population.ts";
import { type HubFacts, troublesOf } from "../../../../src/core/alerts/hub/troubles.ts";
import type { HubChange, StoredRecord } from "../../../../src/core/ports/hub-file.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const WELL: HubFacts = {
  diskProblem: undefined,
  storeProblem: undefined,
  hubFileProblem: undefined,
  clockProblem: undefined,
  clockWrongMs: 0,
  mongodbProblem: undefined,
  mongodbAwayMs: 0,
  certificateProblem: undefined,
  backupAgeMs: undefined,
  backupDays: 30,
  failingChannels: [],
  population: undefined,
};

describe("the hub itself", () => {
  test.each<[name: string, facts: Partial<HubFacts>, expected: Partial<Record<HubTrouble, RegExp>>]>([
    ["is well", {}, {}],
    ["has no space", { diskProblem: "The disk is nearly full" }, { disk: /nearly full/ }],
    ["cannot store", { storeProblem: "no file" }, { store: /no file/ }],
    ["cannot write hub.db", { hubFileProblem: "hub.db is gone" }, { store: /hub.db is gone/ }],
    ["has a clock that was set", { clockProblem: "it jumped", clockWrongMs: 15 * MINUTE - 1 }, {}],
    ["has a wrong clock", { clockProblem: "1970", clockWrongMs: 15 * MINUTE }, { clock: /1970/ }],
    ["waits for MongoDB, for a moment", { mongodbProblem: "away", mongodbAwayMs: 2 * MINUTE - 1 }, {}],
    ["waits for MongoDB", { mongodbProblem: "away", mongodbAwayMs: 2 * MINUTE }, { mongodb: /away/ }],
    ["has an old certificate", { certificateProblem: "expires in 13 days" }, { certificate: /13 days/ }],
    ["was never copied: its owner copies it in another way", { backupAgeMs: undefined }, {}],
    ["was copied of late", { backupAgeMs: 30 * DAY - 1 }, {}],
    ["was copied long ago", { backupAgeMs: 31 * DAY }, { backup: /31 days old/ }],
    ["was copied long ago, and that is all right", { backupAgeMs: 31 * DAY, backupDays: 0 }, {}],
    ["sends again", { failingChannels: [{ name: "Phone", forMs: 9 * MINUTE, reason: "429" }] }, {}],
    [
      "does not get through",
      {
        failingChannels: [
          { name: "Mail", forMs: MINUTE, reason: "x" },
          { name: "Phone", forMs: 20 * MINUTE, reason: "no such host" },
          { name: "Chat", forMs: HOUR, reason: "x" },
        ],
      },
      { channel: /^Notifications have not got through to Phone for 20 minutes: no such host, and 1 more$/ },
    ],
    ["lost boards", { population: { before: 8, now: 3 } }, { population: /Of 8 boards .* only 3/ }],
  ])("%s", (_name, facts, expected) => {
    const troubles = troublesOf({ ...WELL, ...facts });
    expect([...troubles.keys()]).toEqual(Object.keys(expected));
    for (const [what, text] of Object.entries(expected)) expect(troubles.get(what as HubTrouble)?.text).toMatch(text);
  });

  test("is looked at every five seconds, and said of all that may be wrong: a rule may be new", () => {
    const clock = createManualClock();
    const said: string[] = [];
    let facts: HubFacts | undefined;
    const watch = createHubWatch({
      clock,
      facts: () => facts,
      report: (what, text) => void said.push(`${what} ${text}`),
    });
    clock.advance(10_000);
    expect(said).toEqual([]);
    facts = { ...WELL, clockProblem: "1970", clockWrongMs: HOUR };
    clock.advance(5_000);
    expect(said).toHaveLength(8);
    expect(said.filter((each) => !each.endsWith("undefined"))).toEqual(["clock 1970"]);
    expect([...watch.troubles().keys()]).toEqual(["clock"]);
    watch.close();
    expect(clock.timers()).toBe(0);
  });
});

describe("the population of boards", () => {
  const start = () => {
    const clock = createManualClock();
    const population = createPopulation(clock);
    const runFor = (ms: number, present: number, known = 8) => {
      for (let passed = 0; passed < ms; passed += 5_000) {
        clock.advance(5_000);
        population.note({ known, present });
      }
      return population.fall();
    };
    return { runFor };
  };

  test("that falls by half within ten minutes is a fall, until three quarters are back", () => {
    const { runFor } = start();
    expect(runFor(HOUR, 8)).toBeUndefined();
    expect(runFor(5 * MINUTE, 5)).toBeUndefined();
    expect(runFor(MINUTE, 4)).toEqual({ before: 8, now: 4 });
    expect(runFor(HOUR, 5)).toEqual({ before: 8, now: 5 });
    expect(runFor(MINUTE, 6)).toBeUndefined();
  });

  test("that falls slowly is none", () => {
    const { runFor } = start();
    runFor(HOUR, 8);
    for (const present of [7, 6, 5, 4, 3, 2]) expect(runFor(11 * MINUTE, present)).toBeUndefined();
  });

  test("of three boards is too small to judge", () => {
    const { runFor } = start();
    runFor(HOUR, 3, 3);
    expect(runFor(HOUR, 0, 3)).toBeUndefined();
  });

  test("that stays so is what is usual a day later", () => {
    const { runFor } = start();
    runFor(HOUR, 8);
    expect(runFor(23 * HOUR, 2)).toEqual({ before: 8, now: 2 });
    expect(runFor(2 * HOUR, 2)).toBeUndefined();
  });

  test("does not miss boards that were deleted", () => {
    const { runFor } = start();
    runFor(HOUR, 8);
    expect(runFor(HOUR, 3)).toBeDefined();
    expect(runFor(MINUTE, 3, 3)).toBeUndefined();
  });
});

test("when the last backup was made is kept", async () => {
  const clock = createManualClock();
  const log = createMemoryLog();
  const records: StoredRecord[] = [];
  let fails = false;
  const write = async (changes: readonly HubChange[]): Promise<void> => {
    if (fails) throw new StoreError("full", true);
    for (const change of changes)
      if (change.of === "record" && change.data !== undefined) records.push({ ...change, data: change.data });
  };
  const open = () => createBackupRecord({ records, hubFile: { write }, nowMs: clock.nowMs, log });
  expect(open().lastMs()).toBeUndefined();
  await open().done();
  expect(open().lastMs()).toBe(clock.nowMs());
  fails = true;
  clock.advance(DAY);
  const record = open();
  await record.done();
  expect(record.lastMs()).toBe(clock.nowMs());
  expect(log.lines.map(({ level }) => level)).toEqual(["warn"]);
});
