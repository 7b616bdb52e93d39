/** Store and forward over a real outbox and a store at the other end that does as the test says. Runs what was built. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Log } from "../../src/core/ports/log.ts";
import type { AssignedGroup, Outbox, RemoteStore } from "../../src/core/ports/outbox.ts";
import type { WriteOutcome, WritesOfMessage } from "../../src/core/ports/writes.ts";
import { createManualClock, type ManualClock } from "../support/clock/manual-clock.ts";
import { allStored, createMemoryStore, forGood } from "../support/memory/memory-store.ts";
import { until } from "../support/until.ts";
import { journal } from "./cases/journal-contract.ts";
import { attributes, boiler, packet, seriesOf, status, stored, T0, timed, untimed } from "./cases/writes.ts";

const built = (file: string): string => new URL(`../../dist/src/${file}`, import.meta.url).href;
const { openSqliteOutbox } = (await import(
  built("store/sqlite/sqlite-outbox.js")
)) as typeof import("../../src/store/sqlite/sqlite-outbox.ts");
const { createStoreAndForward } = (await import(
  built("core/outbox/store-and-forward.js")
)) as typeof import("../../src/core/outbox/store-and-forward.ts");
const { StoreError } = (await import(
  built("core/ports/readings-store.js")
)) as typeof import("../../src/core/ports/readings-store.ts");

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function newDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "aerie-outbox-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function openOutbox(dataDir: string, clock: ManualClock, maxBytes = 1e9): Promise<Outbox> {
  const outbox = await openSqliteOutbox({ dataDir, clock, log: quiet, onDead: () => {}, maxBytes });
  onTestFinished(() => outbox.close().catch(() => undefined));
  return outbox;
}

interface Sent {
  readonly how: "append" | "repeat";
  readonly messages: readonly WritesOfMessage[];
  answer(outcomes?: WriteOutcome[][]): void;
  fail(error: Error): void;
}

/** A store at the other end: it says before what it will answer, and answers when the test says so. */
function scriptedRemote() {
  const sent: Sent[] = [];
  const state = {
    isUp: true,
    answers: true,
    refuses: undefined as ((messages: readonly WritesOfMessage[]) => Error | undefined) | undefined,
  };
  const hold = (
    how: Sent["how"],
    messages: readonly WritesOfMessage[],
    outcomes: WriteOutcome[][],
  ): Promise<WriteOutcome[][]> =>
    new Promise((resolve, reject) => {
      sent.push({ how, messages, answer: (given = outcomes) => resolve(given), fail: reject });
      const refusal = state.refuses?.(messages);
      if (!state.isUp) reject(new StoreError("connection refused", true));
      else if (refusal !== undefined) reject(refusal);
      else if (state.answers) resolve(outcomes);
    });
  const remote: RemoteStore = {
    ...createMemoryStore(),
    probe: async () => {
      if (!state.isUp) throw new StoreError("connection refused", true);
    },
    load: async () => {
      if (!state.isUp) throw new StoreError("connection refused", true);
      return [];
    },
    append: async (messages, onPlaced) => {
      const outcomes = allStored(messages);
      if (state.isUp) await onPlaced?.({ messages: withIds(messages, outcomes), outcomes });
      return hold("append", messages, outcomes);
    },
    repeat: ({ messages, outcomes }) =>
      hold(
        "repeat",
        messages,
        outcomes.map((each) => [...each]),
      ),
  };
  return { remote, sent, state };
}

const withIds = (messages: readonly WritesOfMessage[], outcomes: WriteOutcome[][]): AssignedGroup["messages"] =>
  messages.map((writes, message) =>
    writes.map((write, element) => {
      const outcome = outcomes[message]?.[element];
      return write.kind === "reading" && outcome?.kind === "stored" ? { ...write, n: outcome.n } : write;
    }),
  );

const seqsOf = (sent: readonly Sent[]): unknown[] =>
  sent.flatMap(({ messages }) =>
    messages.flat().map((write) => (write.kind === "reading" ? write.metrics.get("seq") : write.kind)),
  );

async function world({ maxBytes, dataDir = newDir() }: { maxBytes?: number; dataDir?: string } = {}) {
  const clock = createManualClock({ nowMs: T0 });
  const outbox = await openOutbox(dataDir, clock, maxBytes);
  const far = scriptedRemote();
  let refused = 0;
  const store = createStoreAndForward({
    remote: far.remote,
    outbox,
    clock,
    log: quiet,
    onReached: () => {},
    beforeSending: async () => {},
    onRefused: (count) => {
      refused += count;
    },
  });
  await store.load();
  const put = (seq: number, at = T0 + seq) => store.append([[timed(at, { seq })]]);
  /** Lets probes and drains run on until nothing waits. */
  const back = async (): Promise<void> => {
    far.state.isUp = true;
    far.state.answers = true;
    await until("nothing waits", () => {
      clock.advance(1_000);
      return store.away() === undefined;
    });
  };
  return { ...far, clock, outbox, store, put, back, dataDir, refused: () => refused };
}

