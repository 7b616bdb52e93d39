/** Rules about silence in intervals, and those for boards that keep theirs. */
import { describe, expect, test } from "vitest";
import { SILENT_BOARD } from "../../../../src/core/alerts/presets/default-presets.ts";
import { createWorld } from "./alert-world.ts";

const MINUTE = 60_000;
const NEVER = { leastMs: 0, isRegular: false };

/** A board that sends every five seconds, and the rule that is on from the start. */
async function start() {
  const world = createWorld();
  const board = world.deviceOf("board");
  await world.add(SILENT_BOARD.rules[0]);
  world.read("board", { t: 1 });
  return { ...world, board };
}

describe("a board that is silent", () => {
  test("is an alert after five minutes, though three intervals are 15 s, and is over with its next reading", async () => {
    const { pass, kinds, read, file } = await start();
    await pass(5 * MINUTE - 2_000);
    expect(kinds()).toEqual([]);
    await pass(3_000);
    expect(kinds()).toEqual(["firing"]);
    read("board", { t: 1 });
    await pass(2_000);
    expect(kinds()).toEqual(["firing", "resolved"]);
    expect(file.events().map(({ text }) => text)).toEqual([
      expect.stringMatching(/^board: no readings come\. Check its power/),
      "board: readings come again",
    ]);
  });

  test("is an alert after three intervals, where those are longer", async () => {
    const { pass, kinds, board } = await start();
    board.intervalMs = 10 * MINUTE;
    await pass(30 * MINUTE - 2_000);
    expect(kinds()).toEqual([]);
    await pass(3_000);
    expect(kinds()).toEqual(["firing"]);
  });

  test("is none where it keeps no interval, or not for long enough", async () => {
    const { pass, kinds, board } = await start();
    board.habit = NEVER;
    await pass(60 * MINUTE);
    expect(kinds()).toEqual([]);
  });

  test("is over when it speaks, though the long gap makes it irregular", async () => {
    const { pass, kinds, read, board } = await start();
    await pass(6 * MINUTE);
    board.habit = NEVER;
    await pass(MINUTE);
    expect(kinds()).toEqual(["firing"]);
    read("board", { t: 1 });
    await pass(2_000);
    expect(kinds()).toEqual(["firing", "resolved"]);
    await pass(60 * MINUTE);
    expect(kinds()).toEqual(["firing", "resolved"]);
  });

  test("is none before the time that its radio network needs", async () => {
    const { pass, kinds, board } = await start();
    board.habit = { leastMs: 25 * MINUTE, isRegular: true };
    await pass(25 * MINUTE - 2_000);
    expect(kinds()).toEqual([]);
    await pass(3_000);
    expect(kinds()).toEqual(["firing"]);
  });
});

test("with both a time and intervals, the longer counts; without a known interval nothing is said", async () => {
  const { add, pass, kinds, read, deviceOf } = createWorld();
  await add({ condition: { kind: "noData", intervals: 2, afterS: 120 } });
  deviceOf("board").intervalMs = undefined;
  read("board", { t: 1 });
  await pass(10 * MINUTE);
  expect(kinds()).toEqual([]);
  deviceOf("board").intervalMs = 30_000;
  read("board", { t: 1 });
  await pass(119_000);
  expect(kinds()).toEqual([]);
  await pass(2_000 + MINUTE);
  expect(kinds()).toEqual(["firing"]);
});

test("a rule that a value or a silence fulfils says once that it fires, however long nothing comes", async () => {
  const { add, pass, kinds, read, setPresence } = createWorld();
  await add({
    condition: {
      kind: "any",
      of: [
        { kind: "above", metric: "t", threshold: 50 },
        { kind: "noData", afterS: 139 },
      ],
    },
  });
  read("board", { t: 20 });
  await pass(100_000);
  setPresence("board", "offline");
  await pass(10 * MINUTE);
  expect(kinds()).toEqual(["firing"]);
  read("board", { t: 20 });
  await pass(2_000);
  expect(kinds()).toEqual(["firing", "resolved"]);
});

test("a peak in readings that came late is logged soon after the last of them, though nothing says that it is over", async () => {
  const { add, pass, kinds, read, clock } = createWorld();
  await add();
  read("board", { t: 20 });
  await pass(2_000);
  read("board", { t: 60 }, { atMs: clock.nowMs() - 60 * MINUTE });
  await pass(40_000);
  expect(kinds()).toEqual(["passed"]);
});
