/** Views are kept over restarts, in their order, within their bounds. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MAX_LINES_IN_ALL, MAX_VIEWS } from "../../../../src/contract/views/view-limits.ts";
import { type ViewFields, viewFields } from "../../../../src/contract/views/views.ts";
import type { HubChange, StoredRecord } from "../../../../src/core/ports/hub-file.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createViewBook } from "../../../../src/core/views/view-book.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const SAMPLE = readFileSync("test/samples/views/version-1.json", "utf8").trim();
const AIR: ViewFields = { name: "Air", parts: [{ kind: "value", lines: [{ device: "cellar", metric: "eco2" }] }] };

function open(disk: Map<string, string>) {
  const world = { isFull: false };
  const write = async (changes: readonly HubChange[]): Promise<void> => {
    if (world.isFull) throw new StoreError("the disk is full", true);
    for (const change of changes) {
      if (change.of !== "record" || change.kind !== "view") throw new Error("of another kind");
      if (change.data === undefined) disk.delete(change.id);
      else disk.set(change.id, change.data);
    }
  };
  const stored = [...disk].map(([id, data]): StoredRecord => ({ kind: "view", id, data }));
  const log = createMemoryLog();
  return { ...createViewBook({ hubFile: { write }, stored, clock: createManualClock(), log }), world, log };
}

test("a view is there after a restart as it was saved last, in its place", async () => {
  const disk = new Map<string, string>();
  const { add, replace, remove } = open(disk);
  const made = await Promise.all(["a", "b", "c"].map((name) => add({ ...AIR, name })));
  const [a = "", b = "", c = ""] = made.flatMap((outcome) => (outcome.kind === "done" ? outcome.item.id : []));
  await replace(a, { ...AIR, name: "A" });
  expect(await remove(b)).toBe(true);
  expect(await remove(b)).toBe(false);
  expect(await replace(b, AIR)).toEqual({ kind: "unknown" });

  expect(open(disk).list()).toEqual([
    { ...AIR, name: "A", id: a },
    { ...AIR, name: "c", id: c },
  ]);
});

test("the form of version 1 is read, and written byte by byte; another one is left alone and logged", async () => {
  const newer = SAMPLE.replace('"aerieView":1', '"aerieView":2');
  const disk = new Map([
    ["first", SAMPLE],
    ["newer", newer],
    ["damaged", "{"],
  ]);
  const { get, list, log, replace } = open(disk);
  const { id, ...fields } = get("first") ?? { id: "", ...AIR };
  await replace(id, fields);

  expect(list().map((view) => view.id)).toEqual(["first"]);
  expect([...disk.values()]).toEqual([SAMPLE, newer, "{"]);
  expect(log.lines).toHaveLength(2);
});

test("there are at most 50 views, and what cannot be written changes nothing", async () => {
  const { add, list, replace, remove, world } = open(new Map());
  for (let count = 0; count < MAX_VIEWS; count++) await add(AIR);
  expect(await add(AIR)).toEqual({ kind: "full" });
  const before = list();
  world.isFull = true;
  const id = before[0]?.id ?? "";
  await expect(replace(id, { ...AIR, name: "another" })).rejects.toThrow("full");
  await expect(remove(id)).rejects.toThrow("full");
  expect(list()).toEqual(before);
});

test("a view has a name and at most 60 lines; one value has one line", () => {
  const lines = Array.from({ length: 6 }, () => ({ device: "d".repeat(64), metric: "m".repeat(64) }));
  const full = {
    name: "n".repeat(64),
    parts: Array.from({ length: MAX_LINES_IN_ALL / 6 }, () => ({ kind: "chart", lines })),
  };
  expect(viewFields.safeParse(full).success).toBe(true);
  expect(JSON.stringify(full).length).toBeLessThan(16 * 1024); // the largest body of a request
  for (const wrong of [
    { ...full, parts: [...full.parts, { kind: "value", lines: lines.slice(0, 1) }] },
    { ...full, name: " " },
    { ...full, parts: [{ kind: "chart", lines: [] }] },
    { ...full, parts: [{ kind: "value", lines: lines.slice(0, 2) }] },
    { ...full, parts: [{ kind: "chart", lines: [{ device: "a b", metric: "m" }] }] },
    { ...full, parts: [{ kind: "picture", lines: lines.slice(0, 1) }] },
  ]) {
    expect(viewFields.safeParse(wrong).success).toBe(false);
  }
});
