/** A device's charts in a real browser: their range, chosen, zoomed, panned, gone back from; compared, downloaded; by mouse, keys and fingers. */
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

/** There is one reading between two gaps. */
const LONE_HOURS = 8;

/** Half-hourly for 30 days; with one only between 6 and 10 hours ago. */
async function publishMonth({ mqttUrl }: HubAddress, nowMs: number): Promise<void> {
  const board = await connectJs(mqttUrl);
  const steps = Array.from({ length: 30 * 48 }, (_, index) => index / 2);
  const readings = steps
    .filter((hours) => hours <= 6 || hours >= 10 || hours === LONE_HOURS)
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

async function seriesOf(hub: HubAddress, id: string, { fromMs, toMs }: { fromMs: number; toMs: number }) {
  const query = `metrics=temperature,humidity&from=${fromMs}&to=${toMs}&points=1000`;
  const answer = await fetch(`${hub.url}/api/devices/${id}/series?${query}`);
  return ((await answer.json()) as SeriesAnswer).metrics;
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
  await page.addInitScript(rememberWords);
  await page.reload();
  const window = { fromMs: nowMs - 16 * HOUR_MS, toMs: nowMs - 2 * HOUR_MS };
  const iso = (ms: number) => new Date(ms).toISOString();
  await page.goto(`${hub.url}/#/devices/${DEVICE}?from=${iso(window.fromMs)}&to=${iso(window.toMs)}`);
  const inside = await stored(hub, window);
  await expect.poll(() => points(page), WAIT).toBe(inside.t.length);

  // No pixel of the line's hue between the gap's neighbours, some on both of its sides.
  const place = (hours: number) => (nowMs - hours * HOUR_MS - window.fromMs) / (window.toMs - window.fromMs);
  const coloured = (from: number, to: number) =>
    page.evaluate(colouredPixels, [place(from), place(to), "blue"] as const);
  await expect.poll(() => coloured(12, 10.1), WAIT).toBeGreaterThan(20);
  expect(await coloured(9.8, 8.2)).toBe(0);
  expect(await coloured(7.8, 6.2)).toBe(0);
  expect(await coloured(8.1, 7.9)).toBeGreaterThan(4); // the one between two gaps
  expect(await coloured(5.9, 4)).toBeGreaterThan(20);

  await figureOf(page)
    .getByRole("button", { name: /^Show as table/ })
    .click();
  const rows = await figureOf(page)
    .locator("tbody tr")
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent).join("\t")));
  expect(rows.filter((row) => row.includes("no data")).length).toBeGreaterThanOrEqual(4);

  await page.getByRole("button", { name: "Download" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".download-panel").getByRole("button", { name: "Temperature as CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^aerie_cellar_temperature_\d{8}T\d{6}Z_\d{8}T\d{6}Z\.csv$/);
  const file = path.join(tempDir(), "chart.csv");
  await download.saveAs(file);
  const [head, ...lines] = readFileSync(file, "utf8").trimEnd().split("\r\n");
  expect(head).toBe("\uFEFFtime,mean,min,max,count");
  const values = lines.filter((line) => !line.endsWith(",,,,"));
  expect(values).toEqual(inside.t.map((t, i) => `${iso(t)},${[inside.mean[i], inside.mean[i], inside.mean[i]]},1`));
  expect(lines.length - values.length).toBe(2);
  // What the file has is what the table has: the same readings, gathered into its rows.
  const filled = rows.filter((row) => !row.includes("no data")).map((row) => row.split("\t"));
  expect(filled.reduce((sum, cells) => sum + Number(cells.at(-1)), 0)).toBe(values.length);
  const column = (at: number) => filled.map((cells) => Number(cells[at]?.replace("−", "-")));
  const means = values.map((line) => Number(line.split(",")[1]));
  expect([Math.min(...column(2)), Math.max(...column(3))]).toEqual([Math.min(...means), Math.max(...means)]);

  // The picture is twice as fine as the screen, and says what it is of.
  const [picture] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".download-panel").getByRole("button", { name: "Temperature as PNG" }).click(),
  ]);
  expect(picture.suggestedFilename()).toMatch(/^aerie_cellar_temperature_.*\.png$/);
  const png = path.join(tempDir(), "chart.png");
  await picture.saveAs(png);
  expect(readFileSync(png).readUInt32BE(16)).toBe(2 * 960); // the width, in PNG's first chunk
  const drawn = await page.evaluate<string[]>("window.drawnWords");
  expect(drawn).toContain("cellar · Temperature (°C)");
  const shownRange = (await title(page)) ?? "";
  expect(drawn.some((words) => words.startsWith(`${shownRange} (`))).toBe(true);
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

  // The value under the finger stands below the head, wholly in view, wherever the figure's own head is.
  const figureTop = (await figureOf(page).boundingBox())?.y ?? 0;
  await page.evaluate(`scrollBy(0, ${Math.round(figureTop - 20)})`);
  const moved = await boxOf(page);
  await swipe(cdp, [moved.at(0.2)], [moved.at(0.4)]);
  await expect.poll(() => figureOf(page).locator(".readout-at").count(), WAIT).toBe(1);
  expect(addressed(page)).toBeUndefined();
  const line = page.locator(".scrub-line");
  expect(await line.textContent()).toBe(`Temperature ${await figureOf(page).locator(".readout-at").textContent()}`);
  const [pinned, head] = [await line.boundingBox(), await page.locator(".device-head").boundingBox()];
  expect(pinned?.y).toBe((head?.y ?? 0) + (head?.height ?? 0));
  expect(pinned?.x).toBeGreaterThanOrEqual(0);
  expect((pinned?.x ?? 0) + (pinned?.width ?? 0)).toBeLessThanOrEqual(390);

  await swipe(cdp, [moved.at(0.4), moved.at(0.6)], [moved.at(0.2), moved.at(0.8)]);
  const { fromMs, toMs } = await settled(page);
  expect((toMs - fromMs) / DAY_MS).toBeCloseTo(1 / 3, 1);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);

  // The range is chosen in a sheet from below, which goes when it was.
  const tiles = await page.locator(".tile").evaluateAll((all) => all.map((tile) => tile.getBoundingClientRect().left));
  expect(new Set(tiles).size).toBe(2);
  await page.getByRole("button", { name: "Range: custom" }).tap();
  const sheet = await page.getByRole("dialog").boundingBox();
  expect(Math.round((sheet?.y ?? 0) + (sheet?.height ?? 0))).toBe(700);
  await page.getByRole("radio", { name: "7 d" }).tap();
  await expect.poll(() => page.getByRole("dialog").count(), WAIT).toBe(0);
  await page.getByRole("button", { name: "Range: 7 d" }).waitFor(WAIT);
  expect(failures).toEqual([]);
});

