/** `npm run demo` from its start to a drawn chart and a firing alert, and what is left of it afterwards: nothing. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { SeriesAnswer } from "../../src/contract/rest.ts";
import { tempDir } from "../support/hub/hub.ts";
import { look, openBrowser, openPage, shown } from "../support/hub/page.ts";
import { type TypedCommand, typeCommand } from "../support/typed-command.ts";
import { LONG_MS, until } from "../support/until.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const DAY_MS = 24 * 3_600_000;
/** It takes a quarter of this on an idle machine. */
const WITHIN = { withinMs: 2 * LONG_MS };

interface Demo extends TypedCommand {
  /** Where it keeps its data; nothing else is there. */
  readonly folder: string;
}

function startDemo(...words: string[]): Demo {
  const folder = tempDir();
  return { folder, ...typeCommand(words, { cwd: ROOT, env: { TMPDIR: folder }, endsBy: "SIGKILL" }) };
}

const dataIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("aerie"));

const isGone = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    () => false,
    () => true,
  );

async function meanOf(url: string, fromMs: number, toMs: number): Promise<(number | null)[]> {
  const [from, to] = [fromMs, toMs].map((atMs) => new Date(atMs).toISOString());
  const query = new URLSearchParams({ metrics: "temperature", from: from ?? "", to: to ?? "", points: "100" });
  const answer = await fetch(`${url}/api/devices/station-04/series?${query}`);
  return ((await answer.json()) as SeriesAnswer).metrics["temperature"]?.mean ?? [];
}

test("the demo draws a month of a house that an alert watches, and Ctrl-C leaves nothing behind", async () => {
  const startedMs = performance.now();
  const demo = startDemo("npm", "run", "--silent", "demo");
  const browser = await openBrowser();
  const [url] = await until("it says where", () => /http:\/\/127\.0\.0\.1:\d+/.exec(demo.said()) ?? undefined, WITHIN);
  const { page, failures } = await openPage(browser, `${url}/#/devices/station-04?r=30d`);
  const points = await until(
    "the chart is drawn",
    async () => Number((await shown(page)).charts["temperature"]?.points ?? 0) > 200,
    WITHIN,
  );
  expect(points).toBe(true);
  process.stdout.write(
    `The demo is drawn ${((performance.now() - startedMs) / 1_000).toFixed(1)} s after its start.\n`,
  );
  await page.locator('.bell [data-worst="critical"]').waitFor({ timeout: 2 * LONG_MS });
  await look(page, "demo-device");
  await page.goto(`${url}/#/`);
  await page.getByText("Workshop air").first().waitFor({ timeout: LONG_MS });
  await look(page, "demo-overview");
  expect(failures).toEqual([]);

  const nowMs = Date.now();
  const month = await meanOf(url ?? "", nowMs - 30 * DAY_MS, nowMs);
  expect(month.length).toBeGreaterThan(90);
  expect(month.filter((value) => value === null || value < 10 || value > 32)).toEqual([]);
  // From the last imported readings to those that the boards sent themselves.
  const seam = (await meanOf(url ?? "", nowMs - 180_000, nowMs + 60_000)).map((value) => value ?? 0);
  const steps = seam.slice(1).map((value, index) => Math.abs(value - (seam[index] ?? value)));
  expect(Math.max(...steps)).toBeLessThan(0.6);

  demo.signal("SIGINT");
  // npm, and the shell that it starts, end by the same signal.
  await demo.exited;
  await until("it says so", () => demo.said().includes("Removed."));
  expect(await isGone(url ?? "")).toBe(true);
  expect(dataIn(demo.folder)).toEqual([]);
});

test("the hub of a demo that is killed ends and removes its data", async () => {
  const demo = startDemo(process.execPath, "--import", "tsx", "demo/main.ts");
  await until("its hub listens", () => /Starting it \(/.test(demo.said()), WITHIN);
  expect(dataIn(demo.folder)).toHaveLength(1);
  demo.child.kill("SIGKILL");
  await until("its data is removed", () => dataIn(demo.folder).length === 0, WITHIN);
});
