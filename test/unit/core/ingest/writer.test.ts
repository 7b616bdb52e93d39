import { afterEach, describe, expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createByteBudget } from "../../../../src/core/ingest/byte-budget.ts";
import { type CommittedMessage, createWriter, type MessageOutcome } from "../../../../src/core/ingest/writer.ts";
import type { ReadingWrite, WriteOutcome, WritesOfMessage } from "../../../../src/core/ports/writes.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryCounters, createMemoryLog } from "../../../support/memory/memory-log.ts";
import { allStored, createMemoryStore, forGood, passing, turn } from "../../../support/memory/memory-store.ts";

const T0 = Date.UTC(2026, 10, 1);
const board = { clientId: "board", serial: 1 };
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function write(name: string, element = 0): ReadingWrite {
  return {
    kind: "reading",
    deviceId: "boiler" as DeviceId,
    atMs: T0,
    timed: false,
    receivedAtMs: T0,
    metrics: new Map([["name", name]]),
    body: JSON.stringify({ name }),
    element,
    packet: undefined,
  };
}

interface Options {
  readonly commitIntervalMs?: number;
  readonly groupWaitMs?: number;
  readonly maxBytes?: number;
  readonly onCommitted?: (messages: readonly CommittedMessage[]) => void;
}

function start(options: Options = {}) {
  const { commitIntervalMs = 0, groupWaitMs = 0, maxBytes = 1_000_000, onCommitted = () => {} } = options;
  const clock = createManualClock();
  const store = createMemoryStore();
  const log = createMemoryLog();
  const counters = createMemoryCounters();
  /** In the order in which they were told. */
  const answers: [name: string, outcome: MessageOutcome][] = [];
  const committed: string[] = [];
  const byteBudget = createByteBudget({ maxBytes });
  const writer = createWriter({
    store,
    clock,
    log,
    counters,
    commitIntervalMs,
    groupWaitMs,
    byteBudget,
    onCommitted: (messages) => {
      for (const { message } of messages) committed.push(namesOf([message.writes]).join("+"));
      onCommitted(messages);
    },
  });
  cleanups.push(writer.close);

  function put(
    name: string,
    { writes = [write(name)], bytes = 10, urgent = true, irrevocable = false, connection = board } = {},
  ): void {
    const answer = (outcome: MessageOutcome): void => void answers.push([name, outcome]);
    writer.put({ writes, bytes, urgent, irrevocable, connection, answer });
  }

  /** Time goes on, and what it brings about settles. */
  async function advance(ms: number): Promise<void> {
    clock.advance(ms);
    await turn();
    clock.runSoon();
    await turn();
  }

  return { clock, store, log, counters, byteBudget, writer, answers, committed, put, advance };
}

/** The readings in an append, by their names. */
const namesOf = (messages: readonly WritesOfMessage[]): string[] =>
  messages.flat().map((each) => (each.kind === "reading" ? String(each.metrics.get("name")) : each.kind));

const stored: WriteOutcome = { kind: "stored", n: 0 };
const words = (answers: readonly [string, MessageOutcome][]): string[] =>
  answers.map(
    ([name, outcome]) => `${name} ${outcome === "stalled" ? outcome : outcome.map(({ kind }) => kind).join("+")}`,
  );

