/**
 * Takes pictures of every page of a hub's dashboard, for a person to look at: `npx tsx scripts/screenshots.ts <address> <folder> [device]`.
 * `npm run demo` prints such an address. The README's picture is its `ungrouped-1440-light.png`.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { type Browser, chromium } from "playwright-core";
import { readTools } from "../test/support/tools.ts";

const WIDTHS = { 390: 844, 1024: 768, 1440: 900 } as const;
const THEMES = ["light", "dark"] as const;

const pagesOf = (device: string): Readonly<Record<string, string>> => ({
  overview: "#/",
  ungrouped: "#/?group=none",
  table: "#/?view=table",
  device: `#/devices/${encodeURIComponent(device)}`,
  alerts: "#/alerts",
  views: "#/views",
  add: "#/add",
  inspector: "#/inspector",
  live: "#/inspector/live",
  clients: "#/inspector/clients",
  retained: "#/inspector/retained",
  topics: "#/inspector/topics",
  settings: "#/settings",
});

const [address, folder, device = "station-01"] = process.argv.slice(2);
if (address === undefined || folder === undefined) {
  process.stderr.write("usage: npx tsx scripts/screenshots.ts <address> <folder> [device]\n");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: readTools().browser, args: ["--no-sandbox"] });
try {
  for (const [width, height] of Object.entries(WIDTHS)) {
    for (const theme of THEMES) await takeAll(browser, { width: Number(width), height }, theme, address, folder);
  }
} finally {
  await browser.close();
}

async function takeAll(
  of: Browser,
  viewport: { readonly width: number; readonly height: number },
  theme: (typeof THEMES)[number],
  from: string,
  to: string,
): Promise<void> {
  const context = await of.newContext({ viewport, colorScheme: theme });
  for (const [name, hash] of Object.entries(pagesOf(device))) {
    const page = await context.newPage();
    page.on("pageerror", (error) => process.stderr.write(`${name}: ${error.message}\n`));
    // Sockets stay open: the page is quiet when its first requests are answered.
    await page.goto(`${from}/${hash}`, { waitUntil: "load" });
    await page.locator("main h1, main h2, main .attention").first().waitFor();
    await page.waitForTimeout(1_500); // canvases are drawn when their data is there, which no event says
    await page.screenshot({ path: path.join(to, `${name}-${viewport.width}-${theme}.png`) });
    await page.close();
  }
  await context.close();
}
