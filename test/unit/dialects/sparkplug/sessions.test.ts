/** Births, deaths, sequence numbers and aliases of edge nodes, over restarts of the hub. */

import { describe, expect, test } from "vitest";
import { MAX_LEARNED_CHARS } from "../../../../src/core/dialects/learned-limit.ts";
import { ANYBODY, NOW_MS, spbWorld, type TestMetric } from "./spb-world.ts";

const T = NOW_MS - 60_000;
const NODE = "sparkplug:Plant.Press";
const PUMP = "sparkplug:Plant.Press.Pump";
const ASK = ["spBv1.0/Plant/NCMD/Press"];

const nbirth = (bdSeq: number, ...metrics: TestMetric[]) => ({
  timestamp: T,
  seq: 0,
  metrics: [{ name: "bdSeq", type: "Int64", value: bdSeq } as TestMetric, ...metrics],
});
const data = (seq: number, ...metrics: TestMetric[]) => ({ timestamp: T + seq, seq, metrics });
const ndeath = (bdSeq: number) => ({
  timestamp: T,
  metrics: [{ name: "bdSeq", type: "Int64", value: bdSeq } as const],
});
const level: TestMetric = { name: "Level", alias: 7, type: "Int32", value: 1 };
const speed: TestMetric = { name: "Speed", alias: 8, type: "Double", value: 2.5 };
const byAlias = (alias: number, value: number, type: TestMetric["type"] = "Int32"): TestMetric => ({
  alias,
  value,
  ...(type !== undefined && { type }),
});

/** A node and a device behind it, born. */
function bornWorld() {
  const world = spbWorld();
  world.send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, level));
  world.send("spBv1.0/Plant/DBIRTH/Press/Pump", data(1, speed));
  return world;
}

describe("aliases", () => {
  test("are those of the last BIRTH of each", () => {
    const { send } = bornWorld();
    expect(send("spBv1.0/Plant/NDATA/Press", data(2, byAlias(7, 4)))).toMatchObject({
      values: { [NODE]: { Level: 4 } },
      asked: [],
    });
    expect(send("spBv1.0/Plant/DDATA/Press/Pump", data(3, byAlias(8, 1.5, "Double"))).values).toEqual({
      [PUMP]: { Speed: 1.5 },
    });
    send(
      "spBv1.0/Plant/NBIRTH/Press",
      nbirth(2, { ...level, alias: 70 }, { name: "Heat", alias: 7, type: "Int32", value: 9 }),
    );
    expect(send("spBv1.0/Plant/NDATA/Press", data(1, byAlias(7, 5), byAlias(70, 6))).values).toEqual({
      [NODE]: { Heat: 5, Level: 6 },
    });
  });

  test("of a device hold no more when its edge node is born again, until it is", () => {
    const { send } = bornWorld();
    send("spBv1.0/Plant/NBIRTH/Press", nbirth(2, level));
    const early = send(
      "spBv1.0/Plant/DDATA/Press/Pump",
      data(1, byAlias(8, 1), { name: "Speed", type: "Double", value: 3 }),
    );
    expect(early).toMatchObject({ values: { [PUMP]: { Speed: 3 } }, faults: ["ALIAS_UNKNOWN 8"], asked: ASK });
    send("spBv1.0/Plant/DBIRTH/Press/Pump", data(2, speed));
    expect(send("spBv1.0/Plant/DDATA/Press/Pump", data(3, byAlias(8, 1)))).toMatchObject({
      values: { [PUMP]: { Speed: 1 } },
      asked: [],
    });
  });

  test("may be larger than a number holds", async () => {
    const { default: Long } = await import("long");
    const alias = Long.fromString("18446744073709551615", true);
    const { send } = spbWorld();
    send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, { ...level, alias }));
    const { alias: _, ...unnamed } = { ...byAlias(0, 5) };
    expect(send("spBv1.0/Plant/NDATA/Press", data(1, { ...unnamed, alias })).values).toEqual({ [NODE]: { Level: 5 } });
  });

  test("without a BIRTH are refused, and asked for; what has a name is stored", () => {
    const { send } = spbWorld();
    const came = send("spBv1.0/Plant/NDATA/Press", data(5, byAlias(7, 1), { name: "Level", type: "Int32", value: -2 }));
    expect(came).toMatchObject({ values: { [NODE]: { Level: -2 } }, faults: ["ALIAS_UNKNOWN 7"], asked: ASK });
  });
});

