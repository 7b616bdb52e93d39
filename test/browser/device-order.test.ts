/** The order of the overview: it follows states at rest, stays as it is under a pointer, moves nothing else, and can be walked by keys. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Device } from "../../src/contract/readings.ts";
import type { DevicesPage } from "../../src/contract/rest.ts";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { startHub } from "../support/hub/hub.ts";
import { look, openBrowser, openPage, violations } from "../support/hub/page.ts";
import { ask } from "../support/hub/rest.ts";
import { ruleFields } from "../support/notify/alert-records.ts";

const WAIT = { timeout: 30_000 };
const IDS = ["a", "b", "c", "d"].map((letter) => `board-${letter}`);
const FLAPS = 12;
/** A metric of one row that changes its column each time makes 0.004. */
const MOST_SHIFT = 0.002;

/** Ids in the order in which they are seen. */
async function seenOrder(page: Page): Promise<string[]> {
  const links = await page.locator("[data-row]").all();
  const seen = await Promise.all(
    links.map(async (link) => ({ id: await link.innerText(), box: await link.boundingBox() })),
  );
  return seen.sort((a, b) => (a.box?.y ?? 0) - (b.box?.y ?? 0)).map(({ id }) => id);
}

/** How far what nobody moved has moved, as browsers measure it. */
const shiftOf = (page: Page): Promise<number> =>
  page.evaluate(
    `new Promise((done) => new PerformanceObserver((list) => done(
      list.getEntries().reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0)
    )).observe({ type: "layout-shift", buffered: true }) ?? setTimeout(() => done(0), 500))`,
  );

test("a board in alarm comes first at rest, but not under the pointer; nothing else moves, and arrow keys walk", {
  timeout: 90_000,
}, async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const say = (id: string, temperature: number, humidity = 40) =>
    board.publish(`devices/${id}/telemetry`, JSON.stringify({ temperature, humidity }), { qos: 1 });
  for (const id of IDS) await say(id, 20);
  for (const [name, metric, threshold] of [
    ["Hot", "temperature", 50],
    ["Damp", "humidity", 90],
  ] as const)
    await ask(hub, "/api/rules", { method: "POST", body: ruleFields(name, { kind: "above", metric, threshold }) });
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/#/?view=table`, { locale: "en-US" });
  await page.locator('[data-state="live"]').waitFor(WAIT);
  await page
    .locator("[data-device-id]")
    .nth(IDS.length - 1)
    .waitFor(WAIT);
  const before = await seenOrder(page);
  const last = before.at(-1) ?? "";

  await page.locator(".devices").hover();
  await say(last, 62);
  await page.locator("[data-moved]").getByText("1 board moved").waitFor(WAIT);
  // Longer than what would be rest without the pointer.
  const age = page.locator(`[data-device-id="${last}"] time`);
  await age.filter({ hasText: /^[5-9] s$/ }).waitFor(WAIT);
  expect(await seenOrder(page)).toEqual(before);
  await page.mouse.move(0, 0);
  await expect.poll(() => seenOrder(page), WAIT).toEqual([last, ...before.slice(0, -1)]);
  expect(await page.locator("[data-moved]").count()).toBe(0);

  const shiftedBefore = await shiftOf(page);
  for (let flap = 0; flap < FLAPS; flap++) {
    const flapping = await connectJs(hub.mqttUrl, { clientId: `${IDS[flap % 2]}` });
    await flapping.publish(`devices/${IDS[flap % 2]}/telemetry`, '{"temperature":21}', { qos: 1 });
    await flapping.leave();
    // Another of its metrics is what is wrong each time, and each time that is seen.
    await (flap % 2 === 0 ? say(last, 20, 95) : say(last, 62));
    await page
      .locator("[data-attention='1'] .problem-words")
      .getByText(flap % 2 === 0 ? /^Humidity/ : /^Temperature/)
      .waitFor(WAIT);
  }
  const shift = (await shiftOf(page)) - shiftedBefore;
  console.log(`layout shift of ${FLAPS} changes: ${shift.toFixed(4)}`);
  expect(shift).toBeLessThan(MOST_SHIFT);

  await page.getByRole("button", { name: "Cards" }).click();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Table" }).click();
  await page.keyboard.press("/");
  for (let presses = 0; presses < 10 && !(await isInList(page)); presses++) await page.keyboard.press("Tab");
  const order = await seenOrder(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: order[2] ?? "" }).waitFor(WAIT);
  expect(failures).toEqual([]);
});

