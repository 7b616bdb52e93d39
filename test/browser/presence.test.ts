/** Presence in words and shapes: late and asleep, in the list and on the device's page, as it changes. */
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../support/clock/shifted-clock.ts";
import { startHub } from "../support/hub/hub.ts";
import { openBrowser, openPage } from "../support/hub/page.ts";

const WAIT = { timeout: 30_000 };
const MINUTE_MS = 60_000;

test("a board that is overdue is late, one that comes to send is asleep, and both count as online", {
  timeout: 60_000,
}, async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const boiler = await connectJs(hub.mqttUrl, { clientId: "boiler", keepalive: 0 });
  const send = () => boiler.publish("devices/boiler/telemetry", '{"temperature":21}', { qos: 1 });
  for (let visits = 0; visits < 4; visits++) {
    const garden = await connectJs(hub.mqttUrl, { clientId: "garden" });
    await garden.publish("devices/garden/telemetry", '{"moisture":41}', { qos: 1 });
    await garden.leave();
    await send();
    clock.pass(30_000);
  }
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/`);
  const card = (id: string) => page.locator(`[data-device-id="${id}"]`);
  const trouble = (id: string) => card(id).locator("[data-trouble]");
  await trouble("garden").waitFor(WAIT);
  expect(await card("garden").getAttribute("data-presence")).toBe("asleep");
  expect(await trouble("garden").innerText()).toMatch(/^asleep since \d/);
  expect(await card("boiler").getAttribute("data-presence")).toBe("online");
  expect(await trouble("boiler").count()).toBe(0); // what is well needs no word

  clock.pass(MINUTE_MS + 1_000);
  await expect.poll(() => trouble("boiler").innerText({ timeout: 1_000 }), WAIT).toMatch(/^late since \d/);
  expect(await trouble("boiler").locator("svg").getAttribute("data-icon")).toBe("late");
  await expect.poll(() => page.locator('[data-filter="late"]').innerText(), WAIT).toMatch(/\b1\b/);

  const mark = (id: string) => page.locator(`[data-device-id="${id}"] .presence`);
  await page.locator('[data-device-id="boiler"] a').click();
  await expect.poll(() => mark("boiler").innerText(), WAIT).toMatch(/^late since \d/);
  // Neither the mark nor the charts are green on it, and "Why?" has what the broker knows.
  const badge = page.locator(".charts-head .badge");
  expect(await badge.innerText()).toBe("Late: no new readings");
  await page.getByRole("button", { name: "Why?" }).click();
  const fact = (name: string) => page.locator(`[data-why="${name}"]`).innerText();
  expect(await page.locator(".why-verdict").innerText()).toMatch(/^Late: it is connected, but .* longer than 1 min/);
  expect(await fact("connection")).toBe("A connection of its own is open");
  expect(await fact("availability")).toBe("Nothing that still holds");
  expect(await fact("reading")).toMatch(/^1 min ago/);
  expect(await fact("interval")).toMatch(/^3\d s/);

  await send();
  await expect.poll(() => mark("boiler").innerText(), WAIT).toMatch(/^online since \d/);
  await expect.poll(() => badge.innerText(), WAIT).toMatch(/Live$/);
  await expect.poll(() => page.locator(".why-verdict").innerText(), WAIT).toMatch(/^Online: /);

  // Unplugged: first overdue or gone, then offline; the facts say so.
  boiler.client.stream.destroy();
  clock.pass(2 * MINUTE_MS);
  await expect.poll(() => mark("boiler").innerText(), WAIT).toMatch(/^offline since \d/);
  await expect.poll(() => fact("connection"), WAIT).toBe("No connection of its own");
  await expect.poll(() => page.locator(".why-verdict").innerText(), WAIT).toMatch(/^Offline: it is not connected/);
  expect(await badge.innerText()).toBe("Offline: no new readings");
  await expect.poll(() => page.locator("[data-lane] .lane-offline").count(), WAIT).toBeGreaterThan(0);

  // On a paused page, too, what is opened has its true age.
  await page.getByRole("button", { name: "Pause updates" }).click();
  clock.pass(20 * MINUTE_MS);
  const openedAge = async () => {
    await page.evaluate("location.hash = '#/'");
    await card("boiler").waitFor(WAIT);
    await page.evaluate("location.hash = '#/devices/boiler'");
    return page.locator(".device-head time").first().innerText();
  };
  await expect.poll(openedAge, WAIT).toMatch(/^2\d min ago$/);
  expect(failures).toEqual([]);
});