test("yesterday is compared by the clock of the viewer's zone, on the day with 25 hours, too; the crosshair is one", {
  timeout: 60_000,
}, async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const step = HOUR_MS / 2;
  const [first, end] = [Date.parse("2026-10-23T22:00Z"), Date.parse("2026-10-25T23:00Z")]; // midnights in Berlin
  const values = (index: number) => ({ temperature: index, humidity: (index * 7) % 90 });
  const readings = Array.from({ length: (end - first) / step }, (_, index) => ({
    ts: first + index * step,
    values: values(index),
  }));
  await board.publish(`devices/${DEVICE}/telemetry`, JSON.stringify(readings), { qos: 1 });
  const others = readings.map(({ ts, values: { temperature } }) => ({ ts, values: { temperature: temperature - 3 } }));
  await board.publish("devices/attic/telemetry", JSON.stringify(others), { qos: 1 });
  await board.client.endAsync();

  const range = "from=2026-10-24T22:00:00Z&to=2026-10-25T23:00:00Z";
  const { page, failures } = await openPage(
    await openBrowser(),
    `${hub.url}/#/devices/${DEVICE}?${range}&compare=yesterday`,
    { timezoneId: "Europe/Berlin", locale: "en-US", viewport: { width: 1024, height: 900 } },
  );
  await page.locator("figure [data-compared]").first().waitFor(WAIT);
  await page.getByText("The clocks were changed").waitFor(WAIT);
  const readouts = async () => {
    const { at } = await boxOf(page);
    const all: (readonly [string, string])[] = [];
    for (let part = 0.01; part < 1; part += 0.03) {
      await page.mouse.move(...at(part));
      const [temperature = "", humidity = ""] = await Promise.all(
        ["temperature", "humidity"].map((metric) =>
          page.locator(`figure[data-metric="${metric}"] .readout`).innerText(),
        ),
      );
      all.push([temperature, humidity]);
    }
    return all;
  };
  const stored = await seriesOf(hub, DEVICE, { fromMs: first, toMs: end });
  const valueAt = (metric: "temperature" | "humidity", ms: number) =>
    stored[metric]?.mean[stored[metric]?.t.indexOf(ms) ?? -1];
  const change = Date.parse("2026-10-25T01:00Z");
  const seen = new Set<number>();
  const parts = /^(.+) · ([\d.]+)\s?\S+ · (\S+) ([\d.]+) · ([+−])([\d.]+)$/;
  for (const [temperature, humidity] of await readouts()) {
    const [, time = "", value, words, other, sign, difference] = parts.exec(temperature) ?? [];
    const ms = first + Number(value) * step;
    expect(valueAt("temperature", ms)).toBe(Number(value));
    const before = ms - (ms < change ? 24 : 25) * HOUR_MS;
    expect([words, Number(other)], temperature).toEqual(["yesterday", valueAt("temperature", before)]);
    expect(sign === "+" ? Number(difference) : -Number(difference)).toBe(Number(value) - Number(other));
    // One crosshair: the other chart shows the same instant.
    expect(humidity.startsWith(`${time} · ${valueAt("humidity", ms)}`), humidity).toBe(true);
    expect(humidity).toContain(`yesterday ${valueAt("humidity", before)}`);
    seen.add(Number(difference));
  }
  expect([...seen].sort()).toEqual([48, 50]);

  // The dashed line is drawn, and goes with the comparison. Another device is compared at the same instants.
  const dashed = () => page.evaluate(colouredPixels, [0, 1, "grey"] as const);
  await page.mouse.move(0, 0);
  const withLine = await dashed();
  await page.getByLabel("Compare").selectOption("none");
  await expect.poll(dashed, WAIT).toBeLessThan(withLine - 100);
  await page.getByLabel("Compare").selectOption("device");
  await page.getByLabel("Device to compare with").fill("attic");
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await expect.poll(() => new URL(page.url()).hash, WAIT).toContain("compare=device%3Aattic");
  await figureOf(page).locator("[data-compared]", { hasText: "attic" }).waitFor(WAIT);
  for (const [temperature] of (await readouts()).slice(0, 5))
    expect(temperature).toMatch(/ · attic [\d.]+ · \+3(\.0)?$/);
  expect(failures).toEqual([]);
});