describe("a gap in the sequence", () => {
  test("asks for a BIRTH, and what comes until then is stored", () => {
    const { send } = bornWorld();
    const behind = send("spBv1.0/Plant/DDATA/Press/Pump", data(4, byAlias(8, 3)));
    expect(behind).toMatchObject({ values: { [PUMP]: { Speed: 3 } }, faults: [], asked: ASK });
    expect(send("spBv1.0/Plant/NDATA/Press", data(5, byAlias(7, 3)))).toMatchObject({
      values: { [NODE]: { Level: 3 } },
      asked: [],
    });
    expect(send("spBv1.0/Plant/NDATA/Press", data(6, byAlias(7, 3)), { atMs: NOW_MS + 29_999 }).asked).toEqual([]);
    expect(send("spBv1.0/Plant/NDATA/Press", data(7, byAlias(7, 3)), { atMs: NOW_MS + 30_000 }).asked).toEqual(ASK);
    send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, level));
    expect(send("spBv1.0/Plant/NDATA/Press", data(1, byAlias(7, 3)), { atMs: NOW_MS + 90_000 }).asked).toEqual([]);
  });

  test("is none at the end of the numbers, nor where a message comes twice or has no number", () => {
    const { send } = spbWorld();
    send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, level));
    const asked: string[] = [];
    for (let seq = 1; seq < 600; seq++)
      asked.push(...send("spBv1.0/Plant/NDATA/Press", data(seq % 256, byAlias(7, seq))).asked);
    asked.push(...send("spBv1.0/Plant/NDATA/Press", data(599 % 256, byAlias(7, 599))).asked);
    asked.push(...send("spBv1.0/Plant/NDATA/Press", { timestamp: T, metrics: [byAlias(7, 1)] }).asked);
    asked.push(...send("spBv1.0/Plant/NDATA/Press", data(3, byAlias(7, 1)), { dup: true }).asked);
    expect(asked).toEqual([]);
  });

  test("counts the messages of all devices of an edge node, deaths too", () => {
    const { send } = bornWorld();
    expect(send("spBv1.0/Plant/DDEATH/Press/Pump", { timestamp: T, seq: 2 }).presence).toEqual([`${PUMP} offline`]);
    expect(send("spBv1.0/Plant/NDATA/Press", data(3, byAlias(7, 1))).asked).toEqual([]);
  });

  test("asks nobody who could not hear it", () => {
    const { send } = bornWorld();
    const filters: string[] = [];
    const deaf = { ...ANYBODY, maySubscribe: (filter: string) => filters.push(filter) < 0 };
    expect(send("spBv1.0/Plant/NDATA/Press", data(9, byAlias(7, 1)), { publisher: deaf }).asked).toEqual([]);
    expect(filters).toEqual(ASK);
  });
});

