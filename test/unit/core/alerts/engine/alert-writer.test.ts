/** Thousands of alerts that change at once are written in small steps, with rests in between; none is lost, doubled or overtaken. */
import { describe, expect, test } from "vitest";
import type { Transition } from "../../../../../src/core/alerts/alert-types.ts";
import { type AlertWriter, createAlertWriter } from "../../../../../src/core/alerts/engine/alert-writer.ts";
import type { HubChange } from "../../../../../src/core/ports/hub-file.ts";
import { StoreError } from "../../../../../src/core/ports/readings-store.ts";
import { createManualClock, type ManualClock } from "../../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../../support/memory/memory-log.ts";

/** What one change costs of the event loop. */
const COST_MS = 0.1;
/** Nine times what fifty of them cost would be more. */
const MOST_REST_MS = 40;

interface World {
  readonly writer: AlertWriter;
  readonly clock: ManualClock;
  /** Ids in the order in which they became durable. */
  readonly written: string[];
  /** Ids of events that are sent from memory. */
  readonly notified: readonly string[];
  put(count: number, isCritical?: boolean): void;
  /** Promises settle; no time passes. */
  now(): Promise<void>;
}

function createWorld(refuses: (id: string) => StoreError | undefined = () => undefined): World {
  const clock = createManualClock();
  const written: string[] = [];
  const notified: string[] = [];
  let spentMs = 0;
  let next = 0;
  const writer = createAlertWriter({
    hubFile: {
      write: async (changes) => {
        const ids = changes.map(idOf);
        const refused = ids.map(refuses).find((error) => error !== undefined);
        if (refused !== undefined) throw refused;
        written.push(...ids);
      },
    },
    sink: {
      changesOf: () => [],
      committed: () => undefined,
      unwritable: (transitions) => void notified.push(...transitions.map(({ event }) => event.id)),
    },
    clock: { ...clock, monotonicMs: () => clock.monotonicMs() + spentMs },
    log: createMemoryLog(),
    onDurable: () => undefined,
  });

  function put(count: number, isCritical = false): void {
    for (let at = 0; at < count; at++) {
      const id = String(next++);
      const make = () => {
        spentMs += COST_MS;
        return [];
      };
      writer.put({ alertId: id, isCritical, make, changes: () => [{ of: "record", kind: "alert", id, data: "{}" }] });
    }
  }

  async function now(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      clock.runSoon();
      await Promise.resolve();
    }
  }

  return { writer, clock, written, notified, put, now };
}

const idOf = (change: HubChange): string => (change.of === "record" ? change.id : "");

const idsUpTo = (count: number): string[] => Array.from({ length: count }, (_, id) => String(id));

async function pass({ clock, now }: World, ms: number): Promise<void> {
  for (let step = 0; step < ms; step++) {
    clock.advance(1);
    await now();
  }
}

describe("what changes at once", () => {
  test("is written at once where it is little", async () => {
    const world = createWorld();
    world.put(50);
    await world.now();
    expect(world.written).toEqual(idsUpTo(50));
  });

  test("is written with long rests where it is much, in order", async () => {
    const world = createWorld();
    world.put(1_000);
    await world.now();
    expect(world.written).toHaveLength(50);
    await pass(world, MOST_REST_MS - 1);
    expect(world.written).toHaveLength(50);
    await pass(world, 1);
    expect(world.written).toHaveLength(100);
    await pass(world, 20 * MOST_REST_MS);
    expect(world.written).toEqual(idsUpTo(1_000));
  });

  test("is written without a rest where so much waits that it would grow", async () => {
    const world = createWorld();
    world.put(20_100);
    for (let turn = 0; turn < 5; turn++) await world.now();
    expect(world.written.length).toBeGreaterThanOrEqual(100);
  });

  test("is all written when the hub stops, however much waits", async () => {
    const world = createWorld();
    world.put(1_000);
    await world.now();
    await world.writer.close();
    expect(world.written).toEqual(idsUpTo(1_000));
  });

  test("is written with what is critical first", async () => {
    const world = createWorld();
    world.put(1_000);
    await world.now();
    world.put(2, true);
    await pass(world, MOST_REST_MS);
    expect(world.written.slice(50, 52)).toEqual(["1000", "1001"]);
    await pass(world, 21 * MOST_REST_MS);
    expect(new Set(world.written).size).toBe(1_002);
  });

  test("is written in order of each alert, whatever its severity becomes", async () => {
    const world = createWorld();
    world.put(200);
    await world.now();
    const write = { alertId: "199", isCritical: true, make: () => [] };
    world.writer.put({ ...write, changes: () => [{ of: "record", kind: "alert", id: "199 again", data: "{}" }] });
    await pass(world, 4 * MOST_REST_MS);
    expect(world.written.slice(-2)).toEqual(["199", "199 again"]);
  });

  test("is lost only where it can never be written", async () => {
    const world = createWorld((id) => (id === "7" ? new StoreError("too large", false) : undefined));
    world.put(50);
    await world.now();
    expect(world.written).toEqual(idsUpTo(50).filter((id) => id !== "7"));
    expect(world.writer.lost()).toBe(1);
  });

  test("is sent from memory where so much waits that it is not written any more", async () => {
    const world = createWorld();
    world.put(100_000);
    const fire = { event: { id: "fire" } } as Transition;
    world.writer.put({ alertId: "fire", isCritical: true, make: () => [fire], changes: () => [] });
    expect([world.writer.lost(), world.notified]).toEqual([1, ["fire"]]);
  });

  test("waits as a whole while the disk takes nothing, and is then written once", async () => {
    let isFull = true;
    const world = createWorld(() => (isFull ? new StoreError("the disk is full", true) : undefined));
    world.put(120);
    await world.now();
    await expect(world.writer.settled()).rejects.toThrow("the disk is full");
    isFull = false;
    await pass(world, 1_000 + 2 * MOST_REST_MS);
    expect(world.written).toEqual(idsUpTo(120));
  });
});

