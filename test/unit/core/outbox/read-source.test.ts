import { expect, test } from "vitest";
import type { Away } from "../../../../src/core/outbox/away.ts";
import { readSource } from "../../../../src/core/outbox/read-source.ts";
import { createMemoryStore } from "../../../support/memory/memory-store.ts";

const SINCE_MS = Date.UTC(2026, 10, 22, 12);
const since = "2026-11-22T12:00:00.000Z";
const store = createMemoryStore();
const waiting = createMemoryStore();

function forward(state: "there" | "away" | "draining") {
  const away: Away = {
    sinceMs: SINCE_MS,
    reason: "connection refused",
    waiting: { writes: 7, groups: 2, bytes: 900, sinceMs: SINCE_MS },
    isDraining: state === "draining",
  };
  return { away: () => (state === "there" ? undefined : away), waiting };
}

test("a store that is never away, or that is there, answers everything", () => {
  for (const source of [readSource(store, undefined, true), readSource(store, forward("there"), true)]) {
    expect(source.from).toBe(store);
    expect(source.partial).toBeUndefined();
  }
});

test("while it is away, those that ask for a part get what waits, and the store refuses all others", () => {
  const part = readSource(store, forward("away"), true);
  expect(part.from).toBe(waiting);
  expect(part.partial).toEqual({ shows: "waiting", waiting: 7, since });
  expect(readSource(store, forward("away"), false).from).toBe(store);
});

test("while the outbox is sent the store answers, and the answer says how much is not in it", () => {
  const source = readSource(store, forward("draining"), true);
  expect(source.from).toBe(store);
  expect(source.partial).toEqual({ shows: "stored", waiting: 7, since });
});
