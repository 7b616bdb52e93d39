import { expect, test } from "vitest";
import { createSerialQueue } from "../../../../../src/core/model/serial-queue.ts";
import type { HubChange } from "../../../../../src/core/ports/hub-file.ts";
import { StoreError } from "../../../../../src/core/ports/readings-store.ts";
import { createWriteGroups, GIVE_UP_AFTER_MS } from "../../../../../src/store/sqlite/hub-file/write-groups.ts";
import { createManualClock } from "../../../../support/clock/manual-clock.ts";
import { turn } from "../../../../support/memory/memory-store.ts";

type Outcome = readonly (string | undefined)[] | StoreError;

const change = (id: string): HubChange => ({ of: "mapping", id, data: "1" });

/** A thread that answers when the test lets it. */
function start() {
  const clock = createManualClock();
  const queue = createSerialQueue();
  const sent: { readonly ids: string[]; readonly answer: (outcome?: Outcome) => Promise<void> }[] = [];
  const groups = createWriteGroups({
    clock,
    run: queue.run,
    send: (calls) =>
      new Promise((resolve, reject) => {
        sent.push({
          ids: calls.flat().map((each) => (each.of === "mapping" ? each.id : "")),
          answer: async (outcome = calls.map(() => undefined)) => {
            if (outcome instanceof Error) reject(outcome);
            else resolve(outcome);
            await turn();
          },
        });
      }),
  });
  const settled: string[] = [];
  const write = (...ids: string[]): void => {
    groups.write(ids.map(change)).then(
      () => settled.push(...ids),
      (error: Error) => settled.push(...ids.map((id) => `${id}: ${error.message}`)),
    );
  };
  const nextTurn = async (): Promise<void> => {
    await turn();
    clock.runSoon();
    await turn();
  };
  return { clock, groups, queue, sent, settled, write, nextTurn };
}

test("calls of one turn are one group, and settle when it is durable", async () => {
  const { sent, settled, write, nextTurn } = start();
  write("a", "b");
  write("c");
  await nextTurn();
  expect(sent.map(({ ids }) => ids)).toEqual([["a", "b", "c"]]);
  expect(settled).toEqual([]);
  await sent[0]?.answer();
  expect(settled).toEqual(["a", "b", "c"]);
});

test("calls that come while a group is under way are the next one", async () => {
  const { sent, settled, write, nextTurn } = start();
  write("a");
  await nextTurn();
  write("b");
  await nextTurn();
  write("c");
  await nextTurn();
  expect(sent).toHaveLength(1);
  await sent[0]?.answer();
  await nextTurn();
  expect(sent.map(({ ids }) => ids)).toEqual([["a"], ["b", "c"]]);
  await sent[1]?.answer();
  expect(settled).toEqual(["a", "b", "c"]);
});

test("a call that is refused does not fail the others; a group that fails, fails each", async () => {
  const { sent, settled, write, nextTurn } = start();
  write("a");
  write("b");
  await nextTurn();
  await sent[0]?.answer([undefined, "too odd"]);
  write("c");
  write("d");
  await nextTurn();
  await sent[1]?.answer(new StoreError("full", true));
  expect(settled).toEqual(["a", "b: too odd", "c: full", "d: full"]);
});

test("a call that waits for too long fails, and what was not sent by then is not sent", async () => {
  const { clock, sent, settled, write, nextTurn } = start();
  write("a");
  await nextTurn();
  write("b");
  await nextTurn();
  clock.advance(GIVE_UP_AFTER_MS - 1);
  write("c");
  expect(settled).toEqual([]);
  clock.advance(1);
  await turn();
  expect(settled).toEqual([expect.stringMatching(/^a: .*too slow/), expect.stringMatching(/^b: .*too slow/)]);
  await sent[0]?.answer();
  await nextTurn();
  expect(sent[1]?.ids).toEqual(["c"]);
  await sent[1]?.answer();
  expect(settled).toHaveLength(3);
  expect(clock.timers()).toBe(0);
});

test("what is written after another request is carried out after it", async () => {
  const { groups, queue, sent, write, nextTurn } = start();
  const order: string[] = [];
  write("a");
  groups.end();
  void queue.run(async () => void order.push(`other, after ${sent.length}`));
  write("b");
  await nextTurn();
  await sent[0]?.answer();
  await nextTurn();
  expect(order).toEqual(["other, after 1"]);
  expect(sent.map(({ ids }) => ids)).toEqual([["a"], ["b"]]);
});

test("a call without changes settles at once", async () => {
  const { groups, clock } = start();
  await groups.write([]);
  expect(clock.timers()).toBe(0);
});
