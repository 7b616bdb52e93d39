/** The order of the overview: it follows states at rest, stays as it is under a pointer, moves nothing else, and can be walked by keys. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { startHub } from "../support/hub/hub.ts";
import { look, openBrowser, openPage, violations } from "../support/hub/page.ts";
import { ask } from "../support/hub/rest.ts";
import { ruleFields } from "../support/notify/alert-records.ts";

const WAIT = { timeout: 30_000 };
const IDS = ["a", "b", "c", "d"].map((letter) => `board-${letter}`);
const FLAPS = 12;
const MOST_SHIFT = 0.02;

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
  const say = (id: string, temperature: number) =>
    board.publish(`devices/${id}/telemetry`, JSON.stringify({ temperature }), { qos: 1 });
  for (const id of IDS) await say(id, 20);
  await ask(hub, "/api/rules", {
    method: "POST",
    body: ruleFields("Hot", { kind: "above", metric: "temperature", threshold: 50 }),
  });
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
    await say(last, flap % 2 === 0 ? 20 : 62);
  }
  await expect.poll(() => page.locator("[data-attention]").getAttribute("data-attention"), WAIT).toBe("1");
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
    .getByRole("button", { name: /^Undo until/ })
    .click();
  await expect.poll(() => page.locator("[data-replaced]").count(), WAIT).toBe(0);
  await say("spare", { temperature: 78 });
  await page.goto(`${hub.url}/#/`);
  await expect.poll(async () => (await seenOrder(page)).sort(), WAIT).toEqual(["boiler", "other", "spare"]);
  expect(failures).toEqual([]);
});

const isInList = (page: Page): Promise<boolean> => page.evaluate("document.activeElement?.dataset.row !== undefined");
