/** The form of a rule says what it would have done, from history that a hub has stored: on a desk, and on a phone. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { RulesAnswer, TryRuleAnswer } from "../../src/contract/answers/alert-answers.ts";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { createShiftedClock, type ShiftedClock } from "../support/clock/shifted-clock.ts";
import { type HubAddress, startHub } from "../support/hub/hub.ts";
import { look, openBrowser, openPage } from "../support/hub/page.ts";
import { ask } from "../support/hub/rest.ts";

const WAIT = { timeout: 30_000 };
const MINUTE_MS = 60_000;
const STEP_MIN = 10;
const MINUTES = 30 * 60;

/**
 * As it came, every ten minutes for thirty hours: too warm for 130 minutes 28 hours ago, and for the last 32; nothing for three hours
 * fifteen hours ago.
 */
async function storeHistory({ mqttUrl }: HubAddress, clock: ShiftedClock): Promise<void> {
  const { client, publish } = await connectJs(mqttUrl, { keepalive: 0 });
  for (let age = MINUTES + 2; age > 0; age -= STEP_MIN) {
    const temperature = age <= 32 || (age > 1_552 && age <= 1_682) ? 12 : 5 + (age % 7) / 10;
    const isAway = age > 900 && age <= 1_080;
    if (!isAway) await publish("devices/fridge/telemetry", JSON.stringify({ temperature }), { qos: 1 });
    clock.skip(Math.min(STEP_MIN, age) * MINUTE_MS);
  }
  await client.endAsync();
}

const wordsOf = (page: Page): Promise<string> => page.locator(".trial-words").innerText();

/** As a person fills it in: critical, above 8, at once. */
async function fillIn(page: Page): Promise<void> {
  const form = page.getByRole("form", { name: "Rule" });
  await form.waitFor(WAIT);
  // The Date header of this hub is the machine's; that its clock is moved on shows with the first tick.
  await page.locator('[data-note="clock"]').waitFor(WAIT);
  await form.getByLabel("Threshold").fill("8");
  await form.getByRole("textbox", { name: "It must hold for" }).fill("0");
  await form.getByText("Critical", { exact: true }).click();
}

test("how often it would have fired, its messages, and their repetitions, on desk and phone; and all of it is so", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  await storeHistory(hub, clock);
  const browser = await openBrowser();
  const url = `${hub.url}/#/alerts/rules/new?device=fridge&metric=temperature`;
  const desk = await openPage(browser, url, { viewport: { width: 1280, height: 900 } });
  await fillIn(desk.page);
  // Fires and is over; fires still. Critical alerts are repeated every 15 minutes: 8 times in 130, and twice in 32.
  const words =
    "It would have fired twice in the last 7 days: 3 messages to each of its channels, and 10 repetitions if nobody acknowledges.";
  await expect.poll(() => wordsOf(desk.page), WAIT).toBe(words);
  const spans = await desk.page
    .getByRole("list", { name: "When it would have fired" })
    .getByRole("listitem")
    .allInnerTexts();
  expect(spans).toMatchObject([expect.stringContaining("still fires"), expect.stringMatching(/2 h 10 min$/)]);
  await expect.poll(() => desk.page.locator(".trial-band").count(), WAIT).toBe(2);
  await look(desk.page, "trial-desk");

  const phone = await openPage(browser, url, { viewport: { width: 390, height: 844 }, hasTouch: true });
  await fillIn(phone.page);
  await expect.poll(() => wordsOf(phone.page), WAIT).toBe(words);
  expect(await phone.page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  await look(phone.page, "trial-phone");
  await phone.page.getByText("24 h", { exact: true }).tap();
  await expect
    .poll(() => wordsOf(phone.page), WAIT)
    .toBe(
      "It would have fired once in the last 24 hours: 1 message to each of its channels, and 2 repetitions if nobody acknowledges.",
    );
  await phone.page.getByLabel("Threshold").fill("20");
  await expect.poll(() => wordsOf(phone.page), WAIT).toBe("It would not have fired in the last 24 hours.");

  // The rule that the form makes is the one that it tried.
  await desk.page.getByRole("button", { name: "Switch it on" }).click();
  await desk.page.locator("[data-rule]", { hasText: "fridge" }).first().waitFor(WAIT);
  const made = (await ask<RulesAnswer>(hub, "/api/rules")).body.rules.at(-1);
  const { id: _, ...rule } = made ?? expect.fail("it is there");
  const [from, to] = [clock.nowMs() - 7 * 1_440 * MINUTE_MS, clock.nowMs()].map((ms) => new Date(ms).toISOString());
  const { body } = await ask<TryRuleAnswer>(hub, "/api/rules/try", { method: "POST", body: { rule, from, to } });
  expect(body).toMatchObject({ total: 2, messages: 3, repeats: 10, devices: 1, complete: true });
  expect([...desk.failures, ...phone.failures]).toEqual([]);
});
