/** Topics that nobody reads, in a real browser: one click shows what a mapping would make of them, a second one adds it. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { openAccessWorld } from "../support/hub/access-world.ts";
import { startHub } from "../support/hub/hub.ts";
import { look, openBrowser, openPage, violations } from "../support/hub/page.ts";
import { readingsOf } from "../support/hub/rest.ts";

const WAIT = { timeout: 30_000 };
const rowsOf = (page: Page, group: string): Promise<string[][]> =>
  page.locator(`${group} .preview tbody tr`).evaluateAll((rows) =>
    // Runs in the page; this project is compiled without the DOM's types.
    (rows as unknown as { children: Iterable<{ textContent: string | null }> }[]).map(({ children }) =>
      [...children].map(({ textContent }) => (textContent ?? "").replaceAll("\u202f", " ")),
    ),
  );

test("two clicks make devices of home/<room>/<quantity>, which then have their readings", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const say = async (temperature: string) => {
    await board.publish("home/kitchen/temp", temperature, { qos: 1 });
    await board.publish("home/bath/humidity", "61", { qos: 1 });
    await board.publish("garden/well/data", '{"level":120}', { qos: 1 });
  };
  await say("20.5");
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/#/inspector`);
  await page.getByRole("link", { name: "Topics nobody reads" }).click();
  const home = page.locator('[data-proposal="home/{device}/{metric}"]');
  await home.locator('[data-topic="home/bath/humidity"]').waitFor(WAIT);
  expect(await home.locator('[data-topic="home/kitchen/temp"]').textContent()).toContain("20.5");
  await look(page, "topics");

  await home.getByRole("button", { name: "Preview" }).click();
  await home.locator(".preview").waitFor(WAIT);
  expect(await rowsOf(page, '[data-proposal="home/{device}/{metric}"]')).toEqual([
    ["kitchen", "Temperature", "20.5 °C"],
    ["bath", "Humidity", "61 %"],
  ]);
  expect(await readingsOf(hub, "kitchen")).toEqual([]);

  await home.getByRole("button", { name: "Add this mapping" }).click();
  await page.locator('[data-saved="home/{device}/{metric}"]').waitFor(WAIT);
  await home.waitFor({ ...WAIT, state: "detached" });
  await say("21.5");
  expect(await readingsOf(hub, "kitchen")).toMatchObject([{ metrics: { temperature: 21.5 } }]);
  await page.getByRole("link", { name: "kitchen" }).click();
  await page.locator('figure[data-metric="temperature"][data-points="1"]').waitFor(WAIT);
  expect(failures).toEqual([]);
});

test("a proposal is changed before it is added; a mapping is changed, and removed", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const say = (level: number) => board.publish("garden/well/data", JSON.stringify({ level, on: true }), { qos: 1 });
  await say(120);
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/#/inspector/topics`, {
    viewport: { width: 390, height: 844 },
  });
  const group = page.locator('[data-proposal="garden/{device}/data"]');
  await group.getByRole("button", { name: "Preview" }).click();
  await group.getByRole("button", { name: "Change…" }).click();
  const form = page.getByRole("form", { name: "Mapping" });
  await form.getByLabel("Topic").fill("devices/{device}/data");
  // What was shown is not what would be added any more.
  expect(await group.getByRole("button", { name: "Add this mapping" }).count()).toBe(0);
  await form.getByRole("button", { name: "Preview" }).click();
  await group.getByRole("alert").waitFor(WAIT);
  expect(await group.getByRole("alert").textContent()).toContain("TOPIC_TAKEN");
  await form.getByLabel("Topic").fill("garden/{device}/data");
  await form.getByLabel("Scale").fill("level=a");
  await form.getByRole("button", { name: "Preview" }).click();
  expect(await form.getByRole("alert").textContent()).toContain("name=factor");
  await form.getByLabel("Scale").fill("level=0.01");
  await form.getByLabel("Units").fill("level=m");
  await form.getByRole("button", { name: "Preview" }).click();
  await group.locator(".preview").waitFor(WAIT);
  expect(await rowsOf(page, '[data-proposal="garden/{device}/data"]')).toEqual([
    ["well", "level", "1.2 m"],
    ["well", "on", "on"],
  ]);
  await look(page, "phone-preview");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  await group.getByRole("button", { name: "Add this mapping" }).click();

  const entry = page.locator('[data-mapping="garden/{device}/data"]');
  await entry.waitFor(WAIT);
  expect(await entry.textContent()).toContain("scale level=0.01; units level=m");
  await say(130);
  await entry.getByRole("button", { name: "Change garden/{device}/data" }).click();
  await form.getByLabel("Only these metrics").fill("level");
  await form.getByRole("button", { name: "Preview" }).click();
  await expect
    .poll(() => rowsOf(page, '[data-mapping="garden/{device}/data"]'), WAIT)
    .toEqual([["well", "level", "1.3 m"]]);
  await entry.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => entry.textContent(), WAIT).toContain("only level");
  await say(140);
  await look(page, "phone-mappings");

  await entry.getByRole("button", { name: "Remove garden/{device}/data" }).click();
  await entry.getByRole("button", { name: "Remove", exact: true }).click();
  await entry.waitFor({ ...WAIT, state: "detached" });
  await say(150);
  expect((await readingsOf(hub, "well")).map(({ metrics }) => metrics)).toEqual([
    { level: 1.3, on: true },
    { level: 1.4 },
  ]);
  await group.waitFor(WAIT);
  expect(failures).toEqual([]);
});

test("a viewer sees the topics and neither their payloads nor a way to map them", async () => {
  const world = await openAccessWorld();
  const { secret } = await world.application({ name: "gateway", publish: ["home/#"] });
  const gateway = await connectJs(world.hub.mqttUrl, { username: "gateway", password: secret });
  await gateway.publish("home/kitchen/temperature", "20.5", { qos: 1 });
  const { headers } = await world.person("Vera", "viewer");
  const browser = await openBrowser();
  const { page, failures } = await openPage(browser, `${world.hub.url}/#/inspector/topics`, {
    extraHTTPHeaders: { cookie: headers["cookie"] ?? "" },
  });
  const group = page.locator('[data-proposal="home/{device}/{metric}"]');
  await group.locator('[data-topic="home/kitchen/temperature"]').waitFor(WAIT);
  expect(await group.textContent()).not.toContain("20.5");
  expect(await page.locator("main").getByRole("button").count()).toBe(0);
  expect(failures).toEqual([]);
});

test("the live page shows messages with what became of them and what changed, counts what passes while it is paused, and makes a metric of a number", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl, { clientId: "probe" });
  const browser = await openBrowser();
  const { page, failures } = await openPage(browser, `${hub.url}/#/inspector`, {
    viewport: { width: 390, height: 844 },
  });
  await page.getByRole("link", { name: "Live", exact: true }).click();
  const filter = page.getByLabel("Topic filter");
  await filter.fill("live/#/x");
  await page.getByText("it must be the last level").waitFor(WAIT);
  await filter.fill("live/#");
  await page.getByRole("button", { name: "Watch topics" }).click();
  await page.getByText("No message has come yet").waitFor(WAIT);
  const cards = page.locator('[data-message="live/shed/data"]');
  const say = (level: number) => board.publish("live/shed/data", JSON.stringify({ level, lid: 1 }), { qos: 1 });
  await expect
    .poll(async () => {
      await say(1); // until the hub knows the filter
      return cards.count();
    }, WAIT)
    .toBeGreaterThan(0);
  await say(7);
  const changed = page.locator('[data-message="live/shed/data"] [data-leaf="level"][data-changed]').first();
  await changed.waitFor(WAIT);
  expect(await changed.textContent()).toContain("7was 1");
  expect(await cards.first().textContent()).toContain("Nobody reads this topic");

  await page.getByRole("button", { name: "Pause updates" }).last().click();
  await say(8);
  await page.locator('[data-passed="1"]').waitFor(WAIT);
  expect(await page.locator('[data-leaf="level"]').first().textContent()).toContain("7was 1");
  await look(page, "phone-live");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Resume updates" }).last().click();
  await page.locator('[data-leaf="level"]', { hasText: "8was 7" }).first().waitFor(WAIT);

  // By keys: the tree and the focus stay where they are, whatever filter is chosen from it.
  const focused = () => page.evaluate("document.activeElement.textContent");
  await page.getByText("Topics", { exact: true }).click();
  const topic = page.locator('[data-topic="live/shed/data"] .topic-pick');
  await topic.press("Enter");
  await expect.poll(() => filter.inputValue(), WAIT).toBe("live/shed/data");
  expect(await focused()).toBe("live/shed/data");
  await page.getByRole("button", { name: "Watch all topics" }).press("Enter");
  await expect.poll(() => filter.inputValue(), WAIT).toBe("#");
  expect(await focused()).toBe("Watch topics");
  await topic.press("Enter");
  await expect
    .poll(async () => {
      await say(8); // until the hub knows the filter
      return cards.count();
    }, WAIT)
    .toBeGreaterThan(0);

  await page.getByRole("button", { name: "Make this a metric: level" }).first().click();
  const editor = page.getByRole("region", { name: "New metric" });
  await editor.getByRole("button", { name: "Add this mapping" }).click();
  await editor.locator("[data-saved]").waitFor(WAIT);
  await say(9);
  await page.getByRole("link", { name: "Show chart of level of shed" }).first().click();
  await page.locator('figure[data-metric="level"]').waitFor(WAIT);
  expect((await readingsOf(hub, "shed")).map(({ metrics }) => metrics)).toEqual([{ level: 9 }]);
  expect(failures).toEqual([]);
});

test("retained messages are found, and those that are selected are removed after a question", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl, { clientId: "probe" });
  for (const room of ["bath", "hall", "attic"]) await board.publish(`house/${room}`, "18", { qos: 1, retain: true });
  const { page, failures } = await openPage(await openBrowser(), `${hub.url}/#/inspector/clients`, {
    viewport: { width: 390, height: 844 },
  });
  await page.locator('[data-client="probe"] [data-traffic]').waitFor(WAIT);
  await look(page, "phone-clients");
  await page.getByRole("link", { name: "Retained" }).click();
  await page.getByText("3 retained messages").waitFor(WAIT);
  await page.getByLabel("Search retained messages").fill("A");
  await page.getByText("3 retained messages").waitFor(WAIT);
  await page.getByLabel("house/bath").check();
  await page.getByLabel("house/attic").check();
  await page.getByRole("button", { name: "Remove 2 messages…" }).click();
  await look(page, "phone-retained");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Remove 2 messages", exact: true }).click();
  await page.getByText("1 retained message", { exact: true }).waitFor(WAIT);
  expect(await page.locator("[data-retained]").getAttribute("data-retained")).toBe("house/hall");
  expect(failures).toEqual([]);
});
