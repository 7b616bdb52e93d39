import { expect, test } from "vitest";
import { type DerivedFields, derivedFields, MAX_DERIVED } from "../../../../src/contract/derived.ts";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createDerivedBook } from "../../../../src/core/derived/derived-book.ts";
import type { HubChange, StoredRecord } from "../../../../src/core/ports/hub-file.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { derivedOf } from "../../../support/memory/derivation-world.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

function open(stored: readonly StoredRecord[] = []) {
  const written: HubChange[] = [];
  const log = createMemoryLog();
  const hubFile = { write: async (changes: readonly HubChange[]) => void written.push(...changes) };
  const book = createDerivedBook({ hubFile, stored, clock: createManualClock(), log });
  const add = async (metric: string, expression: string, fields: Partial<DerivedFields> = {}): Promise<string> => {
    const outcome = await book.add(derivedOf(metric, expression, fields));
    if (outcome.kind === "refused") return `${outcome.fault.kind} ${outcome.fault.field}: ${outcome.fault.message}`;
    return outcome.kind === "done" ? outcome.derived.id : outcome.kind;
  };
  const ofDevice = (id: string): string[] => book.ofDevice(id as DeviceId).map(({ metric }) => metric);
  return { book, add, ofDevice, written, log };
}

test("a definition is stored, and is there again after a start, in whatever order they need each other", async () => {
  const { book, add, written } = open();
  const first = await add("_a", "temperature + 1");
  const second = await add("_b", "_a * 2", { label: "Twice", unit: "°C", digits: 1 });
  await book.replace(first, derivedOf("_a", "humidity / 2"));
  const records = new Map<string, string>();
  for (const change of written)
    if (change.of === "record" && change.data !== undefined) records.set(change.id, change.data);
  const stored = [...records].map(([id, data]) => ({ kind: "derived" as const, id, data }));
  const again = open(stored.toReversed());
  expect(again.book.list().map(({ id, expression }) => [id, expression])).toEqual([
    [second, "_a * 2"],
    [first, "humidity / 2"],
  ]);
  expect(again.ofDevice("board")).toEqual(["_a", "_b"]);
});

test("a stored one that cannot be read is left alone, and said", async () => {
  const { book, log } = open([
    { kind: "derived", id: "x", data: "{}" },
    { kind: "derived", id: "y", data: JSON.stringify(derivedOf("_a", "1 +")) },
  ]);
  expect(book.list()).toEqual([]);
  expect(log.lines.filter(({ event }) => event.includes("derived metric"))).toHaveLength(2);
});

test("a cycle is refused, and named", async () => {
  const { book, add } = open();
  expect(await add("_a", "_a + temperature")).toBe("invalid expression: it needs itself: _a → _a");
  const a = await add("_a", "temperature");
  await add("_b", "_a + 1");
  await add("_c", "previous(_b)");
  const outcome = await book.replace(a, derivedOf("_a", "temperature + _c"));
  expect(outcome).toMatchObject({ kind: "refused", fault: { message: "it needs itself: _a → _c → _b → _a" } });
  expect(book.list().find(({ id }) => id === a)?.expression).toBe("temperature");
});

test("what another one is computed from must be there, and stays", async () => {
  const { book, add } = open();
  expect(await add("_b", "_a + 1")).toBe("invalid expression: there is no derived metric _a; add it first");
  const a = await add("_a", "temperature");
  await add("_b", "_a + 1");
  expect(await book.remove(a)).toMatchObject({ kind: "refused", fault: { message: "_b is computed from _a" } });
  expect(await book.replace(a, derivedOf("_other", "temperature"))).toMatchObject({ kind: "refused" });
  expect(await book.remove("nobody")).toEqual({ kind: "unknown" });
});

test("the narrower scope counts; two that overlap are refused", async () => {
  const { add, book, ofDevice } = open();
  await add("_sea", "seaLevelPressure(pressure, temperature, 100)");
  await add("_sea", "seaLevelPressure(pressure, temperature, 500)", { scope: { devices: ["hill"] } });
  await add("_plug", "power / 2", { scope: { families: ["tasmota"] } });
  expect(await add("_sea", "pressure", { scope: { devices: ["attic", "hill"] } })).toMatch(
    /^taken metric: _sea is computed already/,
  );
  expect(await add("_sea", "pressure")).toMatch(/^taken metric/);
  expect(book.ofDevice("hill" as DeviceId).map(({ expression }) => expression)).toEqual([
    "seaLevelPressure(pressure, temperature, 500)",
  ]);
  expect([ofDevice("board"), ofDevice("tasmota:plug")]).toEqual([["_sea"], ["_plug", "_sea"]]);
});

test("a hub has so many at most", async () => {
  const stored = Array.from({ length: MAX_DERIVED }, (_, index) => ({
    kind: "derived" as const,
    id: `d${index}`,
    data: JSON.stringify(derivedOf(`_m${index}`, "temperature")),
  }));
  const { add, book } = open(stored);
  expect(await add("_more", "temperature")).toBe("full");
  await book.remove("d0");
  expect(await add("_more", "temperature")).not.toBe("full");
});

test("names that do not begin with _ and a letter, and expressions that are too long, are no definitions", () => {
  const isOne = (metric: string, expression = "temperature") =>
    derivedFields.safeParse(derivedOf(metric, expression)).success;
  expect([isOne("_dewPoint"), isOne("dewPoint"), isOne("__proto__"), isOne("_"), isOne("_1")]).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(isOne("_a", "1".repeat(1_001))).toBe(false);
});
