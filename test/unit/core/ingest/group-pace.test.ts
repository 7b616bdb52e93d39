import { expect, test } from "vitest";
import { createGroupPace, type GroupPace } from "../../../../src/core/ingest/group-pace.ts";

/** Groups of so many messages, `gapMs` apart, each durable after `commitMs`. Answers when the next one could come. */
function run(pace: GroupPace, { groups = 80, messages = 2, gapMs = 1, commitMs = 1.5, fromMs = 0 } = {}): number {
  for (let group = 0; group < groups; group += 1) {
    pace.sent(messages, fromMs + group * gapMs);
    pace.committed(commitMs);
  }
  return fromMs + groups * gapMs;
}

test("the first message does not wait", () => {
  expect(createGroupPace(4).waitMs(1, 0)).toBe(0);
});

test("where two messages come in a millisecond, groups are three commits apart, but no further than allowed", () => {
  const quick = createGroupPace(20);
  const nowMs = run(quick, { commitMs: 1.5 });
  expect(quick.waitMs(1, nowMs)).toBeCloseTo(3.5, 1);
  expect(quick.waitMs(6, nowMs + 3)).toBeCloseTo(0.5, 1);
  expect(quick.waitMs(8, nowMs + 4)).toBe(0);

  const slow = createGroupPace(4);
  expect(slow.waitMs(1, run(slow, { commitMs: 30 }))).toBe(3);
});

test("a group that is large enough does not wait", () => {
  const pace = createGroupPace(4);
  const nowMs = run(pace);
  expect(pace.waitMs(31, nowMs)).toBeGreaterThan(0);
  expect(pace.waitMs(32, nowMs)).toBe(0);
});

test("a client that sends after each acknowledgement never waits, however slow the disk is", () => {
  for (const commitMs of [0.3, 1.5, 20]) {
    const pace = createGroupPace(4);
    expect(pace.waitMs(1, run(pace, { messages: 1, gapMs: commitMs, commitMs }))).toBe(0);
  }
});

test("a message after a pause does not wait, nor do the few after it", () => {
  const pace = createGroupPace(4);
  const nowMs = run(pace) + 500;
  expect(pace.waitMs(1, nowMs)).toBe(0);
  pace.sent(1, nowMs);
  pace.committed(1.5);
  expect(pace.waitMs(1, nowMs + 1)).toBe(0);
});

test("with a maximum of 0 nothing waits", () => {
  const pace = createGroupPace(0);
  expect(pace.waitMs(1, run(pace))).toBe(0);
});
