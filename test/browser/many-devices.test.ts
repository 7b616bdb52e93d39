/** With more devices than a page of the list: what the hub counts and finds over all of them is what the page shows. The Inspector offers limits that the hub takes. */
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { startHub } from "../support/hub/hub.ts";
import { openBrowser, openPage } from "../support/hub/page.ts";

const WAIT = { timeout: 30_000 };

test("counters, filters, search and groups are of all devices, and the address keeps them", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const ids = Array.from({ length: 150 }, (_, index) => `device-${index}`);
  await Promise.all(ids.map((id) => board.publish(`devices/${id}/telemetry`, '{"temperature":20}', { qos: 1 })));
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/`, { locale: "en-US" });

  await page.getByRole("button", { name: "All 150" }).waitFor(WAIT);
  await page.getByRole("button", { name: "Offline 0" }).click();
  await page.getByText("No device is offline.").waitFor(WAIT);
  expect(page.url()).toContain("state=offline");
  await page.getByRole("button", { name: "Show all devices" }).click();
  await page.getByRole("searchbox").fill("device-149");
  await page.getByText("1 match").waitFor(WAIT);
  expect(await page.locator("[data-device-id]").count()).toBe(1);
  await page.reload();
  await page.locator('[data-device-id="device-149"]').waitFor(WAIT);
  expect(await page.locator("[data-device-id]").count()).toBe(1);
  expect(failures).toEqual([]);
});

test("a limit at its maximum is not offered", async () => {
  const hub = await startHub({ settings: { maxTopicBytes: 65_535 } });
  const board = await connectJs(hub.mqttUrl);
  void board.client.publish(Array.from({ length: 101 }, () => "a").join("/"), "x", { qos: 0 });
  const { page } = await openPage(await openBrowser(), `${hub.url}/#/inspector`, { locale: "en-US" });
  const row = page.locator('tr[data-code="TOPIC_TOO_LONG"]');
  await row
    .getByText(
      "This limit cannot be raised: it has its highest value (AERIE_MAX_TOPIC_BYTES=65535, AERIE_MAX_TOPIC_LEVELS=100).",
    )
    .waitFor(WAIT);
  expect(await row.getByText("Raise the limit").count()).toBe(0);
});
