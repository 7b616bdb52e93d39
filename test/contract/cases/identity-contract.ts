/** When two messages are one reading: design.md, section 3, "Identity". */
import { expect, test } from "vitest";
import type { ReadingWrite, WriteOutcome } from "../../../src/core/ports/writes.ts";
import type { Start } from "./opened-store.ts";
import {
  appendOne,
  cellar,
  deviceId,
  duplicate,
  MINUTE_MS,
  packet,
  readAll,
  stored,
  T0,
  timed,
  untimed,
} from "./writes.ts";

interface IdentityCase {
  readonly title: string;
  readonly first: ReadingWrite;
  readonly second: ReadingWrite;
  /** Of the second. */
  readonly outcome: WriteOutcome;
}

const IDENTITY_CASES: readonly IdentityCase[] = [
  {
    title: "the same instant and values are one reading, whoever sends it again",
    first: timed(T0, { a: 1, b: 2 }, { packet: packet(1, false) }),
    second: timed(T0, { a: 1, b: 2 }, { packet: packet(9, false, "other"), receivedAtMs: T0 + 86_400_000 }),
    outcome: duplicate,
  },
  {
    title: "the order of metrics says nothing",
    first: timed(T0, { a: 1, b: 2 }),
    second: timed(T0, { b: 2, a: 1 }),
    outcome: duplicate,
  },
  {
    title: "other values for the same instant are kept beside it",
    first: timed(T0, { a: 1 }),
    second: timed(T0, { a: 2 }),
    outcome: stored(1),
  },
  {
    title: "other metrics for the same instant are kept beside it",
    first: timed(T0, { a: 1 }),
    second: timed(T0, { b: 1 }),
    outcome: stored(1),
  },
  {
    title: "a value of another type is another value",
    first: timed(T0, { a: 1 }),
    second: timed(T0, { a: "1" }),
    outcome: stored(1),
  },
  {
    title: "another device's reading is another reading",
    first: timed(T0, { a: 1 }),
    second: timed(T0, { a: 1 }, { deviceId: cellar }),
    outcome: stored(0),
  },
  {
    title: "device ids that differ in case are two devices",
    first: timed(T0, { a: 1 }),
    second: timed(T0, { a: 1 }, { deviceId: deviceId("Boiler") }),
    outcome: stored(0),
  },
  {
    title: "a redelivered packet is the same reading",
    first: untimed(T0, { a: 1 }, { packet: packet(1, false) }),
    second: untimed(T0 + 5_000, { a: 1 }, { packet: packet(1, true) }),
    outcome: duplicate,
  },
  {
    title: "a packet redelivered twice is still the same reading",
    first: untimed(T0, { a: 1 }, { packet: packet(1, true) }),
    second: untimed(T0 + 5_000, { a: 1 }, { packet: packet(1, true) }),
    outcome: duplicate,
  },
  {
    title: "a redelivery after exactly ten minutes still counts",
    first: untimed(T0, { a: 1 }, { packet: packet(1, false) }),
    second: untimed(T0 + 10 * MINUTE_MS, { a: 1 }, { packet: packet(1, true) }),
    outcome: duplicate,
  },
  {
    title: "a redelivery after more than ten minutes is a new reading",
    first: untimed(T0, { a: 1 }, { packet: packet(1, false) }),
    second: untimed(T0 + 10 * MINUTE_MS + 1, { a: 1 }, { packet: packet(1, true) }),
    outcome: stored(0),
  },
  {
    title: "the same packet id without DUP is a new reading",
    first: untimed(T0, { a: 1 }, { packet: packet(1, false) }),
    second: untimed(T0 + 1, { a: 1 }, { packet: packet(1, false) }),
    outcome: stored(0),
  },
  {
    title: "two equal values in one millisecond are two readings",
    first: untimed(T0, { a: 1 }, { packet: packet(1, false) }),
    second: untimed(T0, { a: 1 }, { packet: packet(1, false) }),
    outcome: stored(1),
  },
  {
    title: "two equal values of QoS 0 in one millisecond are two readings",
    first: untimed(T0, { a: 1 }),
    second: untimed(T0, { a: 1 }),
    outcome: stored(1),
  },
  {
    title: "DUP of another client is a new reading",
    first: untimed(T0, { a: 1 }, { packet: packet(1, false) }),
    second: untimed(T0 + 1, { a: 1 }, { packet: packet(1, true, "other") }),
    outcome: stored(0),
  },
  {
    title: "DUP with another packet id is a new reading",
    first: untimed(T0, { a: 1 }, { packet: packet(1, false) }),
    second: untimed(T0 + 1, { a: 1 }, { packet: packet(2, true) }),
    outcome: stored(0),
  },
  {
    title: "DUP with other content is a new reading",
    first: untimed(T0, { a: 1 }, { packet: packet(1, false) }),
    second: untimed(T0 + 1, { a: 2 }, { packet: packet(1, true) }),
    outcome: stored(0),
  },
  {
    title: "DUP of another element of the message is a new reading",
    first: untimed(T0, { a: 1 }, { packet: packet(1, false), element: 0 }),
    second: untimed(T0 + 1, { a: 1 }, { packet: packet(1, true), element: 1 }),
    outcome: stored(0),
  },
  {
    title: "the greatest packet id is one like any other",
    first: untimed(T0, { a: 1 }, { packet: packet(65_535, false) }),
    second: untimed(T0 + 1, { a: 1 }, { packet: packet(65_535, true) }),
    outcome: duplicate,
  },
];

