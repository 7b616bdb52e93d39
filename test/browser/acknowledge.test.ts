/** Whoever taps the link of a notification sees what it is about, and acknowledges with one button, or silences it. */
import { expect, test } from "vitest";
import type { SilencesAnswer } from "../../src/contract/answers/alert-answers.ts";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { startHub, tempDir } from "../support/hub/hub.ts";
import { look, openBrowser, openPage } from "../support/hub/page.ts";
import { ask } from "../support/hub/rest.ts";
import { ruleFields, webhook, writeAlertRecords } from "../support/notify/alert-records.ts";
import { openKeepingReceiver } from "../support/notify/keeping-receiver.ts";
import { until } from "../support/until.ts";

test("the page of a link asks, and its buttons acknowledge or silence, in a real browser", async () => {
  const receiver = await openKeepingReceiver();
  const dataDir = tempDir();
  const publicUrl = "http://hub.example";
  const name = "Gas <script>alert(1)</script>";
  await writeAlertRecords(dataDir, {
    rules: {
      gas: ruleFields(name, { kind: "above", metric: "gas", threshold: 50 }),
      heat: ruleFields("Heat", { kind: "above", metric: "heat", threshold: 50 }),
    },
    channels: { hook: webhook(receiver.url) },
  });
  const hub = await startHub({ settings: { dataDir, publicUrl } });
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/kitchen/telemetry", '{"gas":60}', { qos: 1 });
  const link = await until("a message comes", () => receiver.messages[0]?.acknowledgeUrl);
  const { page, failures } = await openPage(await openBrowser(), link.replace(publicUrl, hub.url), {
    viewport: { width: 360, height: 640 },
  });
  expect(await page.textContent("h1")).toBe("Acknowledge this alert?");
  expect(await page.textContent("li strong")).toBe(`${name}, kitchen`);
  // Where no script of the page needs to run.
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("heading", { name: "Acknowledged" }).waitFor();
  const { body } = await ask<{ alerts: { acknowledged?: { by: string } }[] }>(hub, "/api/alerts");
  expect(body.alerts[0]?.acknowledged?.by).toBe("link (webhook)");
  await page.goto(link.replace(publicUrl, hub.url));
  expect(await page.textContent("h1")).toBe("This link was used already");

  // The next one is silenced for a night instead.
  await board.publish("devices/kitchen/telemetry", '{"heat":60}', { qos: 1 });
  const next = await until("it comes", () => receiver.messages[1]?.acknowledgeUrl);
  await page.goto(next.replace(publicUrl, hub.url));
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  await look(page, "acknowledge-phone");
  await page.getByRole("button", { name: "8 hours" }).click();
  await page.getByRole("heading", { name: "Silenced" }).waitFor();
  const { silences } = (await ask<SilencesAnswer>(hub, "/api/silences")).body;
  expect(silences).toMatchObject([{ ruleId: "heat", deviceId: "kitchen", by: "link (webhook)" }]);
  const [{ at, until: end } = expect.fail("there is one")] = silences;
  expect(Math.round((Date.parse(end) - Date.parse(at)) / 60_000)).toBe(8 * 60);
  await page.goto(next.replace(publicUrl, hub.url));
  expect(await page.textContent("h1")).toBe("This link was used already");
  expect(failures).toEqual([]);
});
