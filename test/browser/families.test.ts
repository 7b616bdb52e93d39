/** A house of 60 boards of all families: each kind has its card, with name and unit, within seconds of its first message. */
import { expect, test } from "vitest";
import type { DevicesPage } from "../../src/contract/rest.ts";
import { HOUSE, simulateHouse } from "../support/house.ts";
import { startHub } from "../support/hub/hub.ts";
import { openBrowser, openPage } from "../support/hub/page.ts";
import { ask } from "../support/hub/rest.ts";

const DEVICES = 60;
/** From the first message of a board to its card; the boards start within two seconds of each other. */
const WITHIN_MS = 5_000;
const BOOT_SPREAD_MS = 2_000;

test("cards with names and units, within five seconds", { timeout: 60_000 }, async () => {
  const hub = await startHub();
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/`, { locale: "en-US" });
  await page.locator('[data-state="live"]').waitFor();
  const startedAtMs = performance.now();
  simulateHouse(hub.mqttUrl, { devices: DEVICES, intervalMs: 2_000 });

  const shownAfterMs = await Promise.all(
    HOUSE.map(async ({ family, id, name, unit }) => {
      const { source } = id;
      const card = page.locator("[data-device-id]").filter({ hasText: name ?? "" });
      const ofFamily = card.and(page.locator(`xpath=//*[starts-with(@data-device-id, "${plainStart(source)}")]`));
      await ofFamily
        .first()
        .getByText(unit === "" ? /\d/ : unit)
        .first()
        .waitFor({ timeout: 20_000 });
      return { family, afterMs: Math.round(performance.now() - startedAtMs) };
    }),
  );
  console.log(`cards after ms: ${shownAfterMs.map(({ family, afterMs }) => `${family} ${afterMs}`).join(", ")}`);

  expect(shownAfterMs.filter(({ afterMs }) => afterMs > BOOT_SPREAD_MS + WITHIN_MS)).toEqual([]);
  expect(failures).toEqual([]);
  const { total } = (await ask<DevicesPage>(hub, "/api/devices?limit=1")).body;
  // Boards with topics of their own need a mapping first.
  expect(total).toBeGreaterThanOrEqual(DEVICES - 5);
});

/** The part of an id's pattern before its first special character. */
const plainStart = (source: string): string => /^\^?([\w:-]*)/.exec(source)?.[1] ?? "";
