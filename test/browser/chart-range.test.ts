/** The range of a device's charts in a real browser: chosen, zoomed, panned, gone back from, downloaded; by mouse, keys and fingers. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { expect, test } from "vitest";
import type { SeriesAnswer } from "../../src/contract/rest.ts";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { type HubAddress, startHub, tempDir } from "../support/hub/hub.ts";
import { openBrowser, openPage, shown, showTables } from "../support/hub/page.ts";
import { until } from "../support/until.ts";

const DEVICE = "cellar";
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WAIT = { timeout: 30_000 };

/** Half-hourly for 30 days; with nothing between 6 and 9 hours ago. */
async function publishMonth({ mqttUrl }: HubAddress, nowMs: number): Promise<void> {
  const board = await connectJs(mqttUrl);
  const steps = Array.from({ length: 30 * 48 }, (_, index) => index / 2);
  const readings = steps
    .filter((hours) => hours <= 6 || hours >= 9)
    .map((hours) => ({
      ts: nowMs - hours * HOUR_MS - 1_000,
      values: { temperature: 20 + Math.round(50 * Math.sin(hours / 8)) / 10, flameDetected: hours === 3, mode: "auto" },
    }))
    .reverse();
  for (let at = 0; at < readings.length; at += 500) {
    const some = readings.slice(at, at + 500);
    await board.publish(`devices/${DEVICE}/telemetry`, JSON.stringify(some), { qos: 1 });
  }
  await board.client.endAsync();
}

async function publishNow({ mqttUrl }: HubAddress, temperature: number): Promise<void> {
  const board = await connectJs(mqttUrl);
  await board.publish(`devices/${DEVICE}/telemetry`, JSON.stringify({ temperature }), { qos: 1 });
  await board.client.endAsync();
}

const figureOf = (page: Page) => page.locator('figure[data-metric="temperature"]');
const plotOf = (page: Page) => figureOf(page).getByRole("slider");
const title = (page: Page) => page.locator("h2#charts").textContent();
const points = async (page: Page) => Number(await figureOf(page).getAttribute("data-points"));

/** From and to in the address; none where the range is live. */
function addressed(page: Page): { fromMs: number; toMs: number } | undefined {
  const query = new URLSearchParams(new URL(page.url()).hash.split("?")[1]);
  const [from, to] = [query.get("from"), query.get("to")];
  return from === null || to === null ? undefined : { fromMs: Date.parse(from), toMs: Date.parse(to) };
}

async function settled(page: Page): Promise<{ fromMs: number; toMs: number }> {
  await expect.poll(() => addressed(page), WAIT).toBeDefined();
  return addressed(page) ?? { fromMs: 0, toMs: 0 };
}

async function boxOf(page: Page) {
  const box = await figureOf(page).locator(".time-area").boundingBox();
  if (box === null) throw new Error("the plot is not shown");
  return { ...box, at: (part: number): [number, number] => [box.x + box.width * part, box.y + box.height / 2] };
}

async function stored(hub: HubAddress, { fromMs, toMs }: { fromMs: number; toMs: number }) {
  const query = `metrics=temperature&from=${fromMs}&to=${toMs}&points=1000`;
  const answer = await fetch(`${hub.url}/api/devices/${DEVICE}/series?${query}`);
  const { metrics, resolution } = (await answer.json()) as SeriesAnswer;
  expect(resolution).toBe(0);
  return metrics["temperature"] ?? { t: [], mean: [] };
}

async function opened(options?: object) {
  const nowMs = Date.now();
  const hub = await startHub();
  await publishMonth(hub, nowMs);
  const browser = await openBrowser();
  const { page, failures } = await openPage(browser, `${hub.url}/#/devices/${DEVICE}`, options);
  await page.locator('[data-state="live"]').waitFor();
  await expect.poll(() => points(page), WAIT).toBeGreaterThan(30);
  return { nowMs, hub, page, failures };
}