describe("store and forward", () => {
  test("goes straight while the store answers", async () => {
    const { put, sent, store, outbox } = await world();
    expect(await put(1)).toEqual([[stored(0)]]);
    expect(seqsOf(sent)).toEqual([1]);
    expect([store.away(), outbox.state().groups]).toEqual([undefined, 0]);
  });

  test("what is not answered for two and a half seconds is acknowledged from the outbox, all that is on its way in its order, and sent again with the same ids", async () => {
    const { put, sent, store, state, clock, back } = await world();
    state.answers = false;
    const open = [put(1), put(2)];
    await until("both are sent", () => sent.length === 2);
    clock.advance(2_499);
    expect(store.away()).toBeUndefined();
    clock.advance(1);
    expect(await Promise.all(open)).toEqual([[[stored(0)]], [[stored(0)]]]);
    expect(await put(3)).toEqual([[stored(0)]]);
    expect(store.away()).toMatchObject({ isDraining: false, waiting: { writes: 3, groups: 3 } });
    sent.length = 0;
    await back();
    expect(seqsOf(sent)).toEqual([1, 2, 3]);
    expect(sent.map(({ how }) => how)).toEqual(["repeat", "append"]);
    expect(await put(4)).toEqual([[stored(0)]]);
    expect(seqsOf(sent)).toEqual([1, 2, 3, 4]);
  });

  test("an answer that comes after that changes nothing, and a group whose ids are assigned after that is not sent", async () => {
    const { put, sent, store, state, clock, remote, back } = await world();
    state.answers = false;
    const first = put(1);
    await until("it is sent", () => sent.length === 1);
    let release = (): void => undefined;
    const append = remote.append;
    remote.append = async (messages, onPlaced) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return append(messages, onPlaced);
    };
    const second = put(2);
    clock.advance(2_500);
    await Promise.all([first, second]);
    remote.append = append;
    sent[0]?.answer();
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seqsOf(sent)).toEqual([1]);
    expect(store.away()?.waiting.writes).toBe(2);
    sent.length = 0;
    await back();
    expect(seqsOf(sent)).toEqual([1, 2]);
  });

  test("away again while it drains: what was sent is not sent a third time, the rest in order", async () => {
    const { put, sent, state, outbox, store, clock, back } = await world();
    state.isUp = false;
    for (let seq = 0; seq < 5_000; seq += 500) {
      await store.append(Array.from({ length: 500 }, (_, i) => [timed(T0 + seq + i, { seq: seq + i })]));
    }
    sent.length = 0;
    state.isUp = true;
    state.refuses = () => (sent.length > 1 ? new StoreError("gone again", true) : undefined);
    await until("it is gone again", () => {
      clock.advance(1_000);
      return sent.length >= 2 && store.away()?.isDraining === false;
    });
    expect(outbox.state().writes).toBe(3_000);
    await put(5_000);
    state.refuses = undefined;
    const done = seqsOf(sent.slice(0, 1));
    sent.length = 0;
    await back();
    expect([...done, ...seqsOf(sent)]).toEqual(Array.from({ length: 5_001 }, (_, seq) => seq));
  });

  test("a message that the store refuses for good does not stop the others, and is counted", async () => {
    const { put, sent, state, refused, back } = await world();
    state.isUp = false;
    for (const seq of [1, 2, 3]) await put(seq);
    state.refuses = (messages) =>
      messages.flat().some((write) => write.kind === "reading" && write.metrics.get("seq") === 2)
        ? forGood()
        : undefined;
    sent.length = 0;
    await back();
    expect(refused()).toBe(1);
    expect(seqsOf(sent.filter(({ messages }) => messages.length === 1))).toEqual([1, 2, 3]);
    expect(await put(4)).toEqual([[stored(0)]]);
  });

  test("a full outbox acknowledges nothing, until there is room", async () => {
    const { store, state, back } = await world({ maxBytes: 400_000 });
    state.isUp = false;
    const many = (from: number) =>
      store.append(Array.from({ length: 500 }, (_, i) => [timed(T0 + from + i, { seq: from + i })]));
    let taken = 0;
    const full = await until("it is full", async () => {
      try {
        await many(taken);
        taken += 500;
        return undefined;
      } catch (error) {
        return error;
      }
    });
    expect(full).toMatchObject({
      name: "StoreError",
      passing: true,
      message: expect.stringContaining("AERIE_MAX_OUTBOX_BYTES"),
    });
    expect(taken).toBeGreaterThan(500);
    await back();
    expect((await many(taken)).flat()).toHaveLength(500);
  });

  test("what waits is there after a restart as it came: every kind of write, with its ids where they were assigned", async () => {
    const { store, state, sent, clock, dataDir, outbox } = await world();
    state.answers = false;
    const writes: WritesOfMessage = [
      untimed(T0, { seq: 1, name: "☀ \ud800", on: true }, { packet: packet(9, true, "b"), element: 3 } as never),
      attributes({ model: "ü", gone: null }, { clockSuspect: true }),
      status(false, T0 + 1),
      journal({ of: "session", clientId: "c", value: { version: 5, expiryS: 9, disconnectedAtMs: undefined } }),
    ];
    const open = store.append([writes, [timed(T0 + 5, { seq: 2 })]]);
    await until("it is sent", () => sent.length === 1);
    clock.advance(2_500);
    await open;
    await store.append([[timed(T0 + 6, { seq: 3 })]]);
    await outbox.close();
    const again = await openOutbox(dataDir, clock);
    expect(again.state()).toMatchObject({ groups: 2, writes: 6, sinceMs: T0 + 2_500 });
    const group = await again.next(0);
    const [first = []] = group?.messages ?? [];
    const plain = (write: (typeof writes)[number]): unknown =>
      write.kind === "reading"
        ? { ...write, metrics: Object.fromEntries(write.metrics), body: JSON.parse(String(write.body)) }
        : write;
    expect(first.map(plain)).toEqual([
      { ...(plain(writes[0] as never) as object), n: 0 },
      writes[1],
      writes[2],
      writes[3],
    ]);
    expect(group?.assigned?.outcomes).toEqual([[stored(0), stored(1), stored(2), stored(3)], [stored(0)]]);
    const next = await again.next(group?.seq ?? 0);
    expect([next?.messages.length, next?.assigned]).toEqual([1, undefined]);
    await again.remove(next?.seq ?? 0);
    expect(again.state()).toMatchObject({ groups: 0, writes: 0, sinceMs: undefined });
    const { deviceId, limit } = { deviceId: boiler, limit: 10 };
    expect(
      await again.waiting.readings({ deviceId, limit, fromMs: 0, toMs: T0 + 1e9, order: "asc", behind: undefined }),
    ).toEqual([]);
  });

  test("a start with something waiting tells of it, whether the store is there or not", async () => {
    const { store, state, outbox, dataDir } = await world();
    state.isUp = false;
    await store.append([[timed(T0, { seq: 1 }), attributes({ model: "x" })]]);
    await outbox.close();
    const clock = createManualClock({ nowMs: T0 });
    for (const isUp of [false, true]) {
      const far = scriptedRemote();
      far.state.isUp = isUp;
      const waiting = await openOutbox(dataDir, clock);
      const again = createStoreAndForward({
        remote: far.remote,
        outbox: waiting,
        clock,
        log: quiet,
        onReached: () => {},
        beforeSending: async () => {},
        onRefused: () => {},
      });
      const [device] = await again.load();
      expect(device).toMatchObject({ deviceId: boiler, latest: new Map([["seq", { value: 1, atMs: T0 }]]) });
      expect([...(device?.attributes ?? [])]).toEqual([["model", "x"]]);
      expect(again.away()?.waiting.writes).toBe(2);
      expect(again.isLoaded()).toBe(isUp);
      await waiting.close();
    }
  });

  test("readings of one instant that wait are given with the order in which they were answered", async () => {
    const { store, state } = await world();
    state.isUp = false;
    const outcomes = [];
    for (const seq of [1, 2, 3]) outcomes.push(...(await store.append([[timed(T0 + (seq === 3 ? 1 : 0), { seq })]])));
    const given: unknown[] = [];
    await store.unsavedIn("outbox")((readings) => void given.push(...readings.map(({ n }) => [{ kind: "stored", n }])));
    expect(given).toEqual(outcomes);
    expect(outcomes.flat().map((outcome) => "n" in outcome && outcome.n)).toEqual([0, 1, 0]);
  });

  test("while it is away nothing is asked of the store, and the outbox answers for what waits", async () => {
    const { store, state, put } = await world();
    state.isUp = false;
    await put(1);
    const query = { deviceId: boiler, fromMs: 0, toMs: T0 + 1e9, limit: 10, order: "asc", behind: undefined } as const;
    await expect(store.readings(query)).rejects.toMatchObject({
      passing: true,
      message: expect.stringContaining("away"),
    });
    await expect(store.erase({ ...query, metrics: undefined })).rejects.toMatchObject({ passing: true });
    expect(await store.upkeep({ nowMs: T0, retention: undefined })).toMatchObject({ did: "nothing" });
    expect(await store.waiting.readings(query)).toHaveLength(1);
    expect((await seriesOf(store.waiting, { ...query, metrics: ["seq"], points: 10 })).columns[0]?.mean).toEqual([1]);
  });
});
