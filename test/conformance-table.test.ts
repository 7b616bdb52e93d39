/** The table of conformance in docs/protocol.md, the lists of statements and the tests say the same. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { conformanceTable, STANDARDS, withTable } from "../scripts/conformance-table.ts";

const root = path.join(import.meta.dirname, "..");
const FOLDER = path.join(root, "test/conformance");

/** Numbers with which titles begin: `test("[MQTT-3.8.4-1] [MQTT-3.8.4-2] …")`, in all files whose names begin so. */
function numbersInTitles(files: string): Set<string> {
  const sources = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file).startsWith(files) && file.endsWith(".test.ts"))
    .map((file) => readFileSync(path.join(FOLDER, file), "utf8"));
  expect(sources.length).toBeGreaterThan(0);
  const titles = sources.flatMap((source) =>
    [...source.matchAll(/\(\s*["'`]((?:\[MQTT[^\]]*\]\s*)+)/g)].map(([, numbers = ""]) => numbers),
  );
  return new Set(titles.flatMap((numbers) => [...numbers.matchAll(/\[([^\]]*)\]/g)].map(([, id = ""]) => id)));
}

test("docs/protocol.md has exactly the table that the statements make", () => {
  const document = readFileSync(path.join(root, "docs/protocol.md"), "utf8");
  expect(withTable(document, conformanceTable()), "run npx tsx scripts/conformance-table.ts").toBe(document);
});

describe.each(STANDARDS)("$name", ({ statements, files }) => {
  const titled = numbersInTitles(files);

  test("each statement stands in the list once", () => {
    const ids = statements.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test("each statement that is said to be tested has a test whose title begins with its number", () => {
    const tested = statements.filter(({ state }) => state === "tested");
    expect(tested.filter(({ id }) => !titled.has(id)).map(({ id }) => id)).toEqual([]);
  });

  test("no test names a number that is not in the list, or that the list calls untested", () => {
    const tested = new Set(statements.filter(({ state }) => state === "tested").map(({ id }) => id));
    expect([...titled].filter((id) => !tested.has(id))).toEqual([]);
  });
});