test("several devices are selected, by keys and with a range, and get a place and tags or are deleted at once", {
  timeout: 90_000,
}, async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  for (const id of [...IDS, "other"]) await board.publish(`devices/${id}/telemetry`, '{"t":1}', { qos: 1 });
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/#/?view=table&sort=id&group=none`, {
    locale: "en-US",
  });
  const box = (id: string) => page.getByRole("checkbox", { name: `Select ${id}` });
  const bar = page.getByRole("region", { name: "Selected devices" });
  const isSaid = (count: number) => bar.locator(`[data-selected="${count}"]`).waitFor(WAIT);
  await page.getByRole("button", { name: "Select", exact: true }).click();
  await bar.waitFor(WAIT);
  expect(await bar.getByRole("button", { name: "Set place…" }).isDisabled()).toBe(true);

  await box("board-a").click();
  await box("board-c").click({ modifiers: ["Shift"] });
  await isSaid(3);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await isSaid(4);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Space");
  await isSaid(3);
  expect(await violations(page)).toEqual([]);
  await look(page, "selected-table");
  await bar.getByRole("button", { name: "Set place…" }).click();
  await page.getByRole("textbox", { name: "Place", exact: true }).fill("Attic");
  await look(page, "selected-place");
  await page.keyboard.press("Enter");
  await bar.getByText("3 devices changed.").waitFor(WAIT);
  await expect.poll(() => page.getByText("Attic").count(), WAIT).toBe(3);
  await bar.getByRole("button", { name: "Tags…" }).click();
  await page.getByLabel("Add tags").fill("heating, top floor");
  await page.getByRole("button", { name: "Change tags" }).click();
  await expect.poll(() => page.getByRole("dialog").count(), WAIT).toBe(0);
  const { body: tagged } = await ask<Device>(hub, "/api/devices/board-d");
  expect(tagged).toMatchObject({ place: "Attic", tags: ["heating", "top floor"] });

  await page.setViewportSize({ width: 390, height: 844 });
  await bar.getByRole("button", { name: "Select none" }).click();
  await page.getByRole("searchbox").fill("board");
  await page.getByText("4 match").waitFor(WAIT);
  await bar.getByRole("button", { name: "Select all 4" }).click();
  await isSaid(4);
  await box("board-c").click();
  await isSaid(3);
  expect(await violations(page)).toEqual([]);
  await look(page, "selected-phone");
  await bar.getByRole("button", { name: "Delete…" }).click();
  const confirm = page.getByRole("button", { name: "Delete 3 devices" });
  expect(await confirm.isDisabled()).toBe(true);
  await page.getByLabel("To confirm, type how many: 3").fill("3");
  await confirm.click();
  await bar.getByText("3 devices deleted.").waitFor(WAIT);
  await expect.poll(() => page.locator("[data-device-id]").count(), WAIT).toBe(1);
  await bar.getByRole("button", { name: "Done" }).click();
  await expect.poll(() => bar.count(), WAIT).toBe(0);
  const { body: left } = await ask<DevicesPage>(hub, "/api/devices");
  expect(left.devices.map(({ deviceId }) => deviceId)).toEqual(["board-c", "other"]);
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.getByRole("searchbox").fill("");
  await page.getByRole("button", { name: "Cards" }).click();
  await page.getByRole("button", { name: "Select", exact: true }).click();
  await box("other").click();
  await isSaid(1);
  expect(await violations(page)).toEqual([]);
  await look(page, "selected-cards");
  expect(failures).toEqual([]);
});

test("an owner replaces a board on the page of its device, after it was said what happens, and undoes it there", {
  timeout: 90_000,
}, async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const say = (id: string, reading: object) =>
    board.publish(`devices/${id}/telemetry`, JSON.stringify(reading), { qos: 1 });
  await say("boiler", { temperature: 41, pressure: 1.5 });
  await say("other", { power: 4 });
  await say("spare", { temperature: 42, pressure: 1.6 });
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/#/devices/boiler`, { locale: "en-US" });
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("button", { name: "Replace this board…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("You can undo it for 7 days.").waitFor(WAIT);
  await dialog.getByText("sends 2 of 2 metrics").waitFor(WAIT);
  expect(await dialog.locator("label .mono").allInnerTexts()).toEqual(["spare", "other"]);
  expect(await dialog.getByRole("button", { name: "Replace board" }).isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("radio").first().focus();
  await page.keyboard.press("Space");
  await look(page, "replace-board");
  await page.keyboard.press("Enter");
  await page.locator('[data-replaced="spare"]').waitFor(WAIT);
  await say("spare", { temperature: 77, pressure: 1.7 });
  await expect.poll(() => page.locator('[data-tile="temperature"]').innerText(), WAIT).toContain("77");
  await look(page, "replaced-board");
  expect(await violations(page)).toEqual([]);

  await page
    .locator("[data-replaced]")
    .getByText(/possible until \w+/)
    .waitFor(WAIT);
  await page.getByRole("button", { name: "Undo replacement…" }).click();
  await page.getByRole("dialog").getByText("The former board boiler is the board of this device again.").waitFor(WAIT);
  expect(await violations(page)).toEqual([]);
  await look(page, "undo-replacement");
  await page.getByRole("button", { name: "Undo replacement", exact: true }).click();
  await expect.poll(() => page.locator("[data-replaced]").count(), WAIT).toBe(0);
  await say("spare", { temperature: 78 });
  await page.goto(`${hub.url}/#/`);
  await expect.poll(async () => (await seenOrder(page)).sort(), WAIT).toEqual(["boiler", "other", "spare"]);
  expect(failures).toEqual([]);
});

const isInList = (page: Page): Promise<boolean> => page.evaluate("document.activeElement?.dataset.row !== undefined");