describe("groups", () => {
  test("all that arrives in one turn goes to the store together", () => {
    const { clock, store, put } = start();
    for (const name of ["a", "b", "c"]) put(name);
    expect(store.appends).toHaveLength(0);
    clock.runSoon();
    expect(store.appends.map(({ messages }) => namesOf(messages))).toEqual([["a", "b", "c"]]);
  });

  test("a lone message goes at the end of its turn", () => {
    const { clock, store, put } = start();
    put("a");
    clock.runSoon();
    expect(store.appends).toHaveLength(1);
  });

  test("at most two groups are on their way, and what comes meanwhile is the next group", async () => {
    const { clock, store, put } = start();
    for (const name of ["a", "b", "c", "d"]) {
      put(name);
      clock.runSoon();
    }
    expect(store.appends.map(({ messages }) => namesOf(messages))).toEqual([["a"], ["b"]]);
    await store.appends[0]?.take();
    clock.runSoon();
    expect(store.appends.map(({ messages }) => namesOf(messages))).toEqual([["a"], ["b"], ["c", "d"]]);
  });

  test("a group holds about a thousand writes, whole messages only", () => {
    const { clock, store, put } = start();
    const many = (name: string) => ({ writes: Array.from({ length: 600 }, (_, i) => write(name, i)) });
    for (const name of ["a", "b", "c"]) put(name, many(name));
    clock.runSoon();
    expect(store.appends.map(({ messages }) => messages.length)).toEqual([2, 1]);
  });

  test("the order of messages is kept from the first to the last", async () => {
    const { clock, store, answers, put } = start();
    const names = Array.from({ length: 30 }, (_, i) => `m${i}`);
    for (const name of names) {
      put(name);
      clock.runSoon();
      if (store.appends.length % 3 === 0) await turn();
    }
    for (let done = 0; done < store.appends.length; done++) {
      await store.appends[done]?.take();
      clock.runSoon();
    }
    expect(store.appends.flatMap(({ messages }) => namesOf(messages))).toEqual(names);
    expect(answers.map(([name]) => name)).toEqual(names);
  });

  test("each message is answered with the outcomes of its own writes, after the commit is announced", async () => {
    const seen: string[] = [];
    const { clock, store, answers, put } = start({
      onCommitted: (messages) => void seen.push(`told of ${messages.length}, answered ${answers.length}`),
    });
    put("a", { writes: [write("a1"), write("a2")] });
    put("b");
    clock.runSoon();
    await store.appends[0]?.take([[stored, { kind: "duplicate" }], [{ kind: "stored", n: 4 }]]);
    expect(seen).toEqual(["told of 2, answered 0"]);
    expect(answers).toEqual([
      ["a", [stored, { kind: "duplicate" }]],
      ["b", [{ kind: "stored", n: 4 }]],
    ]);
  });

  test("commits are counted with their writes", async () => {
    const { clock, store, counters, put } = start();
    put("a", { writes: [write("a1"), write("a2")] });
    clock.runSoon();
    await store.appends[0]?.take();
    expect(counters.tally["writes"]).toBe(2);
  });
});