test("a range is chosen, zoomed into, gone back from, panned and left for live", async () => {
  const { nowMs, hub, page, failures } = await opened();
  expect(await title(page)).toBe("Last 24 hours");

  // Chosen: it is in the address, and a reload shows the same.
  await page.getByRole("radio", { name: "7 d" }).click();
  await expect.poll(() => title(page), WAIT).toBe("Last 7 days");
  expect(new URL(page.url()).hash).toBe(`#/devices/${DEVICE}?r=7d`);
  await expect.poll(() => points(page), WAIT).toBeGreaterThan(300);
  const before = await points(page);
  await page.reload();
  await expect.poll(() => points(page), WAIT).toBe(before);
  expect(await page.getByRole("radio", { name: "7 d" }).isChecked()).toBe(true);

  // Dragged over: exactly that part is shown, and all figures with it.
  const { at } = await boxOf(page);
  await page.mouse.move(...at(0.5));
  await page.mouse.down();
  await page.mouse.move(...at(0.6), { steps: 4 });
  await page.mouse.move(...at(0.75), { steps: 4 });
  await page.mouse.up();
  const zoomed = await settled(page);
  expect(Math.abs(zoomed.fromMs - (nowMs - 3.5 * DAY_MS))).toBeLessThan(HOUR_MS);
  expect(Math.abs(zoomed.toMs - (nowMs - 1.75 * DAY_MS))).toBeLessThan(HOUR_MS);
  await page.getByText("Past", { exact: true }).waitFor();
  const inside = await stored(hub, zoomed);
  await expect.poll(() => points(page), WAIT).toBe(inside.t.length);
  await expect
    .poll(() => page.locator('figure[data-metric="flameDetected"]').getAttribute("data-points"))
    .toBe(String(inside.t.length));

  // Back and forth, as anywhere in a browser.
  await page.goBack();
  await expect.poll(() => title(page), WAIT).toBe("Last 7 days");
  await page.goForward();
  expect(await settled(page)).toEqual(zoomed);

  // Panned by half of its length: what is shown is what the hub has.
  await page.getByRole("button", { name: "Half a range earlier" }).click();
  const half = (zoomed.toMs - zoomed.fromMs) / 2;
  await expect.poll(() => addressed(page)?.fromMs, WAIT).toBe(Math.round(zoomed.fromMs - half));
  const panned = await settled(page);
  await expect.poll(() => points(page), WAIT).toBe((await stored(hub, panned)).t.length);

  // Nothing of now comes into the past; live again, it does.
  await publishNow(hub, 30.5);
  await expect.poll(() => figureOf(page).locator(".figure-now").textContent(), WAIT).toContain("30.5");
  expect(await figureOf(page).locator("[data-stats]").textContent()).not.toContain("30.5");
  await page.getByRole("button", { name: "Back to live" }).click();
  await expect.poll(() => title(page), WAIT).toBe("Last 7 days");
  await expect.poll(() => figureOf(page).locator("[data-stats]").textContent(), WAIT).toContain("max 30.5");
  await publishNow(hub, 31.5);
  await expect.poll(() => figureOf(page).locator("[data-stats]").textContent(), WAIT).toContain("max 31.5");
  expect(failures).toEqual([]);
});

test("a live range of wide buckets goes on and equals a fresh page", async () => {
  const { hub, page, failures } = await opened();
  await page.getByRole("radio", { name: "30 d" }).click();
  await expect.poll(() => title(page), WAIT).toBe("Last 30 days");
  await expect.poll(() => points(page), WAIT).toBeGreaterThan(300);
  await showTables(page);
  expect(await figureOf(page).locator("tbody tr").count()).toBeLessThanOrEqual(48);
  for (const temperature of [31, 32, 33]) await publishNow(hub, temperature);
  await expect.poll(() => figureOf(page).locator("[data-stats]").textContent(), WAIT).toContain("max 33");

  const fresh = await openPage(page.context().browser() ?? (await openBrowser()), page.url());
  await expect.poll(() => points(fresh.page), WAIT).toBeGreaterThan(300);
  await showTables(fresh.page);
  await until("the page shows what a fresh one shows", async () => {
    const [ours, theirs] = await Promise.all([shown(page), shown(fresh.page)]);
    expect(ours).toEqual(theirs);
    return true;
  });
  expect([...failures, ...fresh.failures]).toEqual([]);
});

