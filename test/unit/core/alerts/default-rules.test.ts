/** Rules that are on from the start: made once, and never again. */
import { expect, test } from "vitest";
import { makeDefaultRules } from "../../../../src/core/alerts/presets/default-rules.ts";
import { createRuleBook } from "../../../../src/core/alerts/rule-book.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryAlertFile } from "../../../support/memory/memory-alert-file.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

/** A start of the hub with what is in `file`. */
async function start(file = createMemoryAlertFile()) {
  const log = createMemoryLog();
  const records = file.records();
  const rules = createRuleBook({ hubFile: file, stored: records, clock: createManualClock(), log });
  await makeDefaultRules({ rules, records, hubFile: file, log });
  const names = (): string[] => rules.list().map(({ severity, name }) => `${severity} ${name}`);
  return { file, log, rules, names };
}

const ALL = ["critical Flame", "warning Board is silent", "critical The hub stores nothing", "warning The hub itself"];

test("a hub that starts for the first time has them", async () => {
  const { names, log, rules } = await start();
  expect(names()).toEqual(ALL);
  expect(rules.list().every(({ enabled, channels }) => enabled && channels === "all")).toBe(true);
  expect(log.lines.map(({ event }) => event)).toEqual(["alert rules made that are on from the start"]);
});

test("they are there once, however often it starts", async () => {
  const { file } = await start();
  const { names, log } = await start(file);
  expect(names()).toEqual(ALL);
  expect(log.lines).toEqual([]);
});

test("one that was deleted, and one that was changed, stay so", async () => {
  const { file, rules } = await start();
  const [flame, silent] = rules.list();
  await rules.remove(flame?.id ?? "");
  const { id = "", ...fields } = silent ?? expect.fail("it is there");
  await rules.replace(id, { ...fields, enabled: false, preset: "own" });
  const again = await start(file);
  expect(again.names()).toEqual(ALL.slice(1));
  expect(again.rules.list()[0]?.enabled).toBe(false);
});

test("a start that was interrupted halfway makes the rest, and nothing twice", async () => {
  const { file } = await start();
  await file.write([{ of: "record", kind: "setting", id: "defaults-made", data: undefined }]);
  const { rules } = await start(file);
  await rules.remove(rules.list()[3]?.id ?? "");
  await file.write([{ of: "record", kind: "setting", id: "defaults-made", data: undefined }]);
  expect((await start(file)).names()).toEqual(ALL);
});

test("a preset that a later version adds is made, and no other", async () => {
  const { file, rules } = await start();
  for (const { id } of [...rules.list()]) await rules.remove(id);
  await file.write([{ of: "record", kind: "setting", id: "defaults-made", data: JSON.stringify(["flame", "hub"]) }]);
  expect((await start(file)).names()).toEqual(["warning Board is silent"]);
});

test("a disk that takes nothing stops no start; the next one makes them", async () => {
  const file = createMemoryAlertFile();
  file.failWith(new StoreError("the disk is full", true));
  const { log, names } = await start(file);
  expect(names()).toEqual([]);
  expect(log.lines.map(({ level }) => level)).toEqual(["warn"]);
  file.failWith(undefined);
  expect((await start(file)).names()).toEqual(ALL);
});
