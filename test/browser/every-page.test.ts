/** Every page, empty, full of awkward data, and without its hub: accessible in both themes and at each size, and never wider than the screen. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { type AccessWorld, openAccessWorld } from "../support/hub/access-world.ts";
import { look, openBrowser, openPage, violations } from "../support/hub/page.ts";
import { ruleFields } from "../support/notify/alert-records.ts";
import { until } from "../support/until.ts";

const WAIT = { timeout: 30_000 };
const SIZES = { 390: 844, 1024: 768, 1440: 900 } as const;
const THEMES = ["light", "dark"] as const;
const ALL = Object.entries(SIZES).flatMap(([width, height]) =>
  THEMES.map((theme) => [Number(width), height, theme] as const),
);
/** `npm run soak` looks at each page in all of them, `npm test` in one after the other. */
const looksAt = (page: number) =>
  process.env["AERIE_TEST_LOOKS"] === "all" ? ALL : ALL.slice(page % ALL.length).slice(0, 1);

const LONG_NAME = "Thermometer".repeat(9);
const AWKWARD = "board-odd";
const FIRE = "board-fire";
const PAGES = [
  "#/",
  "#/?view=table&group=none",
  `#/devices/${AWKWARD}`,
  `#/devices/${FIRE}`,
  "#/alerts",
  "#/alerts/log",
  "#/alerts/rules",
  "#/alerts/rules/new",
  "#/alerts/channels",
  "#/inspector",
  "#/inspector/live",
  "#/inspector/clients",
  "#/inspector/topics",
  "#/add",
  "#/settings",
  "#/nowhere",
];

/** What no page foresees: long names, other scripts, many metrics, the ends of the numbers. */
async function fill({ hub, owner, application }: AccessWorld): Promise<void> {
  const { name, secret } = await application({ name: "gateway", publish: ["devices/#"] });
  const board = await connectJs(hub.mqttUrl, { username: name, password: secret });
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`metric${index}`, index]));
  const odd = {
    temperature: 1e308,
    humidity: -0,
    "größe🌡": 5e-324,
    text: "مرحبا بالعالم",
    state: "x".repeat(300),
    ...many,
  };
  await board.publish(`devices/${AWKWARD}/telemetry`, JSON.stringify(odd), { qos: 1 });
  await board.publish(`devices/${FIRE}/telemetry`, '{"temperature":62,"flameDetected":true}', { qos: 1 });
  await board.publish("devices/broken/telemetry", '{"temperature":', { qos: 1 }).catch(() => undefined);
  await owner.ask(`/api/devices/${AWKWARD}`, {
    method: "PATCH",
    body: { name: LONG_NAME, place: "غرفة المعيشة 🛋️", tags: ["a".repeat(30)] },
  });
  await owner.ask("/api/rules", {
    method: "POST",
    body: ruleFields("Hot 🔥", { kind: "above", metric: "temperature", threshold: 50 }),
  });
  await until(
    "both have alerts",
    async () => (await owner.ask<{ alerts: unknown[] }>("/api/alerts")).body.alerts.length >= 2,
  );
}

const optionsOf = ({ owner }: AccessWorld): BrowserContextOptions => ({
  locale: "en-US",
  extraHTTPHeaders: { cookie: owner.headers["cookie"] ?? "" },
});

/** What is wrong with the page that is shown. */
async function faultsOf(page: Page, name: string, index = 0): Promise<string[]> {
  const faults: string[] = [];
  for (const [width, height, theme] of looksAt(index)) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: theme });
    const where = `${name} at ${width} px, ${theme}`;
    const wide = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    if (wide > 0) faults.push(`${where}: ${wide} px wider than the screen`);
    faults.push(...(await violations(page)).map((violation) => `${where}: ${violation}`));
    await look(page, `${name.replaceAll(/\W+/g, "-")}-${width}-${theme}`);
  }
  return faults;
}

async function faultsOfAll(page: Page, state: string): Promise<string[]> {
  const faults: string[] = [];
  for (const [index, hash] of PAGES.entries()) {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await page
      .locator("main h1")
      .first()
      .waitFor({ ...WAIT, state: "attached" });
    await expect.poll(() => page.locator('main [aria-busy="true"]').count(), WAIT).toBe(0);
    faults.push(...(await faultsOf(page, `${state} ${hash}`, index)));
  }
  return faults;
}

test("every page of an empty hub is accessible and fits", { timeout: 600_000 }, async () => {
  const world = await openAccessWorld();
  const { page, failures } = await openPage(await openBrowser(), `${world.hub.url}/`, optionsOf(world));
  await page.locator('[data-state="live"]').waitFor(WAIT);
  expect(await faultsOfAll(page, "empty")).toEqual([]);
  expect(failures).toEqual([]);
});

test("every page of a hub with awkward names and values is accessible and fits, also when the hub is gone", {
  timeout: 600_000,
}, async () => {
  const world = await openAccessWorld();
  await fill(world);
  const { page, failures } = await openPage(await openBrowser(), `${world.hub.url}/`, optionsOf(world));
  await page.locator('[data-state="live"]').waitFor(WAIT);
  expect(await faultsOfAll(page, "full")).toEqual([]);

  await page.evaluate("location.hash = '#/'");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor(WAIT);
  expect(await faultsOf(page, "help")).toEqual([]);
  await page.keyboard.press("Escape");

  await world.hub.close();
  await page.locator('[data-state="stale"]').waitFor(WAIT);
  expect(await faultsOfAll(page, "away")).toEqual([]);
  expect(failures).toEqual([]);
});