/** What has become of it. */
function watched(promise: Promise<void>): { state: string } {
  const watch = { state: "waits" };
  void promise.then(
    () => {
      watch.state = "settled";
    },
    (cause: unknown) => {
      watch.state = String(cause);
    },
  );
  return watch;
}

describe("whoever waits for what was put so far", () => {
  test("waits for that and for nothing that is put later, however much it is", async () => {
    const world = createWorld();
    world.put(60);
    const first = watched(world.writer.settled());
    world.put(1_000);
    await world.now();
    expect([first.state, world.written.length]).toEqual(["waits", 50]);
    await pass(world, MOST_REST_MS);
    expect([first.state, world.written.length]).toEqual(["settled", 100]);
  });

  test("does not wait for ever where as much is put as is written", async () => {
    const world = createWorld();
    world.put(500);
    const watch = watched(world.writer.settled());
    for (let step = 0; step < 10; step++) {
      world.put(50);
      await pass(world, MOST_REST_MS);
    }
    expect(watch.state).toBe("settled");
  });

  test("waits for each of that, also where a later one is written first", async () => {
    let isFull = true;
    const world = createWorld((id) => {
      if (id === "0") return new StoreError("too large", false);
      return id === "1" && isFull ? new StoreError("the disk is full", true) : undefined;
    });
    world.put(3);
    const watch = watched(world.writer.settled());
    await world.now();
    expect(world.written).toEqual(["2"]);
    expect(watch.state).toContain("the disk is full");
    isFull = false;
    await pass(world, 1_000);
    await expect(world.writer.settled()).resolves.toBeUndefined();
    expect(world.written).toEqual(["2", "1"]);
  });

  test("learns at once that the disk takes nothing, and may ask again", async () => {
    let isFull = true;
    const world = createWorld(() => (isFull ? new StoreError("the disk is full", true) : undefined));
    world.put(120);
    const refused = watched(world.writer.settled());
    await world.now();
    expect(refused.state).toContain("the disk is full");
    isFull = false;
    await pass(world, 1_000);
    const watch = watched(world.writer.settled());
    expect(watch.state).toBe("waits");
    await pass(world, 2 * MOST_REST_MS);
    expect(watch.state).toBe("settled");
  });

  test("waits for nothing that is given up", async () => {
    const world = createWorld(() => new StoreError("too large", false));
    world.put(10);
    const watch = watched(world.writer.settled());
    await world.now();
    expect([watch.state, world.writer.lost()]).toEqual(["settled", 10]);
  });

  test.each([
    [false, "settled"],
    [true, "the disk is full"],
  ])("gets an answer when the hub stops; the disk is full: %s", async (isFull, answer) => {
    const world = createWorld(() => (isFull ? new StoreError("the disk is full", true) : undefined));
    world.put(1_000);
    const watch = watched(world.writer.settled());
    const closed = world.writer.close();
    await world.now();
    await closed;
    expect(watch.state).toContain(answer);
  });
});
