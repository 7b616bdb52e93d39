/** The build knows all of our files that are in it: `npm start` compares them to find out whether it is still current. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { inputFiles } from "../../scripts/fingerprint.mjs";

const root = path.join(import.meta.dirname, "..", "..");
const dist = path.join(root, "dist");

/** The copies beside the bundle name their sources as the originals do, from which they are. */
const COPIES = /^src\/bundle\/.*-thread\.js\.map$/;

test("every source of the built hub and of its pages counts as an input of the build", () => {
  const sources = new Set<string>();
  const maps = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".map"));
  for (const map of maps.filter((file) => !COPIES.test(file))) {
    const { sources: named } = JSON.parse(readFileSync(path.join(dist, map), "utf8")) as { sources: string[] };
    for (const source of named) sources.add(path.relative(root, path.resolve(dist, path.dirname(map), source)));
  }
  const ours = [...sources].filter((file) => !file.startsWith("node_modules") && !/[\0:]/.test(file));
  const known = new Set(inputFiles(root));

  expect(ours).toContain("src/server.ts");
  expect(ours).toContain("public/app/main.tsx");
  expect(ours.filter((file) => !known.has(file))).toEqual([]);
});
