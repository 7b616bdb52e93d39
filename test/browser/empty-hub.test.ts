/** From an empty hub to a gas rule that fires, in four taps at most, and by ntfy to a phone with four more: on a phone, and on a desk. */
import type { BrowserContextOptions, Locator } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import type { RulesAnswer } from "../../src/contract/answers/alert-answers.ts";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { type AccessWorld, openAccessWorld } from "../support/hub/access-world.ts";
import { look, openBrowser, openPage } from "../support/hub/page.ts";
import { openNtfyServer } from "../support/notify/ntfy-server.ts";
import { readQr } from "../support/notify/qr-reader.ts";
import { until } from "../support/until.ts";

const WAIT = { timeout: 10_000 };
const SCREENS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ["phone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ["desk", { viewport: { width: 1280, height: 900 } }],
];

/** Taps or clicks as a person does: on what is to be seen, and each is counted. */
function finger(hasTouch: boolean) {
  let taps = 0;
  return {
    taps: () => taps,
    press: async (target: Locator): Promise<void> => {
      await target.waitFor(WAIT);
      await (hasTouch ? target.tap() : target.click());
      taps++;
    },
  };
}

async function connectBoard(world: AccessWorld) {
  const { secret } = await world.board("cellar");
  const board = await connectJs(world.hub.mqttUrl, { username: "cellar", password: secret });
  return (metrics: object) => board.publish("devices/cellar/telemetry", JSON.stringify(metrics), { qos: 1 });
}

const gasRules = async ({ owner }: AccessWorld): Promise<string[]> =>
  (await owner.ask<RulesAnswer>("/api/rules")).body.rules
    .filter(({ preset }) => preset === "carbon-monoxide:coPpm")
    .map(({ severity }) => severity);

test.each(SCREENS)("on a %s", async (name, options) => {
  const ntfy = await openNtfyServer();
  onTestFinished(() => ntfy.close());
  const world = await openAccessWorld();
  const say = await connectBoard(world);
  const extraHTTPHeaders = { cookie: world.owner.headers["cookie"] ?? "" };
  const { page, failures } = await openPage(await openBrowser(), world.hub.url, { ...options, extraHTTPHeaders });
  await page.getByRole("heading", { name: "No device yet" }).waitFor(WAIT);
  expect(await gasRules(world)).toEqual([]);

  await say({ coPpm: 0.4 });
  const forRule = finger(options.hasTouch === true);
  await forRule.press(page.getByRole("button", { name: "Switch on Carbon monoxide" }));
  await page.getByText("It is on").waitFor(WAIT);
  expect(await gasRules(world)).toEqual(["warning", "critical", "critical"]);
  expect(forRule.taps()).toBeLessThanOrEqual(4);

  const forNtfy = finger(options.hasTouch === true);
  await forNtfy.press(page.locator(".bell"));
  await forNtfy.press(page.getByRole("link", { name: "Channels", exact: true }));
  await forNtfy.press(page.locator('[data-kind="ntfy"]'));
  const form = page.getByRole("form", { name: "Channel: ntfy" });
  const topic = await form.getByRole("textbox", { name: "Topic" }).inputValue();
  expect(topic).toMatch(/^aerie-[A-Za-z0-9_-]{22}$/);
  // What a phone's camera reads.
  expect(await readQr(page.locator(".qr"))).toBe(`https://ntfy.sh/${topic}`);
  await form.getByLabel("Server").fill(ntfy.url); // instead of ntfy.sh, for which nothing has to be entered
  await expect.poll(() => readQr(page.locator(".qr")), WAIT).toBe(`${ntfy.url.replace(/\/$/, "")}/${topic}`);
  await look(page, `empty-hub-ntfy-${name}`);
  await forNtfy.press(form.getByRole("button", { name: "Save" }));
  await page.locator("[data-channel]").waitFor(WAIT);
  expect(forNtfy.taps()).toBeLessThanOrEqual(4);

  await say({ coPpm: 412 });
  await page.locator('.bell [data-worst="critical"]').waitFor(WAIT);
  const message = await until("ntfy has it", () => ntfy.published[0]);
  expect(message).toMatchObject({ topic, priority: 5, title: "CRITICAL: Very much carbon monoxide, cellar" });
  expect(message.message).toContain("412 ppm");
  await forRule.press(page.locator(".bell"));
  await page.locator("[data-alert]", { hasText: "412 ppm" }).first().waitFor(WAIT);
  expect(forRule.taps()).toBeLessThanOrEqual(4);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport?.width);
  await look(page, `empty-hub-firing-${name}`);
  expect(failures).toEqual([]);
});
