import { expect, test } from "vitest";
import { createGroupPace, type GroupPace, type Paced } from "../../../../src/core/ingest/group-pace.ts";

let boards = 0;
/** Messages of boards that were not heard before. */
const fresh = (count: number): Paced[] => Array.from({ length: count }, () => ({ serial: ++boards }));

/** Groups that are `gapMs` apart. Answers when the next one could come. */
function run(pace: GroupPace, messages: (group: number) => Paced[], gapMs = 1): number {
  const groups = 80;
  for (let group = 0; group < groups; group += 1) pace.sent(messages(group), group * gapMs);
  return groups * gapMs;
}

const busy = (pace: GroupPace): number => run(pace, () => fresh(2));

test("the first message does not wait", () => {
  expect(createGroupPace(4).waitMs(1, 0)).toBe(0);
});

test("where two messages of different boards come in a millisecond, groups keep their distance", () => {
  const pace = createGroupPace(4);
  const nowMs = busy(pace);
  expect(pace.waitMs(1, nowMs)).toBe(3);
  expect(pace.waitMs(6, nowMs + 2)).toBe(1);
  expect(pace.waitMs(8, nowMs + 3)).toBe(0);
});

test("a group that is large enough does not wait", () => {
  const pace = createGroupPace(4);
  const nowMs = busy(pace);
  expect(pace.waitMs(31, nowMs)).toBeGreaterThan(0);
  expect(pace.waitMs(32, nowMs)).toBe(0);
});

test("where few messages come, none waits", () => {
  const pace = createGroupPace(4);
  expect(
    pace.waitMs(
      1,
      run(pace, () => fresh(1), 2),
    ),
  ).toBe(0);
});

test.each([1, 8, 20])("%i clients that send after each acknowledgement are not slowed", (clients) => {
  const ones = Array.from({ length: clients }, (_, serial) => ({ serial }));
  const halves = [ones.slice(0, clients / 2), ones.slice(clients / 2)];
  for (const messages of [() => ones, (group: number) => halves[group % 2] ?? []]) {
    const pace = createGroupPace(4);
    expect(pace.waitMs(1, run(pace, messages, 0.4))).toBe(0);
  }
});

test("a message after a pause does not wait, nor do the few after it", () => {
  const pace = createGroupPace(4);
  const nowMs = busy(pace) + 500;
  expect(pace.waitMs(1, nowMs)).toBe(0);
  pace.sent(fresh(1), nowMs);
  expect(pace.waitMs(1, nowMs + 1)).toBe(0);
});

test("with a maximum of 0 nothing waits", () => {
  const pace = createGroupPace(0);
  expect(pace.waitMs(1, busy(pace))).toBe(0);
});
