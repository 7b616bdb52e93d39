import { expect, test } from "vitest";
import { MOST_SHOWN, NO_MESSAGES, withMessages } from "../../../public/app/inspector/live/message-log.ts";
import { fieldsFor } from "../../../public/app/inspector/live/metric-fields.ts";
import type { WatchedMessage } from "../../../src/contract/live/watched-messages.ts";

const message = (topic: string, payload: string): WatchedMessage => ({
  at: "2026-12-01T12:00:00.000Z",
  topic,
  payload,
  bytes: payload.length,
  qos: 0,
  retain: false,
  outcome: "carried",
  readings: [],
  refused: [],
});

test("the newest message comes first, with the payload before it of its own topic", () => {
  const log = withMessages(NO_MESSAGES, [message("a", "1"), message("b", "9"), message("a", "2")], 3);
  const next = withMessages(log, [message("a", "3")], 4);
  expect(next.shown.map(({ message: { topic, payload }, former }) => [topic, payload, former])).toEqual([
    ["a", "3", "2"],
    ["a", "2", "1"],
    ["b", "9", undefined],
    ["a", "1", undefined],
  ]);
  expect(next.left).toBe(7);
});

test("only the newest are shown", () => {
  const log = withMessages(
    NO_MESSAGES,
    Array.from({ length: MOST_SHOWN + 5 }, (_, n) => message("a", `${n}`)),
    0,
  );
  expect([log.shown.length, log.shown[0]?.message.payload]).toEqual([MOST_SHOWN, `${MOST_SHOWN + 4}`]);
});

test("a mapping for one number keeps that number only, by the name that it would have", () => {
  const proposal = {
    topic: "garden/{device}/data",
    payload: "json" as const,
    values: "d",
    rename: { temp: "temperature" },
  };
  const topics = [{ topic: "garden/well/data", proposal }];
  expect(fieldsFor({ topic: "garden/well/data", path: "d.temp" }, topics)).toEqual({
    ...proposal,
    only: ["temperature"],
  });
  expect(fieldsFor({ topic: "x/y", path: "0.a" }, topics)).toEqual({ topic: "x/y", payload: "json" });
  expect(fieldsFor({ topic: "x/y", path: "" }, topics)).toEqual({ topic: "x/y", payload: "value" });
});
