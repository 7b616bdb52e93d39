/** The dashboard while MongoDB is away and when it is back, in a real browser, on a desk and on a phone. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, onTestFailed, onTestFinished, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { spawnHub } from "../support/hub/hub.ts";
import { openBrowser, openPage } from "../support/hub/page.ts";
import { ask } from "../support/hub/rest.ts";
import { databaseUrl, isMongodSkipped, launchMongod } from "../support/mongodb/mongod.ts";
import { until } from "../support/until.ts";

const MINUTE_MS = 60_000;
const WAIT = { timeout: 30_000 };
/** A folder, for who wants to look. */
const SCREENSHOTS = process.env["AERIE_TEST_SCREENSHOTS"];

async function look(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

describe.skipIf(isMongodSkipped)("with MongoDB away", () => {
  test("values go on, charts show what waits and say so, and are whole by themselves when it is back", async () => {
    const mongod = await launchMongod();
    onTestFinished(() => mongod.dispose());
    const hub = await spawnHub({ env: { AERIE_MONGODB_URL: databaseUrl(mongod) } });
    // It failed once on a busy machine, and then it says on which side.
    let said = "";
    onTestFailed(() => console.log(said, hub.logged.slice(-20)));
    const board = await connectJs(hub.mqttUrl);
    const publish = (reading: object) => board.publish("devices/cellar/telemetry", JSON.stringify(reading), { qos: 1 });
    const nowMs = Date.now();
    for (let minute = 50; minute >= 1; minute--) {
      await publish({
        ts: nowMs - minute * MINUTE_MS,
        temperature: 20 + Math.sin(minute / 5),
        humidity: 50 + minute / 10,
      });
    }
    const browser = await openBrowser();
    const desk = await openPage(browser, `${hub.url}/#/devices/cellar`);
    const phone = await openPage(browser, `${hub.url}/#/devices/cellar`, {
      viewport: { width: 390, height: 844 },
      isMobile: true,
    });
    const pages = [desk.page, phone.page];
    const points = async (page: Page) =>
      Number(await page.locator('figure[data-metric="temperature"]').getAttribute("data-points"));
    for (const page of pages) await expect.poll(() => points(page), WAIT).toBe(50);

    await mongod.kill();
    await publish({ temperature: 25.5, humidity: 60 });
    for (const page of pages) {
      await page.locator('[data-note="degraded"]').waitFor(WAIT);
      await expect
        .poll(() => page.locator('[data-metric="temperature"]').first().textContent(), WAIT)
        .toContain("25.5");
    }
    // What was drawn stays; who opens a chart now is told what it is.
    const late = await openPage(browser, `${hub.url}/#/devices/cellar`);
    await late.page.locator('[data-note="partial"]').waitFor(WAIT);
    await expect.poll(() => points(late.page), WAIT).toBe(1);
    await look(desk.page, "away-desk");
    await look(phone.page, "away-phone");
    await look(late.page, "away-late");

    await mongod.start();
    for (const page of [...pages, late.page]) {
      await expect.poll(() => points(page), { timeout: 30_000 }).toBe(51);
      for (const note of ["partial", "degraded"]) {
        await page
          .locator(`[data-note="${note}"]`)
          .waitFor({ state: "detached", ...WAIT })
          .catch(async (error: unknown) => {
            const shown = await page.locator(`[data-note="${note}"]`).allTextContents();
            said = JSON.stringify({ shown, hub: (await ask(hub, "/readyz")).body });
            throw error;
          });
      }
    }
    await look(late.page, "back");
    await until("no page failed", () => [desk, phone, late].every(({ failures }) => failures.length === 0));
  });
});
