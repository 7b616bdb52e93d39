/** How far a file is imported, kept in a file of its own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createPlaceKeeper } from "../../../src/cli/import/import-position.ts";
import type { ImportSource } from "../../../src/cli/import/import-source.ts";

const SOURCE = { file: "/data/old.csv", sizeBytes: 10, modifiedMs: 2.5, format: "csv" } as ImportSource;
const PLACE = { endByte: 5, stored: 4, duplicates: 3, refused: 2 };

test("a place is found as it was kept, under the names that it is stored by, and for no other file", async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-place-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const keeper = createPlaceKeeper(dataDir, SOURCE, "boiler");
  expect(keeper.find()).toBeUndefined();
  await keeper.keep(PLACE);

  const [name = ""] = readdirSync(path.join(dataDir, "imports"));
  expect(name).toBe("257a5802a7382f32abb6950dc7174cfc.json");
  const file = path.join(dataDir, "imports", name);
  const key = '["/data/old.csv",10,2.5,"csv","boiler"]';
  expect(readFileSync(file, "utf8")).toBe(JSON.stringify({ endByte: 5, stored: 4, duplicates: 3, refused: 2, key }));
  expect(keeper.find()).toEqual(PLACE);
  expect(createPlaceKeeper(dataDir, { ...SOURCE, modifiedMs: 3 }, "boiler").find()).toBeUndefined();
  expect(createPlaceKeeper(dataDir, SOURCE, undefined).find()).toBeUndefined();

  writeFileSync(file, "null");
  expect(keeper.find()).toBeUndefined();
});