test("keys and wheel zoom where they are meant to, a plain wheel scrolls the page, and an own range is typed", async () => {
  const { page, failures } = await opened({ viewport: { width: 1024, height: 500 } });
  const span = async () => {
    const { fromMs, toMs } = await settled(page);
    return toMs - fromMs;
  };
  await plotOf(page).focus(); // and it is scrolled to
  await page.keyboard.press("+");
  expect(Math.abs((await span()) - DAY_MS / 2)).toBeLessThan(MINUTE_MS);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => figureOf(page).locator(".readout-at").textContent(), WAIT).toMatch(/°C/);
  await page.keyboard.press("0");
  await expect.poll(() => addressed(page), WAIT).toBeUndefined();

  await page.mouse.move(...(await boxOf(page)).at(0.5));
  const scrolledFrom = Number(await page.evaluate("scrollY"));
  await page.mouse.wheel(0, -40);
  await expect.poll(() => page.evaluate("scrollY"), WAIT).toBe(scrolledFrom - 40);
  expect(addressed(page)).toBeUndefined();
  await page.mouse.move(...(await boxOf(page)).at(0.5));
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await expect.poll(async () => (await span()) < 0.8 * DAY_MS, WAIT).toBe(true);

  // An own range is typed; a wrong one is refused with a reason.
  await page.getByRole("radio", { name: "Custom" }).click();
  await page.getByLabel("From", { exact: true }).fill("2026-03-02T10:00");
  await page.getByLabel("To", { exact: true }).fill("2026-03-01T10:00");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  expect(await page.getByRole("alert").textContent()).toBe("The end must be later than the beginning.");
  const to = page.getByLabel("To", { exact: true });
  expect(await to.evaluate("document.activeElement.name")).toBe("to");
  await to.fill("2026-03-03T10:00");
  await page.keyboard.press("Enter");
  await expect.poll(span, WAIT).toBe(DAY_MS);
  expect(failures).toEqual([]);
});

test("a gap is one in plot, table and file; the file has what is shown, and an empty range leads back", async () => {
  const { nowMs, hub, page, failures } = await opened();
  const window = { fromMs: nowMs - 16 * HOUR_MS, toMs: nowMs - 2 * HOUR_MS };
  const iso = (ms: number) => new Date(ms).toISOString();
  await page.goto(`${hub.url}/#/devices/${DEVICE}?from=${iso(window.fromMs)}&to=${iso(window.toMs)}`);
  const inside = await stored(hub, window);
  await expect.poll(() => points(page), WAIT).toBe(inside.t.length);

  // No pixel of the line's hue between the gap's neighbours, some on both of its sides.
  const place = (hours: number) => (nowMs - hours * HOUR_MS - window.fromMs) / (window.toMs - window.fromMs);
  const coloured = (from: number, to: number) => page.evaluate(colouredPixels, [place(from), place(to)] as const);
  await expect.poll(() => coloured(12, 9.1), WAIT).toBeGreaterThan(20);
  expect(await coloured(8.8, 6.2)).toBe(0);
  expect(await coloured(5.9, 4)).toBeGreaterThan(20);

  await figureOf(page)
    .getByRole("button", { name: /^Show as table/ })
    .click();
  const rows = await figureOf(page).locator("tbody tr").allTextContents();
  expect(rows.filter((row) => row.includes("no data")).length).toBeGreaterThanOrEqual(4);

  await page.getByRole("button", { name: "Download" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".download-panel").getByRole("button", { name: "Temperature" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^aerie_cellar_temperature_\d{8}T\d{6}Z_\d{8}T\d{6}Z\.csv$/);
  const file = path.join(tempDir(), "chart.csv");
  await download.saveAs(file);
  const [head, ...lines] = readFileSync(file, "utf8").trimEnd().split("\r\n");
  expect(head).toBe("\uFEFFtime,mean,min,max,count");
  const values = lines.filter((line) => !line.endsWith(",,,,"));
  expect(values).toEqual(inside.t.map((t, i) => `${iso(t)},${[inside.mean[i], inside.mean[i], inside.mean[i]]},1`));
  expect(lines.length - values.length).toBe(1);
  const href = await page.locator(".download-panel a", { hasText: "NDJSON" }).getAttribute("href");
  const asked = new URL(href ?? "", hub.url);
  expect(asked.pathname).toBe("/api/export");
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    devices: DEVICE,
    from: iso(window.fromMs),
    to: iso(window.toMs),
    format: "ndjson",
  });

  await page.goto(`${hub.url}/#/devices/${DEVICE}?from=2021-01-01T00:00:00Z&to=2021-01-02T00:00:00Z`);
  await page.getByRole("button", { name: "Show the newest readings" }).click();
  await expect.poll(() => points(page), WAIT).toBeGreaterThan(0);
  expect(failures).toEqual([]);
});

