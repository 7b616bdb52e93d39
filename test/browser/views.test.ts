/** A view of two devices in a real browser, and the same on a wall tablet, which recovers by itself. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { TokenAnswer } from "../../src/contract/access.ts";
import type { View } from "../../src/contract/views/views.ts";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { openAccessWorld, PASSWORD } from "../support/hub/access-world.ts";
import { startHub, tempDir } from "../support/hub/hub.ts";
import { look, openBrowser, openPage, violations } from "../support/hub/page.ts";

const WAIT = { timeout: 30_000 };
const TABLET = { viewport: { width: 1280, height: 800 }, hasTouch: true };
/** Set in the page: a reload takes it away. */
const MARK = "window.isSamePage = true";

async function pin(
  page: Page,
  device: string,
  metric: string,
  choose: (dialog: ReturnType<Page["getByRole"]>) => unknown,
) {
  await page.keyboard.press("Escape"); // the dialog of the one before
  await page.goto(new URL(`/#/devices/${device}`, page.url()).href);
  await page
    .locator(`figure[data-metric="${metric}"]`)
    .getByRole("button", { name: /^Pin to a view/ })
    .click(WAIT);
  const dialog = page.getByRole("dialog");
  await choose(dialog);
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Pin to view" }).click();
  await dialog.getByRole("status").waitFor(WAIT);
}

const partsOf = (page: Page) =>
  page.locator("[data-part]").evaluateAll((parts) => parts.map(({ dataset }) => dataset["part"]));

