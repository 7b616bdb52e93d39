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
  const watch = (filter: string) => messages.watch(filter, messages.pace());
  return { clock, messages, begin, watch };
}

test("while nobody watches, nothing is noted of a message", () => {
  const { begin, watch } = start();
  expect(begin("a")).toBeUndefined();
  watch("#")?.end();
  expect(begin("a")).toBeUndefined();
});

test("a message comes with its client, its dialect and what became of it", () => {
  const { begin, watch } = start();
  const watcher = watch("#");
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
  const { begin, watch } = start();
  const watcher = watch("#");
  const trace = begin("a");
  expect(watcher?.take()).toMatchObject({ messages: [], topics: [["a", 1]] });
  trace?.ended("stored");
  expect(watcher?.take()).toMatchObject({ messages: [{ topic: "a", outcome: "stored" }], topics: [] });
});

test("each gets what its filter matches, and nobody gets $SYS", () => {
  const { begin, watch } = start();
  const kitchen = watch("home/kitchen/#");
  const all = watch("#");
  begin("home/kitchen/temp")?.ended("carry");
  begin("home/cellar/temp")?.ended("carry");
  expect(begin("$SYS/x")).toBeUndefined();
  expect(kitchen?.take()?.topics).toEqual([["home/kitchen/temp", 1]]);
  expect(all?.take()?.topics.map(([topic]) => topic)).toEqual(["home/kitchen/temp", "home/cellar/temp"]);
});

test("more than twenty a second are counted and left out; all are counted by their topics", () => {
  const { clock, begin, watch } = start();
  const watcher = watch("#");
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
  const { begin, watch } = start();
  const watcher = watch("#");
  for (let n = 0; n < MAX_TOPICS + 7; n++) begin(`t/${n}`)?.ended("carry");
  begin("long/".repeat(200))?.ended("carry");
  const event = watcher?.take();
  expect([event?.topics.length, event?.onOthers]).toEqual([MAX_TOPICS, 8]);
});

test("only so many may watch", () => {
  const { watch } = start();
  const watchers = Array.from({ length: MAX_WATCHERS }, () => watch("#"));
  expect(watch("#")).toBeUndefined();
  watchers[0]?.end();
  expect(watch("#")).toBeDefined();
});

test("what is shown of a message's readings has a bound, and a next filter begins with what the last one has left", () => {
  const { messages, begin } = start();
  const pace = messages.pace();
  const watcher = messages.watch("#", pace);
  const metrics = new Map(Array.from({ length: 64 }, (_, at) => [`metric${at}`, "x".repeat(256)]));
  const trace = begin("devices/x/telemetry", "y".repeat(300_000));
  for (let n = 0; n < 20; n++)
    trace?.stored({ kind: "reading", deviceId: "x", metrics: n === 0 ? new Map([["t", 1]]) : metrics } as never);
  trace?.ended("stored");
  expect(watcher?.take()?.messages[0]?.readings).toEqual([{ deviceId: "x", metrics: { t: 1 } }]);

  const burst = MESSAGES_A_SECOND * 10;
  for (let n = 1; n < burst; n++) begin("a")?.ended("carry");
  expect(watcher?.take()?.left).toBe(0);
  watcher?.end();
  const next = messages.watch("a", pace);
  begin("a")?.ended("carry");
  expect(next?.take()).toMatchObject({ messages: [], left: 1 });
});