test("on a phone a vertical swipe scrolls, a horizontal one moves the crosshair, two fingers zoom; nothing hangs over", async () => {
  const phone = { viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true };
  const { page, failures } = await opened(phone);
  expect(await page.locator(".range-hint:visible").allTextContents()).toEqual([expect.stringContaining("two fingers")]);
  await figureOf(page).scrollIntoViewIfNeeded();
  const cdp = await page.context().newCDPSession(page);
  const { at, y } = await boxOf(page);
  const [middle] = at(0.5);
  const scrolledFrom = Number(await page.evaluate("scrollY"));
  await swipe(cdp, [[middle, y + 20]], [[middle, y + 180]]);
  await expect.poll(() => page.evaluate("scrollY"), WAIT).toBeLessThan(scrolledFrom);
  expect(addressed(page)).toBeUndefined();

  const moved = await boxOf(page);
  await swipe(cdp, [moved.at(0.2)], [moved.at(0.4)]);
  await expect.poll(() => figureOf(page).locator(".readout-at").count(), WAIT).toBe(1);
  expect(addressed(page)).toBeUndefined();

  await swipe(cdp, [moved.at(0.4), moved.at(0.6)], [moved.at(0.2), moved.at(0.8)]);
  const { fromMs, toMs } = await settled(page);
  expect((toMs - fromMs) / DAY_MS).toBeCloseTo(1 / 3, 1);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(failures).toEqual([]);
});

type Places = readonly (readonly [x: number, y: number])[];

async function swipe(cdp: CDPSession, from: Places, to: Places): Promise<void> {
  const steps = 8;
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", part: number) =>
    cdp.send("Input.dispatchTouchEvent", {
      type,
      touchPoints:
        type === "touchEnd"
          ? []
          : from.map(([x, y], id) => {
              const [toX = x, toY = y] = to[id] ?? [];
              return { id, x: x + (toX - x) * part, y: y + (toY - y) * part };
            }),
    });
  await touch("touchStart", 0);
  for (let step = 1; step <= steps; step += 1) await touch("touchMove", step / steps);
  await touch("touchEnd", 1);
}

/** How many pixels between two places of the temperature's plot are blue. Runs in the page. */
function colouredPixels([from, to]: readonly [number, number]): number {
  interface Canvas {
    width: number;
    height: number;
    clientWidth: number;
    getBoundingClientRect(): { left: number };
    getContext(kind: "2d"): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
  }
  const { document } = globalThis as unknown as { document: { querySelector(selector: string): Canvas | null } };
  const figure = 'figure[data-metric="temperature"] ';
  const canvas = document.querySelector(`${figure}canvas`);
  const area = document.querySelector(`${figure}.time-area`);
  if (canvas === null || area === null) return -1;
  const scale = canvas.width / canvas.clientWidth;
  const left = area.getBoundingClientRect().left - canvas.getBoundingClientRect().left;
  const x = (part: number) => Math.round((left + part * area.clientWidth) * scale);
  const { data } = canvas.getContext("2d").getImageData(x(from), 0, x(to) - x(from), canvas.height);
  let blue = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [r = 0, , b = 0, alpha = 0] = data.slice(at, at + 4);
    if (alpha > 100 && b - r > 60) blue += 1;
  }
  return blue;
}
