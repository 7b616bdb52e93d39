/** A clumsy user connects a board: the page says at which step it fails and offers what helps, and that helps. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { openAccessWorld } from "../support/hub/access-world.ts";
import { startHub, tempDir } from "../support/hub/hub.ts";
import { look, openBrowser, openPage, violations } from "../support/hub/page.ts";

const WAIT = { timeout: 30_000 };
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const step = (page: Page, name: string, state: string) => page.locator(`[data-step="${name}"][data-state="${state}"]`);

/** What the page offers to copy as `name`. */
async function offered(page: Page, name: string): Promise<string> {
  const command = page.locator(".command", { has: page.getByRole("button", { name: `Copy ${name}`, exact: true }) });
  return (await command.locator("code").textContent()) ?? "";
}

/** A name of the sketch, and what stands there. */
const inSketch = (code: string, name: string): string => new RegExp(`${name} = "?([^";]+)"?;`).exec(code)?.[1] ?? "";

test("with a wrong user name, a wrong password, a wrong topic and bad JSON, each until its fix is used, and a second board after it", async () => {
  const { hub, owner } = await openAccessWorld();
  const extraHTTPHeaders = { cookie: owner.headers["cookie"] ?? "" };
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/#/add`, { ...DESK, extraHTTPHeaders });
  await step(page, "connected", "waiting").waitFor(WAIT);
  await page.getByRole("textbox", { name: "Name" }).fill("Cellar, north");
  await page.locator('[data-id="cellar-north"]').waitFor(WAIT);
  await page.getByRole("button", { name: "Create a secret" }).click();
  await page.locator('[data-checked="cellar-north"]').waitFor(WAIT);

  const login = { clientId: "ESP32Client", username: "celar", password: await offered(page, "the code") };
  await expect(connectJs(hub.mqttUrl, login)).rejects.toThrow();
  await step(page, "loggedIn", "failed").getByText("user celar").waitFor(WAIT);
  await look(page, "add-board-user");
  expect(await violations(page)).toEqual([]);
  login.username = await offered(page, "the user name");
  await expect(connectJs(hub.mqttUrl, login)).rejects.toThrow();
  await step(page, "loggedIn", "failed").locator('[data-reason="CREDENTIAL_WRONG"]').waitFor(WAIT);
  await look(page, "add-board-password");
  const former = await offered(page, "the password");
  await page.getByRole("button", { name: "Create a new secret" }).click();
  await expect.poll(() => offered(page, "the code"), WAIT).not.toContain(former);

  const code = await offered(page, "the code");
  const board = await connectJs(hub.mqttUrl, { ...login, password: inSketch(code, "DEVICE_SECRET") });
  await step(page, "loggedIn", "done").waitFor(WAIT);
  await board.publish("sensors/cellar", "21.5", { qos: 1 });
  await step(page, "read", "failed").getByText("sensors/cellar").waitFor(WAIT);
  await look(page, "add-board-topic");
  const topic = await offered(page, "its topic");
  expect(topic).toBe(inSketch(code, "TELEMETRY"));
  await board.publish(topic, '{"temperature":nan}', { qos: 1 });
  await step(page, "read", "failed").locator("mark", { hasText: "n" }).waitFor(WAIT);
  await look(page, "add-board-json");
  expect(await violations(page)).toEqual([]);
  await board.publish(topic, await offered(page, "a valid payload"), { qos: 1 });
  await step(page, "stored", "done").getByText("21.5").waitFor(WAIT);
  await board.publish(topic, '{"temperature":22.5}', { qos: 1 });
  await page.locator('polyline[data-points="2"]').waitFor({ ...WAIT, state: "attached" });
  await look(page, "add-board-done");
  expect(await page.locator('[data-state="failed"]').count()).toBe(1); // the hub of this test listens to its own computer only
  expect(await violations(page)).toEqual([]);
  await page.getByText("It is called Cellar, north now.").waitFor(WAIT);

  // A second one on the same page.
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Attic, south");
  await page.getByRole("button", { name: "Create a secret" }).click();
  await page.locator('[data-checked="attic-south"]').waitFor(WAIT);
  const second = await offered(page, "the code");
  const other = { username: "attic-south", password: inSketch(second, "DEVICE_SECRET") };
  await (await connectJs(hub.mqttUrl, other)).publish(inSketch(second, "TELEMETRY"), '{"temperature":27.5}', {
    qos: 1,
  });
  await page.getByText("It is called Attic, south now.").waitFor(WAIT);
  await page.getByRole("link", { name: "Open attic-south" }).click();
  await page.getByRole("heading", { name: "Attic, south" }).waitFor(WAIT);
  expect(failures).toEqual([]);
});