export function describeRedelivery(start: Start): void {
  test("a reading that another store had under an id is known by that id, and two that say the same are two", async () => {
    const { store, reopen } = await start();
    const of = (n: number, value: number) => ({ ...untimed(T0, { t: value }), n });
    const all = [of(0, 1), of(1, 1), of(2, 5)];
    expect((await store.append([all])).flat()).toEqual([stored(0), stored(1), stored(2)]);
    const again = await reopen();
    expect((await again.append(all.map((each) => [each]))).flat()).toEqual([duplicate, duplicate, duplicate]);
    // The id is another's: it comes behind.
    expect((await again.append([[of(1, 7)]])).flat()).toEqual([stored(3)]);
    expect((await again.append([[{ ...untimed(T0 - 5, { t: 1 }), n: 4 }]])).flat()).toEqual([stored(4)]);
    expect((await readAll(again)).map(({ atMs, n, body }) => [atMs - T0, n, body])).toEqual([
      [-5, 4, '{"t":1}'],
      [0, 0, '{"t":1}'],
      [0, 1, '{"t":1}'],
      [0, 2, '{"t":5}'],
      [0, 3, '{"t":7}'],
    ]);
  });

  test("a thousand readings at one instant cost no more when thousands are there: a clock may stand still", async () => {
    const { store } = await start();
    const thousand = (from: number) =>
      Array.from({ length: 1_000 }, (_, index) => [timed(T0, { seq: from + index, name: "stuck" })]);
    const tookMs: number[] = [];
    for (const from of [0, 1_000, 2_000, 3_000, 4_000]) {
      const startedMs = performance.now();
      await store.append(thousand(from));
      tookMs.push(performance.now() - startedMs);
    }
    expect(Math.min(...tookMs.slice(3))).toBeLessThan(4 * (tookMs[1] ?? 0));
    // Nor does each of one append cost as much as there are others in it: 1,000 of one instant, and of 1,000 instants.
    const cpuOf = async (writes: readonly ReadingWrite[]): Promise<number> => {
      const before = process.cpuUsage();
      await store.append(writes.map((write) => [write]));
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const apart = Array.from({ length: 1_000 }, (_, index) => timed(T0 + 1 + index, { seq: index, name: "well" }));
    const equal = Array.from({ length: 1_000 }, (_, index) => timed(T0 + 9_000, { seq: index, name: "stuck" }));
    const apartCpu = await cpuOf(apart);
    expect(await cpuOf(equal)).toBeLessThan(15 * apartCpu);
    const again = [...thousand(4_000).slice(-2), ...thousand(0).slice(0, 2)];
    expect(await store.append(again)).toEqual(again.map(() => [duplicate]));
    expect(await appendOne(store, timed(T0, { name: "stuck", seq: 5_000 }))).toEqual(stored(5_000));
  });

  for (const { title, first, second, outcome } of IDENTITY_CASES) {
    test(title, async () => {
      const { store } = await start();
      expect(await appendOne(store, first)).toEqual(stored(0));
      expect(await appendOne(store, second)).toEqual(outcome);
    });
  }

  test("each of these is judged the same when a restart lies between", async () => {
    const { store, reopen } = await start();
    const asDevice = (write: ReadingWrite, index: number) => ({
      ...write,
      deviceId: deviceId(`${write.deviceId}${index}`),
    });
    await store.append(IDENTITY_CASES.map(({ first }, index) => [asDevice(first, index)]));
    const again = await reopen();
    const outcomes = await again.append(IDENTITY_CASES.map(({ second }, index) => [asDevice(second, index)]));
    expect(outcomes.flat()).toEqual(IDENTITY_CASES.map(({ outcome }) => outcome));
  });

  test("a redelivery is known after a restart", async () => {
    const { store, reopen } = await start();
    await store.append([[untimed(T0, { a: 1 }, { packet: packet(1, false) })], [timed(T0 + 500, { a: 1 })]]);
    const again = await reopen();
    expect(await appendOne(again, untimed(T0 + 60_000, { a: 1 }, { packet: packet(1, true) }))).toEqual(duplicate);
    expect(await appendOne(again, timed(T0 + 500, { a: 1 }))).toEqual(duplicate);
    expect(await appendOne(again, timed(T0 + 500, { a: 2 }))).toEqual(stored(1));
  });

  test("a late reading between two that are stored is found and kept like any other", async () => {
    const { store } = await start();
    await store.append([[timed(T0, { a: 1 })], [timed(T0 + 2_000, { a: 1 })]]);
    expect(await appendOne(store, timed(T0 + 1_000, { a: 1 }))).toEqual(stored(0));
    expect(await appendOne(store, timed(T0 + 1_000, { a: 1 }))).toEqual(duplicate);
    expect(await appendOne(store, timed(T0, { a: 3 }))).toEqual(stored(1));
  });

  const arrays: readonly { title: string; message: readonly ReadingWrite[] }[] = [
    {
      title: "with the same instant",
      message: [0, 1, 2].map((element) => timed(T0, { a: 1 }, { element, packet: packet(1, false) })),
    },
    {
      title: "without an instant",
      message: [0, 1, 2].map((element) => untimed(T0, { a: 1 }, { element, packet: packet(1, false) })),
    },
  ];
  for (const { title, message } of arrays) {
    test(`equal elements of one array ${title} are never merged, and its redelivery is wholly a duplicate`, async () => {
      const { store, reopen } = await start();
      const redelivered = message.map((write) => ({ ...write, packet: packet(1, true) }));
      expect(await store.append([message])).toEqual([[stored(0), stored(1), stored(2)]]);
      expect(await store.append([redelivered])).toEqual([[duplicate, duplicate, duplicate]]);
      const again = await reopen();
      expect(await again.append([redelivered])).toEqual([[duplicate, duplicate, duplicate]]);
      expect(await readAll(again)).toHaveLength(3);
    });
  }

  test("an array that holds one more copy of a stored reading adds that copy only", async () => {
    const { store } = await start();
    await store.append([[timed(T0, { a: 1 })]]);
    const array = [0, 1].map((element) => timed(T0, { a: 1 }, { element }));
    expect(await store.append([array])).toEqual([[duplicate, stored(1)]]);
  });

  test("a message and its redelivery in one group are one reading", async () => {
    const { store } = await start();
    const outcomes = await store.append([
      [
        untimed(T0, { a: 1 }, { packet: packet(7, false) }),
        untimed(T0, { a: 1 }, { packet: packet(7, false), element: 1 }),
      ],
      [
        untimed(T0, { a: 1 }, { packet: packet(7, true) }),
        untimed(T0, { a: 1 }, { packet: packet(7, true), element: 1 }),
      ],
      [timed(T0 + 9, { a: 1 })],
      [timed(T0 + 9, { a: 1 })],
    ]);
    expect(outcomes).toEqual([[stored(0), stored(1)], [duplicate, duplicate], [stored(0)], [duplicate]]);
  });
}
