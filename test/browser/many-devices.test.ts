/** With more devices than a page of the list, the overview says which of them it counts; the Inspector offers limits that the hub takes. */
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { startHub } from "../support/hub/hub.ts";
import { openBrowser, openPage } from "../support/hub/page.ts";

const WAIT = { timeout: 30_000 };
const PART = "among the 100 loaded of 101";

test("counts and an empty filter are said to be of the loaded devices, until all are loaded", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const ids = Array.from({ length: 101 }, (_, index) => `device-${index}`);
  await Promise.all(ids.map((id) => board.publish(`devices/${id}/telemetry`, '{"temperature":20}', { qos: 1 })));
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/`, { locale: "en-US" });

  await page.getByText(PART, { exact: true }).waitFor(WAIT);
  await page.getByRole("button", { name: "Offline 0" }).click();
  await page.getByText(`There is no offline device ${PART}.`).waitFor(WAIT);
  await page.getByRole("button", { name: "Show all devices" }).click();
  await page.getByRole("button", { name: "Load more" }).click();
  await page.getByRole("button", { name: "All 101" }).waitFor(WAIT);
  expect(await page.getByText("loaded of").count()).toBe(0);
  await page.getByRole("button", { name: "Offline 0" }).click();
  await page.getByText("There is no offline device.", { exact: true }).waitFor(WAIT);
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