test("charts of two devices are pinned to a view, which a wall tablet shows by a link, through restarts, until it is revoked", {
  timeout: 180_000,
}, async () => {
  const dataDir = tempDir();
  const world = await openAccessWorld({ settings: { dataDir } });
  const { hub, owner } = world;
  const secrets = new Map<string, string>();
  for (const device of ["cellar", "attic"]) secrets.set(device, (await world.board(device)).secret);
  const say = async (device: string, metrics: object) => {
    const board = await connectJs(hub.mqttUrl, { username: device, password: secrets.get(device) ?? "" });
    await board.publish(`devices/${device}/telemetry`, JSON.stringify(metrics), { qos: 1 });
    await board.client.endAsync();
  };
  await say("cellar", { temperature: 12.5, humidity: 80 });
  await say("attic", { temperature: 27.5, eco2: 600 });

  const browser = await openBrowser();
  const { page, failures } = await openPage(browser, hub.url);
  await page.getByLabel("Name").fill("Owner");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator('[data-device-id="attic"]').waitFor(WAIT);
  await pin(page, "cellar", "temperature", (dialog) => dialog.getByLabel("Name of the new view").fill("Air"));
  await pin(page, "attic", "temperature", (dialog) =>
    dialog.getByLabel("Show it as").selectOption({ label: "a line in the chart of Temperature of cellar" }),
  );
  await pin(page, "attic", "eco2", (dialog) => dialog.getByLabel("Show it as").selectOption("value"));
  await page.getByRole("link", { name: "Open the view" }).click();

  // One chart with two lines, and a large value.
  await page.locator('[data-lines="2"]').waitFor(WAIT);
  await expect.poll(() => page.locator(".view-legend").textContent(), WAIT).toContain("27.5");
  expect(await page.locator(".view-legend").textContent()).toContain("12.5");
  expect(await partsOf(page)).toEqual(["chart", "value"]);
  expect(await violations(page)).toEqual([]);
  await look(page, "view");
  await page.getByRole("button", { name: "Edit view" }).click();
  await page.getByRole("button", { name: "Move down: Temperature" }).click();
  await expect.poll(() => partsOf(page), WAIT).toEqual(["value", "chart"]);
  await page.getByLabel("Name").fill("Air of the house");
  await page.getByRole("button", { name: "Rename view" }).click();
  await page.getByRole("heading", { name: "Air of the house", level: 1 }).waitFor(WAIT);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Finish editing" }).click();

  // Out into a file, and in again.
  const downloaded = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download view" }).click();
  const saved = path.join(tempDir(), "air.json");
  await (await downloaded).saveAs(saved);
  const file = readFileSync(saved);
  await page.goto(`${hub.url}/#/views`);
  const upload = page.getByLabel(/^Or upload one/);
  await upload.setInputFiles({ name: "holiday.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await page.getByText("This file is not a view").waitFor(WAIT);
  expect(await violations(page)).toEqual([]);
  await upload.setInputFiles({ name: "air.json", mimeType: "application/json", buffer: file });
  await page.locator('[data-lines="2"]').waitFor(WAIT);
  const { views } = (await owner.ask<{ views: View[] }>("/api/views")).body;
  expect(views.map(({ name, parts }) => [name, parts])).toEqual([
    ["Air of the house", views[0]?.parts],
    ["Air of the house", views[0]?.parts],
  ]);

  // The link for a tablet: its token is in no address, and in no request but the one that exchanges it.
  await page.getByRole("button", { name: "Create tablet link…" }).click();
  await page.getByRole("button", { name: "Make link" }).click();
  const link = (await page.locator(".command code").textContent(WAIT)) ?? "";
  expect(await violations(page)).toEqual([]);
  const token = /token=([\w-]+)$/.exec(link)?.[1] ?? "";
  expect(token).toMatch(/^aerie_t_/);
  const context = await browser.newContext(TABLET);
  const tablet = await context.newPage();
  const leaks: string[] = [];
  tablet.on("pageerror", ({ message }) => void leaks.push(message));
  tablet.on("request", (request) => {
    if (JSON.stringify([request.url(), request.headers()]).includes(token)) leaks.push(request.url());
    if (request.postData()?.includes(token) && !request.url().endsWith("/api/session/tablet"))
      leaks.push(request.url());
  });
  await tablet.goto(link);
  const value = tablet.locator(".view-value .value-number");
  await value.getByText("600").waitFor(WAIT);
  expect(tablet.url()).toBe(link.replace(/[?]token=.*/, ""));
  expect(await tablet.getByRole("button").count()).toBe(0);
  expect(await tablet.getByRole("link").count()).toBe(0);
  expect(await value.evaluate((element: never) => getComputedStyle(element).fontSize)).toBe("56px");
  expect(await violations(tablet)).toEqual([]);
  await look(tablet, "kiosk");
  await say("attic", { eco2: 601 });
  await value.getByText("601").waitFor(WAIT);

  // The hub goes, and comes with another version of its pages.
  await tablet.evaluate(MARK);
  await hub.close();
  await tablet.getByText("Can't reach the hub since").waitFor(WAIT);
  expect(await value.textContent()).toBe("601");
  expect(await violations(tablet)).toEqual([]);
  const { httpPort, mqttPort } = hub;
  const settings = { auth: "on", dataDir, httpPort, mqttPort } as const;
  const next = await startHub({ settings });
  await tablet.getByText("Can't reach the hub since").waitFor({ ...WAIT, state: "detached" });
  await say("attic", { eco2: 602 });
  await value.getByText("602").waitFor(WAIT);
  expect(await tablet.evaluate("window.isSamePage")).toBe(true);
  await next.close();
  await startHub({ settings, buildId: "newer" });
  await expect.poll(() => tablet.evaluate("window.isSamePage").catch(() => true), WAIT).toBeUndefined();
  await say("attic", { eco2: 603 });
  await value.getByText("603").waitFor(WAIT);

  // What is wrong is on top, with nothing to press.
  await say("attic", { flameDetected: true });
  await tablet.locator("[data-attention] [data-alert]").getByText("attic").waitFor(WAIT);
  expect(await tablet.locator("a, button").count()).toBe(0);
  expect(await violations(tablet)).toEqual([]);
  await look(tablet, "kiosk-alarm");

  // A device that is deleted is said; a token that is revoked is no reason to ask for a password.
  await owner.ask("/api/devices/cellar", { method: "DELETE" });
  await tablet.reload();
  await tablet.locator('[data-missing="cellar temperature"]').waitFor(WAIT);
  const { tokens } = (await owner.ask<{ tokens: TokenAnswer[] }>("/api/tokens")).body;
  expect(tokens.map(({ name, scope }) => [name, scope])).toEqual([["Wall tablet: Air of the house", "viewer"]]);
  await owner.ask(`/api/tokens/${tokens[0]?.id}`, { method: "DELETE" });
  await tablet.getByRole("heading", { name: "This tablet needs a new link" }).waitFor(WAIT);
  expect(await tablet.getByRole("textbox").count()).toBe(0);
  expect(await violations(tablet)).toEqual([]);
  await tablet.goto(link);
  await tablet.getByText("This link is unknown, was revoked").waitFor(WAIT);
  expect([...failures, ...leaks]).toEqual([]);
});
