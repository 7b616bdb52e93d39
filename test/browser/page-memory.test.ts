/** Pages that stay open for hours while boards send: what they hold does not grow. The hub's clock is moved on, and pages follow it. */
import type { CDPSession, Page } from "playwright-core";
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../support/clock/shifted-clock.ts";
import { startHub } from "../support/hub/hub.ts";
import { openBrowser, openPage } from "../support/hub/page.ts";

/** Simulated; `npm run soak` sets 8. */
const HOURS = Number(process.env["AERIE_TEST_PAGE_HOURS"] ?? 0.1);
const STEP_MS = 60_000;
const STEPS = Math.round((HOURS * 3_600_000) / STEP_MS);
/** Until the chart's range is full: what it holds then is all that it needs. */
const FIRST_STEPS = Math.min(90, Math.ceil(STEPS / 3));
/** Each sends as often in a step. */
const BOARDS = 12;
const READINGS = 12;
const MOST_GROWTH_MB = 5;
const WAIT = { timeout: 30_000 };

async function heapOf(page: Page): Promise<() => Promise<number>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  return async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize / 1e6;
  };
}

test("neither the overview nor a device's page holds more after hours than when its charts were full", {
  timeout: 60_000 + STEPS * 5_000,
}, async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const gateway = await connectJs(hub.mqttUrl);
  const browser = await openBrowser();

  /** A minute of all boards; the last value says which it was. */
  async function minute(step: number): Promise<string> {
    clock.pass(STEP_MS);
    const nowMs = clock.nowMs();
    const last = String(100 + step);
    for (let board = 0; board < BOARDS; board++) {
      const readings = Array.from({ length: READINGS }, (_, at) => ({
        ts: nowMs - ((READINGS - 1 - at) * STEP_MS) / READINGS,
        values: {
          temperature: at === READINGS - 1 ? Number(last) : 20 + (at + board) / 7,
          humidity: 40 + at,
          isOpen: at % 5 === 0,
        },
      }));
      await gateway.publish(`devices/board-${board}/telemetry`, JSON.stringify(readings), { qos: 1 });
    }
    return last;
  }

  await minute(0);
  const overview = await openPage(browser, `${hub.url}/`, { locale: "en-US" });
  const device = await openPage(browser, `${hub.url}/#/devices/board-0`, { locale: "en-US" });
  const pages = [overview, device];
  const shows = (page: Page, value: string) =>
    page.locator('[data-metric="temperature"]', { hasText: value }).first().waitFor(WAIT);
  const heaps = await Promise.all(pages.map(({ page }) => heapOf(page)));
  const before: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    const last = await minute(step);
    await Promise.all(pages.map(({ page }) => shows(page, last)));
    if (step === FIRST_STEPS) before.push(...(await Promise.all(heaps.map((heap) => heap()))));
  }
  const after = await Promise.all(heaps.map((heap) => heap()));
  const grownMb = after.map((mb, at) => mb - (before[at] ?? 0));
  console.log(
    `MB of overview and device: ${before.map((mb) => mb.toFixed(1))}, after ${HOURS} h ${after.map((mb) => mb.toFixed(1))}`,
  );
  for (const mb of grownMb) expect(mb).toBeLessThan(MOST_GROWTH_MB);
  expect(pages.flatMap(({ failures }) => failures)).toEqual([]);
});
