import { expect, test } from "vitest";
import {
  createMessageWatch,
  MAX_TOPICS,
  MAX_WATCHERS,
  MESSAGES_A_SECOND,
} from "../../../../src/core/messages/message-watch.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const NOW = Date.UTC(2026, 11, 1, 12);

function start() {
  const clock = createManualClock({ nowMs: NOW });
  const messages = createMessageWatch({
    clock,
    dialectOf: (topic) => (topic.startsWith("devices/") ? "native" : undefined),
    credentialName: (owner) => (owner === "@1" ? "gateway" : undefined),
  });
  const begin = (topic: string, payload = "1", clientId: string | undefined = "board") =>
    messages.begin({ topic, payload: new TextEncoder().encode(payload), qos: 1, retain: false }, clientId);
  return { clock, messages, begin };
}

test("while nobody watches, nothing is noted of a message", () => {
  const { messages, begin } = start();
  expect(begin("a")).toBeUndefined();
  messages.watch("#")?.end();
  expect(begin("a")).toBeUndefined();
});

test("a message comes with its client, its dialect and what became of it", () => {
  const { messages, begin } = start();
  const watcher = messages.watch("#");
  begin("devices/x/telemetry", "{", "@1/probe")?.ended("refuse", "PAYLOAD_NOT_JSON");
  begin("other", "on")?.ended("carry");
  expect(watcher?.take()).toMatchObject({
    messages: [
      {
        at: new Date(NOW).toISOString(),
        topic: "devices/x/telemetry",
        payload: "{",
        clientId: "@1/probe",
        via: "gateway",
        dialect: "native",
        outcome: "refused",
        refused: [{ code: "PAYLOAD_NOT_JSON" }],
      },
      { topic: "other", payload: "on", clientId: "board", outcome: "carried", refused: [] },
    ],
    topics: [
      ["devices/x/telemetry", 1],
      ["other", 1],
    ],
    onOthers: 0,
    left: 0,
  });
  expect(watcher?.take()).toBeUndefined();
});

test("one that still waits for the disk comes when it is stored, and is counted when it came", () => {
  const { messages, begin } = start();
  const watcher = messages.watch("#");
  const trace = begin("a");
  expect(watcher?.take()).toMatchObject({ messages: [], topics: [["a", 1]] });
  trace?.ended("stored");
  expect(watcher?.take()).toMatchObject({ messages: [{ topic: "a", outcome: "stored" }], topics: [] });
});

test("each gets what its filter matches, and nobody gets $SYS", () => {
  const { messages, begin } = start();
  const kitchen = messages.watch("home/kitchen/#");
  const all = messages.watch("#");
  begin("home/kitchen/temp")?.ended("carry");
  begin("home/cellar/temp")?.ended("carry");
  expect(begin("$SYS/x")).toBeUndefined();
  expect(kitchen?.take()?.topics).toEqual([["home/kitchen/temp", 1]]);
  expect(all?.take()?.topics.map(([topic]) => topic)).toEqual(["home/kitchen/temp", "home/cellar/temp"]);
});

test("more than twenty a second are counted and left out; all are counted by their topics", () => {
  const { clock, messages, begin } = start();
  const watcher = messages.watch("#");
  const burst = MESSAGES_A_SECOND * 10;
  for (let n = 0; n < burst + 50; n++) begin("a")?.ended("carry");
  const first = watcher?.take();
  expect([first?.messages.length, first?.left, first?.topics]).toEqual([burst, 50, [["a", burst + 50]]]);
  clock.advance(1_000);
  for (let n = 0; n < 50; n++) begin("a")?.ended("carry");
  const second = watcher?.take();
  expect([second?.messages.length, second?.left]).toEqual([MESSAGES_A_SECOND, 50 - MESSAGES_A_SECOND]);
});

test("messages on more topics than are listed are counted together", () => {
  const { messages, begin } = start();
  const watcher = messages.watch("#");
  for (let n = 0; n < MAX_TOPICS + 7; n++) begin(`t/${n}`)?.ended("carry");
  begin("long/".repeat(200))?.ended("carry");
  const event = watcher?.take();
  expect([event?.topics.length, event?.onOthers]).toEqual([MAX_TOPICS, 8]);
});

test("only so many may watch", () => {
  const { messages } = start();
  const watchers = Array.from({ length: MAX_WATCHERS }, () => messages.watch("#"));
  expect(messages.watch("#")).toBeUndefined();
  watchers[0]?.end();
  expect(messages.watch("#")).toBeDefined();
});