describe("a death", () => {
  test("of the node is one of all its devices, and counts with the number of the last BIRTH only", () => {
    const { send } = bornWorld();
    expect(send("spBv1.0/Plant/NDEATH/Press", ndeath(0)).parts).toEqual([]);
    expect(send("spBv1.0/Plant/NDEATH/Press", ndeath(1)).presence).toEqual([`${NODE} offline`, `${PUMP} offline`]);
    expect(send("spBv1.0/Plant/NDEATH/Press", ndeath(1)).presence).toEqual([`${NODE} offline`]);
    expect(send("spBv1.0/Plant/NDATA/Press", data(1, byAlias(7, 1))).asked).toEqual(ASK);
  });

  test("that comes late, after the next BIRTH, is none", () => {
    const { send } = bornWorld();
    send("spBv1.0/Plant/NBIRTH/Press", nbirth(2, level));
    expect(send("spBv1.0/Plant/NDEATH/Press", ndeath(1)).presence).toEqual([]);
  });

  test("of a device is over with its BIRTH", () => {
    const { send } = bornWorld();
    send("spBv1.0/Plant/DDEATH/Press/Pump", { timestamp: T, seq: 2 });
    expect(send("spBv1.0/Plant/DBIRTH/Press/Pump", data(3, speed)).presence).toEqual([`${PUMP} online`]);
    expect(send("spBv1.0/Plant/DDATA/Press/Pump", data(4, byAlias(8, 7)))).toMatchObject({
      values: { [PUMP]: { Speed: 7 } },
      asked: [],
    });
  });
});

describe("a BIRTH that comes again", () => {
  test("stores only values that are newer than the last ones, and teaches nothing new", () => {
    const { send } = bornWorld();
    send("spBv1.0/Plant/NDATA/Press", data(2, { ...byAlias(7, 4), timestamp: T + 500 }));
    const metrics = [{ ...level, timestamp: T + 500 }, { name: "Heat", alias: 9, type: "Int32", value: 3 } as const];
    const again = send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, ...metrics));
    expect(again.values).toEqual({ [NODE]: { Heat: 3 } });
    expect(send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, ...metrics)).values).toEqual({});
    const newer = send(
      "spBv1.0/Plant/NBIRTH/Press",
      nbirth(1, { ...level, timestamp: T + 501, value: 8 }, ...metrics.slice(1)),
    );
    expect(newer.values).toEqual({ [NODE]: { Level: 8 } });
  });

  test("stores them all where it is a message that is sent again, since the first may not have come", () => {
    const { send } = bornWorld();
    expect(send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, level), { dup: true }).values).toEqual({
      [NODE]: { Level: 1 },
    });
  });

  test("keeps the names that metrics have", () => {
    const { send } = spbWorld();
    const metric = (name: string, value: number): TestMetric => ({ name, type: "Int32", value });
    send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, metric("In/A", 1)));
    const both = send("spBv1.0/Plant/NBIRTH/Press", nbirth(2, metric("In.A", 2), metric("In/A", 3)));
    const [other = ""] = Object.keys(both.values[NODE] ?? {}).filter((name) => name !== "In.A");
    expect(both.values).toEqual({ [NODE]: { [other]: 2 } });
    expect(send("spBv1.0/Plant/NDATA/Press", data(1, metric("In/A", 5), metric("In.A", 6))).values).toEqual({
      [NODE]: { "In.A": 5, [other]: 6 },
    });
  });
});

describe("after a restart of the hub", () => {
  test("aliases, names, units and the number of the BIRTH are known, and a new BIRTH is asked for", () => {
    const before = spbWorld();
    const unit = { properties: { engUnit: { type: "String", value: "bar" } } } as const;
    before.send("spBv1.0/Plant/NBIRTH/Press", nbirth(3, { ...level, ...unit }));
    before.send("spBv1.0/Plant/DBIRTH/Press/Pump", data(1, speed));
    const { send, nameOf, info } = before.restarted();
    expect([nameOf(NODE), nameOf(PUMP)]).toEqual(["Press", "Pump"]);
    expect(info(NODE, "Level")).toEqual({ label: "Level", kind: "number", unit: "bar" });
    const came = send("spBv1.0/Plant/DDATA/Press/Pump", data(200, byAlias(8, 6)));
    expect(came).toMatchObject({ values: { [PUMP]: { Speed: 6 } }, asked: ASK, faults: [] });
    expect(send("spBv1.0/Plant/NDEATH/Press", ndeath(2)).presence).toEqual([]);
    expect(send("spBv1.0/Plant/NDEATH/Press", ndeath(3)).presence).toEqual([`${NODE} offline`, `${PUMP} offline`]);
  });

  test("what a newer version stored, or a disk damaged, is ignored", () => {
    const { dialect, nameOf } = spbWorld();
    for (const text of [
      "",
      "{",
      "[]",
      '{"v":2,"name":"x","node":"y","metrics":[]}',
      '{"v":1,"name":"x","node":"y","metrics":[[0]]}',
    ]) {
      for (const key of ["birth", "bdSeq", "other"]) expect(dialect.learn(NODE as never, key, text)).toBe(false);
    }
    expect(nameOf(NODE)).toBeUndefined();
  });
});

