/** How far a file is imported, kept in a file of its own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createPositionFile } from "../../../src/cli/import/import-position.ts";
import type { ImportSource } from "../../../src/cli/import/import-source.ts";

const SOURCE = { file: "/data/old.csv", sizeBytes: 10, modifiedMs: 2.5, format: "csv" } as ImportSource;
const POSITION = { endByte: 5, stored: 4, duplicates: 3, refused: 2 };

test("a position is found as it was saved, under its stored names, and for no other file", async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-position-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const position = createPositionFile(dataDir, SOURCE, "boiler");
  expect(position.find()).toBeUndefined();
  await position.save(POSITION);

  const [name = ""] = readdirSync(path.join(dataDir, "imports"));
  expect(name).toBe("257a5802a7382f32abb6950dc7174cfc.json");
  const file = path.join(dataDir, "imports", name);
  const key = '["/data/old.csv",10,2.5,"csv","boiler"]';
  expect(readFileSync(file, "utf8")).toBe(JSON.stringify({ endByte: 5, stored: 4, duplicates: 3, refused: 2, key }));
  expect(position.find()).toEqual(POSITION);
  expect(createPositionFile(dataDir, { ...SOURCE, modifiedMs: 3 }, "boiler").find()).toBeUndefined();
  expect(createPositionFile(dataDir, SOURCE, undefined).find()).toBeUndefined();

  // The last one is as another version might write it.
  for (const content of ["null", "{", JSON.stringify({ ...POSITION, endByte: undefined, unpackedBytes: 5, key })]) {
    writeFileSync(file, content);
    expect(position.find()).toBeUndefined();
  }
});