describe("messages that come one by one and fast", () => {
  /** Of two boards a millisecond, until groups keep their distance; a commit takes 1.5 ms. Then a pause, in which all is written. */
  async function startBusy(options: Options = {}) {
    const hub = start({ groupWaitMs: 4, ...options });
    const { store, advance } = hub;
    let taken = 0;
    let boards = 1;
    const under: { append: number; dueMs: number }[] = [];

    async function pass(ms: number): Promise<void> {
      for (let passedMs = 0; passedMs < ms; passedMs += 0.5) {
        await advance(0.5);
        for (; taken < store.appends.length; taken++) {
          under.push({ append: taken, dueMs: hub.clock.monotonicMs() + 1.5 });
        }
        while ((under[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= hub.clock.monotonicMs()) {
          await store.appends[under.shift()?.append ?? 0]?.take();
        }
      }
    }

    /** Sizes of the groups that were sent meanwhile. */
    async function busy(ms: number): Promise<number[]> {
      const from = store.appends.length;
      for (let half = 0; half < 2 * ms; half++) {
        hub.put("busy", { connection: { clientId: `busy-${++boards}`, serial: boards } });
        await pass(0.5);
      }
      return store.appends.slice(from).map(({ messages }) => messages.length);
    }

    /** Names in the groups since the pause. */
    const groups = (): string[][] => store.appends.slice(paused).map(({ messages }) => namesOf(messages));
    await busy(100);
    await pass(10);
    const paused = store.appends.length;
    return { ...hub, pass, busy, groups };
  }

  test("are gathered for a few milliseconds", async () => {
    const { busy } = await startBusy();
    const sizes = await busy(40);
    expect(sizes.length).toBeGreaterThanOrEqual(9);
    expect(sizes.length).toBeLessThanOrEqual(12);
    expect(Math.min(...sizes.slice(1))).toBeGreaterThanOrEqual(6);
  });

  test("do not wait where none may", async () => {
    const { busy } = await startBusy({ groupWaitMs: 0 });
    expect(Math.max(...(await busy(40)))).toBeLessThanOrEqual(3);
  });

  test("do not wait once they are many", async () => {
    const { put, pass, groups } = await startBusy();
    put("first");
    await pass(0.5);
    for (let index = 0; index < 40; index++) put("more");
    await pass(0.5);
    expect(groups().map(({ length }) => length)).toEqual([1, 40]);
  });

  test("do not wait for one before them that has an interval of its own to wait", async () => {
    const { put, pass, groups } = await startBusy({ commitIntervalMs: 60_000 });
    put("first");
    await pass(2);
    put("patient", { urgent: false });
    await pass(2.5);
    expect(groups()).toEqual([["first"]]);
    put("urgent");
    await pass(0.5);
    expect(groups()).toEqual([["first"], ["patient", "urgent"]]);
  });
});

describe("a commit interval", () => {
  const patient = { urgent: false };

  test("lets messages that nobody waits for wait for company", async () => {
    const { store, put, advance } = start({ commitIntervalMs: 1_000 });
    put("a", patient);
    await advance(999);
    put("b", patient);
    expect(store.appends).toHaveLength(0);
    await advance(1);
    expect(store.appends.map(({ messages }) => namesOf(messages))).toEqual([["a", "b"]]);
  });

  test("does not delay a message that somebody waits for, which takes the others along", async () => {
    const { store, put, advance } = start({ commitIntervalMs: 1_000 });
    put("a", patient);
    put("b");
    await advance(0);
    expect(store.appends.map(({ messages }) => namesOf(messages))).toEqual([["a", "b"]]);
    await store.appends[0]?.take();
    await advance(2_000);
    expect(store.appends).toHaveLength(1);
  });

  test("ends early when a group is full", async () => {
    const { store, put, advance } = start({ commitIntervalMs: 60_000 });
    put("a", { ...patient, writes: Array.from({ length: 1_000 }, (_, i) => write("a", i)) });
    await advance(0);
    expect(store.appends).toHaveLength(1);
  });

  test("restarts with the first message behind a commit, though that commit is still on its way", async () => {
    const { store, put, advance } = start({ commitIntervalMs: 1_000 });
    put("a", patient);
    await advance(1_000);
    put("b", patient);
    await store.appends[0]?.take();
    await advance(900);
    expect(store.appends).toHaveLength(1);
    await advance(100);
    expect(store.appends.map(({ messages }) => namesOf(messages))).toEqual([["a"], ["b"]]);
  });
});

describe("a failure that may pass", () => {
  test("is answered to nobody, shown as a problem, tried again each second, and work goes on by itself", async () => {
    const { store, log, writer, answers, put, advance } = start();
    put("a");
    await advance(0);
    await store.appends[0]?.failPassing("disk full");
    put("b");
    await advance(0);
    expect(answers).toEqual([]);
    expect(writer.problem()).toContain("disk full");
    expect(store.appends).toHaveLength(1);

    await advance(1_000);
    await store.appends[1]?.failPassing("disk full");
    await advance(1_000);
    await store.appends[2]?.take();
    expect(store.appends.map(({ messages }) => namesOf(messages))).toEqual([["a"], ["a"], ["a"], ["b"]]);
    await store.appends[3]?.take();
    expect(words(answers)).toEqual(["a stored", "b stored"]);
    expect(writer.problem()).toBeUndefined();
    expect(log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      "error store cannot be written",
      "info store can be written again",
    ]);
  });

  test("of two groups on their way keeps their order", async () => {
    const { store, answers, put, advance } = start();
    put("a");
    await advance(0);
    put("b");
    await advance(0);
    await store.appends[0]?.failPassing();
    await store.appends[1]?.failPassing();
    put("c");
    await advance(1_000);
    expect(namesOf(store.appends[2]?.messages ?? [])).toEqual(["a", "b"]);
    await store.appends[2]?.take();
    await store.appends[3]?.take();
    expect(words(answers)).toEqual(["a stored", "b stored", "c stored"]);
  });

  test("with nothing left to write ends when a probe succeeds", async () => {
    const { store, writer, put, advance } = start();
    put("a");
    await advance(0);
    await store.appends[0]?.failPassing();
    store.script = () => passing();
    store.failure = passing();
    await advance(15_000); // "a" is given up
    expect(writer.problem()).toBeDefined();
    const before = store.probes;
    await advance(3_000);
    expect(store.probes).toBeGreaterThan(before);
    store.failure = undefined;
    await advance(1_000);
    expect(writer.problem()).toBeUndefined();
  });

  test("of one half of a group that is being split leaves the other half answered", async () => {
    const { store, answers, put, advance } = start();
    let full = true;
    store.script = (messages) => {
      const names = namesOf(messages);
      if (names.includes("bad")) return forGood();
      return names.includes("d") && full ? passing() : allStored(messages);
    };
    for (const name of ["a", "bad", "c", "d"]) put(name);
    await advance(0);
    expect(words(answers)).toEqual(["a stored", "bad refused"]);
    full = false;
    await advance(1_000);
    expect(words(answers)).toEqual(["a stored", "bad refused", "c stored", "d stored"]);
  });
});

describe("a failure that does not pass", () => {
  for (const bad of [0, 1, 6, 11, 12]) {
    test(`refuses only the bad message, wherever it stands (${bad} of 13)`, async () => {
      const { store, log, writer, answers, committed, put, advance } = start();
      store.script = (messages) => (namesOf(messages).includes("bad") ? forGood("no such value") : allStored(messages));
      const names = Array.from({ length: 13 }, (_, i) => (i === bad ? "bad" : `m${i}`));
      for (const name of names) put(name);
      await advance(0);
      expect(words(answers)).toEqual(names.map((name) => `${name} ${name === "bad" ? "refused" : "stored"}`));
      expect(answers[bad]?.[1]).toEqual([{ kind: "refused", reason: "no such value" }]);
      expect(committed).toEqual(names);
      expect(writer.problem()).toBeUndefined();
      expect(log.lines.map(({ event }) => event)).toEqual(["store refused a message"]);
    });
  }

  test("of all of a message refuses all of it", async () => {
    const { store, answers, put, advance } = start();
    store.script = () => forGood();
    put("m", { writes: [write("a", 0), write("b", 1)] });
    await advance(0);
    expect(words(answers)).toEqual(["m refused+refused"]);
  });

  test("of whoever is notified of a commit is not taken for the store's: nothing is stored twice, all are answered", async () => {
    const { store, answers, put, advance } = start({
      onCommitted: () => {
        throw new Error("a listener failed");
      },
    });
    store.script = allStored;
    put("a");
    put("b");
    await advance(0);
    expect(store.appends.map(({ messages }) => namesOf(messages))).toEqual([["a", "b"]]);
    expect(words(answers)).toEqual(["a stored", "b stored"]);
  });
});

describe("a message that the store does not take", () => {
  test("is given up after ten seconds, once, though the store takes it later", async () => {
    const { store, byteBudget, answers, committed, put, advance } = start();
    put("a");
    await advance(9_900);
    expect(answers).toEqual([]);
    await advance(1_200);
    expect(words(answers)).toEqual(["a stalled"]);
    expect(byteBudget.used()).toBe(0);
    await store.appends[0]?.take();
    expect(byteBudget.used()).toBe(0);
    expect(words(answers)).toEqual(["a stalled"]);
    expect(committed).toEqual(["a"]); // it is on disk, and browsers are told
  });

  test("is withdrawn where it still waits, and younger ones are not", async () => {
    const { clock, store, answers, put, advance } = start();
    for (const name of ["a", "b", "old"]) {
      put(name);
      clock.runSoon();
    }
    await advance(9_000);
    put("young");
    await advance(2_000);
    expect(words(answers).sort()).toEqual(["a stalled", "b stalled", "old stalled"]);
    await store.appends[0]?.take();
    clock.runSoon();
    expect(namesOf(store.appends[2]?.messages ?? [])).toEqual(["young"]);
  });

  test("is withdrawn after a failure that does not pass by, and is not tried again", async () => {
    const { store, answers, put, advance } = start();
    let full = true;
    const taken: string[] = [];
    store.script = (messages) => {
      if (full) return passing();
      taken.push(...namesOf(messages));
      return allStored(messages);
    };
    put("a");
    for (let second = 0; second < 12; second++) await advance(1_000);
    expect(words(answers)).toEqual(["a stalled"]);
    full = false;
    await advance(2_000);
    put("b");
    await advance(0);
    expect(taken).toEqual(["b"]);
  });

  test("is given up after ten seconds though its second try hangs", async () => {
    const { store, answers, put, advance } = start();
    put("a");
    await advance(0);
    await store.appends[0]?.failPassing();
    await advance(1_000);
    expect(store.appends).toHaveLength(2);
    await advance(11_000);
    expect(words(answers)).toEqual(["a stalled"]);
  });
});

describe("room", () => {
  test("is taken by what waits, beyond the bound too, and given back when it is stored", async () => {
    const { clock, store, byteBudget, answers, put } = start({ maxBytes: 100 });
    put("a", { bytes: 60 });
    put("b", { bytes: 50 });
    expect(byteBudget.used()).toBe(110);
    clock.runSoon();
    await store.appends[0]?.take();
    expect(words(answers)).toEqual(["a stored", "b stored"]);
    expect(byteBudget.used()).toBe(0);
  });

  test("is given back when a message is refused", async () => {
    const { store, byteBudget, answers, put, advance } = start();
    store.script = () => forGood();
    put("a");
    await advance(0);
    expect(words(answers)).toEqual(["a refused"]);
    expect(byteBudget.used()).toBe(0);
  });

  test("is kept by what failed for a reason that may pass", async () => {
    const { store, byteBudget, put, advance } = start();
    put("a", { bytes: 7 });
    await advance(0);
    await store.appends[0]?.failPassing();
    expect(byteBudget.used()).toBe(7);
    await advance(1_000);
    await store.appends[1]?.take();
    expect(byteBudget.used()).toBe(0);
  });

  test("comes back to who waits for it when all of the commit are answered, and may be taken again at once", async () => {
    const { clock, store, byteBudget, answers, put } = start({ maxBytes: 20 });
    put("a");
    put("b");
    const seen: string[][] = [];
    byteBudget.onAvailable(() => {
      seen.push(words(answers));
      put("c");
    });
    clock.runSoon();
    await store.appends[0]?.take();
    expect(seen).toEqual([["a stored", "b stored"]]);
    clock.runSoon();
    await store.appends[1]?.take();
    expect(words(answers)).toEqual(["a stored", "b stored", "c stored"]);
  });

  test("that a waiter fails on stops neither the writer nor the others who wait", async () => {
    const { clock, store, byteBudget, log, answers, put } = start({ maxBytes: 10 });
    put("a");
    let called = 0;
    byteBudget.onAvailable(() => {
      throw new Error("a waiter failed");
    });
    byteBudget.onAvailable(() => void called++);
    clock.runSoon();
    await store.appends[0]?.take();
    put("b");
    clock.runSoon();
    await store.appends[1]?.take();
    expect(called).toBe(1);
    expect(words(answers)).toEqual(["a stored", "b stored"]);
    expect(log.lines.map(({ event }) => event)).toEqual([
      "a client may hang until it reconnects (a bug in Aerie: please report it)",
    ]);
  });
});

describe("an irrevocable message that the store does not take", () => {
  const irrevocable = { irrevocable: true };

  test("is told so after ten seconds, once, and keeps its place in the queue and its room until it is written", async () => {
    const { clock, store, byteBudget, answers, committed, put, advance } = start();
    for (const name of ["a", "b"]) {
      put(name, irrevocable);
      clock.runSoon();
    }
    put("c", irrevocable);
    put("withdrawn");
    put("d", irrevocable);
    await advance(11_000);
    const stalled = ["a", "b", "c", "withdrawn", "d"].map((name) => `${name} stalled`);
    expect(words(answers)).toEqual(stalled);
    expect(byteBudget.used()).toBe(40);
    put("e");
    await advance(5_000);
    await store.appends[0]?.take();
    clock.runSoon();
    expect(byteBudget.used()).toBe(40);
    await store.appends[1]?.take();
    clock.runSoon();
    await store.appends[2]?.take();
    expect(store.appends.flatMap(({ messages }) => namesOf(messages))).toEqual(["a", "b", "c", "d", "e"]);
    expect(committed).toEqual(["a", "b", "c", "d", "e"]);
    expect(words(answers)).toEqual([...stalled, "e stored"]);
    expect(byteBudget.used()).toBe(0);
  });

  test("is tried again after failures that pass late, before all that came behind it", async () => {
    const { store, byteBudget, answers, put, advance } = start();
    let full = true;
    const taken: string[] = [];
    store.script = (messages) => {
      if (full) return passing();
      taken.push(...namesOf(messages));
      return allStored(messages);
    };
    put("a", irrevocable);
    put("withdrawn");
    await advance(500);
    put("b", irrevocable);
    for (let second = 0; second < 30; second++) await advance(1_000);
    expect(words(answers)).toEqual(["a stalled", "withdrawn stalled", "b stalled"]);
    expect(byteBudget.used()).toBe(20);
    put("c");
    full = false;
    await advance(2_000);
    expect(taken).toEqual(["a", "b", "c"]);
    expect(words(answers)).toEqual(["a stalled", "withdrawn stalled", "b stalled", "c stored"]);
    expect(byteBudget.used()).toBe(0);
  });

  test("gives its room back when the store refuses it in the end", async () => {
    const { store, byteBudget, answers, put, advance } = start();
    let failure = passing();
    store.script = () => failure;
    put("a", irrevocable);
    for (let second = 0; second < 12; second++) await advance(1_000);
    failure = forGood();
    await advance(2_000);
    expect(words(answers)).toEqual(["a stalled"]);
    expect(byteBudget.used()).toBe(0);
  });

  test("is answered as any other where the store takes it in time", async () => {
    const { clock, store, answers, put } = start();
    put("a", irrevocable);
    clock.runSoon();
    await store.appends[0]?.take();
    expect(words(answers)).toEqual(["a stored"]);
  });
});

describe("draining", () => {
  /** Whether it has settled, each time it is asked. */
  function watched(promise: Promise<void>): () => Promise<boolean> {
    let settled = false;
    void promise.then(() => {
      settled = true;
    });
    return async () => {
      await turn();
      return settled;
    };
  }

  test("of nothing is over at once", async () => {
    const { writer } = start();
    expect(await watched(writer.drain())()).toBe(true);
  });

  test("waits for all that was accepted, in the queue and on its way", async () => {
    const { clock, store, writer, answers, put } = start();
    for (const name of ["a", "b", "c"]) {
      put(name);
      clock.runSoon();
    }
    const isOver = watched(writer.drain());
    expect(await isOver()).toBe(false);
    await store.appends[0]?.take();
    await store.appends[1]?.take();
    clock.runSoon();
    expect(await isOver()).toBe(false);
    await store.appends[2]?.take();
    expect(await isOver()).toBe(true);
    expect(words(answers)).toEqual(["a stored", "b stored", "c stored"]);
  });

  test("sends what waits for company at once", async () => {
    const { store, writer, put } = start({ commitIntervalMs: 60_000 });
    put("a", { urgent: false });
    const isOver = watched(writer.drain());
    await store.appends[0]?.take();
    expect(await isOver()).toBe(true);
  });

  test("does not wait for a store that cannot be written", async () => {
    const { store, writer, put, advance } = start();
    put("a");
    await advance(0);
    await store.appends[0]?.failPassing();
    expect(await watched(writer.drain())()).toBe(true);
  });

  test("that has begun ends when the store fails", async () => {
    const { store, writer, put, advance } = start();
    put("a");
    await advance(0);
    const isOver = watched(writer.drain());
    expect(await isOver()).toBe(false);
    await store.appends[0]?.failPassing();
    expect(await isOver()).toBe(true);
  });
});