test("with a hub that listens to its own computer only, on a phone, until it is started with the setting that the page names", async () => {
  const settings = { dataDir: tempDir(), auth: "on" } as const;
  const world = await openAccessWorld({ settings });
  const { httpPort, mqttPort, url } = world.hub;
  const extraHTTPHeaders = { cookie: world.owner.headers["cookie"] ?? "" };
  const { page } = await openPage(await openBrowser(), `${url}/#/add?id=cellar`, { ...PHONE, extraHTTPHeaders });
  const bar = page.locator(".checker-bar");
  await bar.getByText("The hub listens to its own computer only").waitFor(WAIT);
  await look(page, "add-board-phone-bar");
  expect(await violations(page)).toEqual([]);
  await bar.tap();
  expect(await offered(page, "the settings")).toBe("AERIE_MQTT_HOST=0.0.0.0");
  await look(page, "add-board-phone");
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  await bar.tap();
  await page.getByRole("button", { name: "Create a secret" }).tap();
  await expect.poll(async () => inSketch(await offered(page, "the code"), "HUB_HOST"), WAIT).toBe("127.0.0.1");
  await world.hub.close();

  await startHub({ settings: { ...settings, httpPort, mqttPort, mqttHost: "0.0.0.0" } });
  await bar.getByText("Waiting for a board to connect").waitFor(WAIT);
  const code = await offered(page, "the code");
  const host = inSketch(code, "HUB_HOST");
  expect(host).not.toBe("127.0.0.1"); // of no use to a board on another computer
  const board = await connectJs(`mqtt://${host}:${mqttPort}`, {
    clientId: "cellar",
    username: "cellar",
    password: inSketch(code, "DEVICE_SECRET"),
  });
  await board.publish("devices/cellar/telemetry", '{"temperature":21.5}', { qos: 1 });
  await bar.getByText("Its values are stored").waitFor(WAIT);
  await bar.tap();
  await look(page, "add-board-phone-done");
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
});

test("before there is an account, with a program of this computer and a topic that nobody reads", async () => {
  const hub = await startHub({ settings: { auth: "on", unclaimed: "loopback" } });
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/#/add`, DESK);
  await page.locator("[data-unclaimed]").getByRole("link", { name: "make your account" }).waitFor(WAIT);
  expect(await page.getByRole("button", { name: "Arduino" }).count()).toBe(0);
  await page.getByRole("textbox", { name: "Name" }).fill("cellar");
  await page.locator('[data-checked="cellar"]').waitFor(WAIT);
  await page.getByRole("button", { name: "Command line" }).click();
  expect(await offered(page, "the code")).toMatch(/^mosquitto_pub -h localhost .* -t devices\/cellar\/telemetry /);

  const board = await connectJs(hub.mqttUrl, { clientId: "cellar", username: "cellar", password: "" });
  await board.publish("sensors/cellar", '{"temperature":21.5}', { qos: 1 });
  await step(page, "read", "failed").getByRole("link", { name: "make a mapping" }).waitFor(WAIT);
  await look(page, "add-board-unclaimed");
  expect(await violations(page)).toEqual([]);
  await board.publish("devices/cellar/telemetry", '{"temperature":21.5}', { qos: 1 });
  await step(page, "stored", "done").getByText("21.5").waitFor(WAIT);

  await page.clock.install();
  await page.reload();
  await step(page, "connected", "waiting").waitFor(WAIT);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/board-check")) asked.push(request.url());
  });
  await page.getByRole("button", { name: "Pause updates" }).click();
  for (let second = 0; second < 5; second++) {
    await page.clock.runFor(1_000);
    await page.evaluate("fetch('/healthz')"); // what was asked before it is answered
  }
  expect(asked.length).toBeLessThanOrEqual(1); // that was under way
  await page.getByRole("button", { name: "Resume updates" }).click();
  await page.clock.runFor(3_000);
  await expect.poll(() => asked.length, WAIT).toBeGreaterThan(1);
  expect(failures).toEqual([]);
});
