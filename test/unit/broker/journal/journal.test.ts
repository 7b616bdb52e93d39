import { afterEach, expect, test } from "vitest";
import { createJournal } from "../../../../src/broker/journal/journal.ts";
import { createByteBudget } from "../../../../src/core/ingest/byte-budget.ts";
import { createWriter } from "../../../../src/core/ingest/writer.ts";
import type { JournalEntry } from "../../../../src/core/ports/broker-state.ts";
import type { WritesOfMessage } from "../../../../src/core/ports/writes.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryCounters, createMemoryLog } from "../../../support/memory/memory-log.ts";
import { allStored, createMemoryStore, passing, turn } from "../../../support/memory/memory-store.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function start({ commitIntervalMs = 0 } = {}) {
  const clock = createManualClock();
  const store = createMemoryStore();
  const log = createMemoryLog();
  const byteBudget = createByteBudget({ maxBytes: 1_000_000 });
  const onCommitted = (): void => undefined;
  const counters = createMemoryCounters();
  const writer = createWriter({
    store,
    clock,
    log,
    counters,
    commitIntervalMs,
    groupWaitMs: 0,
    byteBudget,
    onCommitted,
  });
  cleanups.push(writer.close);
  const journal = createJournal({ writer, clock, log });
  const told: string[] = [];
  const tell = (name: string) => (isDurable: boolean) => void told.push(`${name} ${isDurable}`);
  return { clock, store, log, byteBudget, writer, journal, told, tell };
}

const entry = (packetId: number): JournalEntry => ({ of: "inbound", clientId: "board", packetId, value: true });

const idsIn = (messages: readonly WritesOfMessage[]): number[] =>
  messages.flat().map((write) => (write.kind === "journal" && write.entry.of === "inbound" ? write.entry.packetId : 0));

test("entries are written in the order in which they were noted, whoever waits for them", async () => {
  const { clock, store, journal, told, tell } = start();
  journal.note(entry(1));
  journal.note(entry(2), tell("two"));
  journal.note(entry(3));
  clock.runSoon();
  expect(store.appends.map(({ messages }) => idsIn(messages))).toEqual([[1, 2, 3]]);
  expect(told).toEqual([]);
  await store.appends[0]?.take();
  expect(told).toEqual(["two true"]);
});

test("who asks for everything so far is told when that is durable, even where it was handed over before", async () => {
  const { clock, store, journal, told, tell } = start();
  journal.note(entry(1));
  clock.runSoon();
  journal.settle(tell("all"));
  clock.runSoon();
  expect(told).toEqual([]);
  await store.appends[0]?.take();
  clock.runSoon();
  await store.appends[1]?.take();
  await turn();
  expect(told).toEqual(["all true"]);
});

test("entries that nobody waits for may wait for company, and go at once when somebody does", () => {
  const { clock, store, journal } = start({ commitIntervalMs: 50 });
  journal.note(entry(1));
  clock.runSoon();
  expect(store.appends).toHaveLength(0);
  journal.note(entry(2), () => undefined);
  clock.runSoon();
  expect(store.appends.map(({ messages }) => idsIn(messages))).toEqual([[1, 2]]);
});

test("who waits learns that the store stalls, and the entries are written when it is back, in their place", async () => {
  const { clock, store, journal, told, tell, byteBudget } = start();
  const seconds = async (count: number): Promise<void> => {
    for (let second = 0; second < count; second++) {
      clock.advance(1_000);
      await turn();
    }
  };
  store.script = () => passing();
  journal.note(entry(1), tell("one"));
  await seconds(12);
  expect([told, byteBudget.used() > 0]).toEqual([["one false"], true]);
  const written: number[] = [];
  store.script = (messages) => {
    written.push(...idsIn(messages));
    return allStored(messages);
  };
  journal.note(entry(2), tell("two"));
  await seconds(3);
  expect([written, told, byteBudget.used()]).toEqual([[1, 2], ["one false", "two true"], 0]);
});

test("an entry that the store refuses is logged, and stops nobody", async () => {
  const { clock, store, journal, told, tell, log } = start();
  journal.note(entry(1), tell("one"));
  clock.runSoon();
  await store.appends[0]?.take([[{ kind: "refused", reason: "no such table" }]]);
  expect([told, log.lines.map(({ level, fields }) => [level, fields["reason"]])]).toEqual([
    ["one true"],
    [["error", "no such table"]],
  ]);
});

test("what was noted last is handed over before the writer is closed", () => {
  const { store, journal, writer } = start();
  journal.note(entry(1));
  journal.flush();
  journal.flush();
  void writer.drain();
  expect(store.appends.map(({ messages }) => idsIn(messages))).toEqual([[1]]);
});

test("what waits takes of the room by its size", () => {
  const { clock, byteBudget, journal } = start();
  const payload = new Uint8Array(5_000);
  const message = {
    topic: "a",
    payload,
    qos: 1,
    retain: true,
    properties: payload,
    expiresAtMs: undefined,
    publisher: undefined,
  } as const;
  journal.note({ of: "retained", topic: "a", value: message });
  clock.runSoon();
  expect(byteBudget.used()).toBeGreaterThanOrEqual(5_000);
});

test("the entries of one message are one commit, however large; what comes after many bytes is in the next", () => {
  const { clock, store, journal } = start();
  const message = {
    topic: "a",
    payload: new Uint8Array(100_000),
    qos: 2,
    retain: false,
    properties: new Uint8Array(0),
    expiresAtMs: undefined,
    publisher: undefined,
  } as const;
  const value = { message, qos: 2, retain: false, subscriptionIds: [], share: undefined } as const;
  for (const order of [1, 2, 3, 4]) journal.note({ of: "delivery", clientId: "panel", order, value }, () => undefined);
  journal.note(entry(1));
  journal.settle(() => undefined);
  journal.note(entry(2));
  journal.settle(() => undefined);
  clock.runSoon();
  const messages = store.appends.flatMap((append) => append.messages);
  expect(messages.map((writes) => writes.length)).toEqual([5, 1]);
});