describe("an edge node with many metrics", () => {
  const many = (count: number, prefix: string): TestMetric[] =>
    Array.from({ length: count }, (_, index) => ({
      name: `${prefix}/Cell ${index % 20}/Axis ${index} Position Actual Value`,
      alias: 1_000 + index,
      type: "Double",
      value: index,
      properties: { engUnit: { type: "String", value: "mm" } },
    }));
  const size = (parts: readonly { kind: string; data?: string | undefined }[]): number =>
    Math.max(...parts.map(({ data: text = "" }) => text.length));

  test("500 of them with long names are known in less than half of 64 KiB, over a restart", () => {
    const world = spbWorld();
    const born = world.send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, ...many(500, "Site North/Area 4/Line 12")));
    expect(Object.keys(born.values[NODE] ?? {})).toHaveLength(500);
    expect(born).toMatchObject({ faults: [], readings: 8 });
    expect(size(born.learned)).toBeLessThan(32 * 1024);
    const { send } = world.restarted();
    const all = Array.from({ length: 500 }, (_, index) => byAlias(1_000 + index, 1, "Double"));
    const came = send("spBv1.0/Plant/NDATA/Press", data(1, ...all));
    expect(came.values[NODE]).toEqual(
      Object.fromEntries(Object.keys(born.values[NODE] ?? {}).map((name) => [name, 1])),
    );
    expect(came.faults).toEqual([]);
  });

  test("beyond 1,024 they are refused by name, and their values are not asked for again and again", () => {
    const { send } = spbWorld();
    const born = send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, ...many(1_100, "L")));
    expect(Object.keys(born.values[NODE] ?? {})).toHaveLength(1_023); // bdSeq counts too
    expect(born.faults).toHaveLength(20);
    expect(born.faults[0]).toBe("TOO_MANY_METRICS_OF_DEVICE L/Cell 3/Axis 1023 Position Actual Value");
    const late = send("spBv1.0/Plant/NDATA/Press", data(1, byAlias(1_000, 1), byAlias(2_050, 1)), {
      atMs: NOW_MS + 60_000,
    });
    expect(Object.values(late.values[NODE] ?? {})).toEqual([1]);
    expect(late).toMatchObject({ asked: [], faults: [] });
  });

  test("those for whose names there is no space are refused by name", () => {
    const noise = (index: number): string =>
      [3, 5, 7, 11].map((k) => ((index + 1) * 7_919 * k).toString(36).repeat(12)).join("/");
    const metrics = Array.from(
      { length: 1_000 },
      (_, index): TestMetric => ({ name: noise(index), alias: index, type: "Int32", value: 1 }),
    );
    const world = spbWorld();
    const born = world.send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, ...metrics));
    expect(size(born.learned)).toBeLessThanOrEqual(MAX_LEARNED_CHARS);
    expect(Object.keys(born.values[NODE] ?? {}).length).toBeGreaterThan(200);
    expect(born.faults).toHaveLength(20);
    expect(born.faults.every((each) => each.startsWith("DESCRIPTION_TOO_LARGE "))).toBe(true);
    const late = world.restarted();
    late.send("spBv1.0/Plant/NBIRTH/Press", nbirth(1, ...metrics));
    const all = metrics.map((_, index) => byAlias(index, 2));
    expect(late.send("spBv1.0/Plant/NDATA/Press", data(1, ...all))).toMatchObject({ asked: [], faults: [] });
  });
});