test("fifty opens of a device leave no listener and no chart behind", { timeout: 180_000 }, async () => {
  const { page, failures } = await opened();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  const held = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    const { metrics } = await cdp.send("Performance.getMetrics");
    const { result } = await cdp.send("Runtime.evaluate", { expression: "HTMLCanvasElement.prototype" });
    const found = await cdp.send("Runtime.queryObjects", { prototypeObjectId: result.objectId ?? "" });
    const canvases = await cdp.send("Runtime.callFunctionOn", {
      objectId: found.objects.objectId ?? "",
      functionDeclaration: "function () { return this.length; }",
      returnByValue: true,
    });
    await cdp.send("Runtime.releaseObject", { objectId: found.objects.objectId ?? "" });
    const listeners = metrics.find(({ name }) => name === "JSEventListeners")?.value ?? 0;
    return { canvases: Number(canvases.result.value), listeners };
  };
  const open = async (times: number) => {
    await page.evaluate(openAndLeave, [`#/devices/${DEVICE}`, times] as const);
    await page.locator("main [data-device-id]").first().waitFor(WAIT); // the overview is whole again, with its own listeners
  };
  await open(3);
  const before = await held();
  await open(50);
  // What the last page had is freed a moment later.
  await expect.poll(async () => (await held()).canvases, WAIT).toBeLessThanOrEqual(before.canvases);
  await expect.poll(async () => (await held()).listeners, WAIT).toBeLessThan(before.listeners + 25); // a leak is one of each open
  expect(failures).toEqual([]);
});

/** Runs in the page. */
async function openAndLeave([hash, times]: readonly [string, number]): Promise<void> {
  const page = globalThis as unknown as {
    location: { hash: string };
    document: { querySelector(selector: string): unknown };
    requestAnimationFrame(run: () => void): void;
  };
  const whenThere = async (selector: string) => {
    while (page.document.querySelector(selector) === null)
      await new Promise<void>((resolve) => page.requestAnimationFrame(resolve));
  };
  for (let time = 0; time < times; time += 1) {
    page.location.hash = hash;
    await whenThere("figure .u-over");
    page.location.hash = "#/";
    await whenThere("main:not(:has(figure)) h1");
  }
}

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

/** Keeps what is written on any canvas. Runs in the page. */
function rememberWords(): void {
  const page = globalThis as unknown as {
    drawnWords: string[];
    CanvasRenderingContext2D: { prototype: { fillText(words: string, ...at: number[]): void } };
  };
  page.drawnWords = [];
  const { prototype } = page.CanvasRenderingContext2D;
  const { fillText } = prototype;
  prototype.fillText = function (words, ...at) {
    page.drawnWords.push(words);
    fillText.call(this, words, ...at);
  };
}

/** How many pixels between two places of the temperature's plot are blue, or grey and dark. Runs in the page. */
function colouredPixels([from, to, hue]: readonly [number, number, "blue" | "grey"]): number {
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
  let many = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [r = 0, , b = 0, alpha = 0] = data.slice(at, at + 4);
    if (alpha > 100 && (hue === "blue" ? b - r > 60 : b - r < 60 && r < 140)) many += 1;
  }
  return many;
}
