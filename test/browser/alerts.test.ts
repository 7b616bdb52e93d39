/** Alerts in a real browser, on a phone and on a desk: from an empty hub to a gas rule that fires, acknowledged, silenced, many, and for whom. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import type { RuleFields } from "../../src/contract/alerts.ts";
import type { ChannelsAnswer, RulesAnswer } from "../../src/contract/answers/alert-answers.ts";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { type AccessWorld, type Asker, openAccessWorld } from "../support/hub/access-world.ts";
import { look, openBrowser, openPage, violations } from "../support/hub/page.ts";

const WAIT = { timeout: 10_000 };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const NOTICE = "It does not replace a certified CO or smoke alarm.";

const widthOf = (page: Page): Promise<number> => page.evaluate("document.documentElement.scrollWidth");

function open(browser: Browser, { hub }: AccessWorld, who: Asker, hash: string, options: BrowserContextOptions = {}) {
  const extraHTTPHeaders = { cookie: who.headers["cookie"] ?? "" };
  return openPage(browser, `${hub.url}/#${hash}`, { ...options, extraHTTPHeaders });
}

/** A board that may say everything for all devices. */
async function connectBoards(world: AccessWorld) {
  const { secret } = await world.application({ name: "boards", publish: ["devices/#"] });
  const { client, publish } = await connectJs(world.hub.mqttUrl, { username: "boards", password: secret });
  const say = (device: string, metrics: object) =>
    publish(`devices/${device}/telemetry`, JSON.stringify(metrics), { qos: 1 });
  return { client, say };
}

const rule = (name: string, condition: RuleFields["condition"], more: Partial<RuleFields> = {}): RuleFields => ({
  name,
  enabled: true,
  severity: "warning",
  scope: { all: true },
  condition,
  forS: 0,
  keepFiringS: 0,
  channels: "all",
  ...more,
});

test("from an empty hub to a gas rule that fires in one tap of four, and to an acknowledgement on the phone in the pocket", async () => {
  const world = await openAccessWorld();
  const boards = await connectBoards(world);
  const { page, failures } = await open(await openBrowser(), world, world.owner, "/", PHONE);
  await page.getByRole("heading", { name: "No device yet" }).waitFor(WAIT);
  expect(await page.locator(".bell").getAttribute("data-firing")).toBe("0");
  await boards.say("cellar", { coPpm: 0.4, temperature: 21 });

  const offer = page.locator('[data-preset="carbon-monoxide:coPpm"]');
  await offer.waitFor(WAIT);
  expect(await offer.textContent()).toContain(NOTICE);
  await look(page, "alerts-offer-phone");
  await offer.getByRole("button", { name: "Switch on Carbon monoxide" }).tap(); // the first tap
  await offer.getByText("It is on").waitFor(WAIT);
  await boards.say("cellar", { coPpm: 412, temperature: 21 });
  await page.locator('.bell [data-worst="critical"]').waitFor(WAIT);
  expect(await page.title()).toMatch(/^\(\d\) Overview – Aerie$/);
  await page.locator('[data-device-id="cellar"] [data-card-alert="critical"]').waitFor(WAIT);
  await look(page, "alerts-card-phone");

  await page.locator(".bell").tap();
  const alert = page.locator("[data-alert]", { hasText: "412 ppm" });
  await alert.first().waitFor(WAIT);
  expect(await page.locator(".alerts [data-state=firing]").first().textContent()).toContain("412 ppm");
  expect(await widthOf(page)).toBe(390);
  await look(page, "alerts-now-phone");
  await alert
    .first()
    .getByRole("button", { name: /^Acknowledge/ })
    .tap();
  const known = page.locator('[data-part="Acknowledged"] [data-alert]');
  await known.getByText("acknowledged by Owner").waitFor(WAIT);

  // It goes on to be shown until it is over, and is in the log then.
  await boards.say("cellar", { coPpm: 1, temperature: 21 });
  await page.locator("[data-quiet]").waitFor(WAIT);
  expect(await page.title()).toBe("Alerts – Aerie");
  await page.getByRole("link", { name: "Log" }).tap();
  await expect
    .poll(() => page.locator("[data-event]").evaluateAll((rows) => rows.length), WAIT)
    .toBeGreaterThanOrEqual(3);
  const kinds = await page
    .locator("[data-event]")
    .evaluateAll((rows) =>
      (rows as unknown as { dataset: Record<string, string> }[]).map(({ dataset }) => dataset["event"]),
    );
  expect(kinds).toEqual(expect.arrayContaining(["firing", "acknowledged", "resolved"]));
  expect(await violations(page)).toEqual([]);
  expect(failures).toEqual([]);
});

test("a metric's bell makes a rule with its own last values; the chart has its threshold and when it fired", async () => {
  const world = await openAccessWorld();
  const boards = await connectBoards(world);
  for (const temperature of [20, 22, 24]) await boards.say("attic", { temperature, mode: "heat" });
  const { page, failures } = await open(await openBrowser(), world, world.owner, "/devices/attic", {
    viewport: { width: 1280, height: 1_000 },
  });
  await page.getByRole("link", { name: "Alert me about this: mode" }).waitFor(WAIT);
  await page.getByRole("link", { name: "Alert me about this: Temperature" }).click();
  const form = page.getByRole("form", { name: "Rule" });
  await form.waitFor(WAIT);
  expect(await form.getByLabel("Threshold").inputValue()).toBe("26");
  expect(await form.getByLabel("Name").inputValue()).toBe("Temperature: attic");
  await form.getByLabel("Threshold").fill("warm");
  await form.getByRole("button", { name: "Switch it on" }).click();
  await form.getByText("Enter a number.").waitFor(WAIT);
  expect(await page.evaluate("document.activeElement.getAttribute('aria-invalid')")).toBe("true");
  await form.getByLabel("Threshold").fill("25,5");
  await form.getByRole("textbox", { name: "It must hold for" }).fill("0");
  await look(page, "alerts-form");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  await form.getByRole("button", { name: "Switch it on" }).click();
  const entry = page.locator("[data-rule]", { hasText: "Temperature: attic" });
  await entry.getByText("Temperature is above 25.5 °C (over at 24.5 °C), on attic").waitFor(WAIT);
  await look(page, "alerts-rules");
  expect(await violations(page)).toEqual([]);

  await boards.say("attic", { temperature: 27 });
  await page.locator('.bell [data-worst="warning"]').waitFor(WAIT);
  await page.goto(`${world.hub.url}/#/devices/attic`);
  const figure = page.locator('figure[data-metric="temperature"]');
  await figure.locator("[data-bound]", { hasText: "above 25.5 °C" }).waitFor(WAIT);
  await expect.poll(() => figure.getAttribute("data-spans"), WAIT).toBe("1");
  await page.getByRole("list", { name: "Alerts of this device" }).getByText("27 °C").waitFor(WAIT);
  await look(page, "alerts-device");
  expect(await violations(page)).toEqual([]);
  expect(failures).toEqual([]);
});

test("a rule about the hub itself that was deleted is offered again, by itself, where rules are", async () => {
  const world = await openAccessWorld();
  const rulesOf = async () => (await world.owner.ask<RulesAnswer>("/api/rules")).body.rules;
  const id = (await rulesOf()).find(({ name }) => name === "The hub itself")?.id;
  expect((await world.owner.ask(`/api/rules/${id}`, { method: "DELETE" })).status).toBe(204);
  const { page, failures } = await open(await openBrowser(), world, world.owner, "/alerts/rules", PHONE);
  const offer = page.locator('[data-preset="hub"]');
  await offer.waitFor(WAIT);
  expect(await page.locator(".offers h2").textContent()).toBe("Shall the hub watch it?");
  await look(page, "alerts-hub-offer");
  await offer.getByRole("button", { name: "Switch on The hub itself" }).tap();
  await offer.getByText("It is on").waitFor(WAIT);
  expect((await rulesOf()).filter(({ preset }) => preset === "hub").map(({ name }) => name)).toEqual([
    "The hub stores nothing",
    "The hub itself",
  ]);
  await page.goto(`${world.hub.url}/#/`);
  await page.getByRole("heading", { name: "No device yet" }).waitFor(WAIT);
  expect(await page.locator(".offers").count()).toBe(0);
  expect(failures).toEqual([]);
});

test("a hall without power is one entry with a count; it is snoozed at once, and a viewer may only look", async () => {
  const world = await openAccessWorld();
  const boards = await connectBoards(world);
  const fields = rule("Too cold", { kind: "below", metric: "temperature", threshold: 5 });
  expect((await world.owner.ask("/api/rules", { method: "POST", body: fields })).status).toBe(201);
  const ids = Array.from({ length: 500 }, (_, index) => `board-${String(index).padStart(3, "0")}`);
  await Promise.all(ids.map((id) => boards.say(id, { temperature: 1 })));
  const browser = await openBrowser();
  const { page, failures } = await open(browser, world, world.owner, "/alerts", {
    viewport: { width: 1280, height: 800 },
  });
  const group = page.locator('[data-count="500"]');
  await group.waitFor(WAIT);
  await page.locator("[data-firing='500']").filter({ hasText: "500" }).waitFor(WAIT);
  await group.getByRole("button", { name: "Show them" }).click();
  expect(await group.locator("[data-alert]").count()).toBe(20);
  await look(page, "alerts-many");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  await group.getByRole("button", { name: "Snooze the rule Too cold" }).click();
  await group.locator('[data-snooze="hours"]').first().click();
  await page.locator('[data-part="Silenced"] [data-count="500"]').waitFor(WAIT);
  await page.getByRole("button", { name: "End the silence of Too cold" }).click();
  await page.locator('[data-part="Silenced"]').waitFor({ ...WAIT, state: "detached" });

  const viewer = await world.person("Vera", "viewer");
  const seen = await open(browser, world, viewer, "/alerts", PHONE);
  await seen.page.locator('[data-count="500"]').waitFor(WAIT);
  expect(await seen.page.locator("main").getByRole("button").allTextContents()).toEqual(["Show them"]);
  await seen.page.getByRole("link", { name: "Rules", exact: true }).tap();
  await seen.page.getByText("Only an owner can make and change rules.").waitFor(WAIT);
  await seen.page.locator("[data-rule]").first().waitFor(WAIT);
  expect(await seen.page.locator("main").getByRole("button").count()).toBe(0);
  expect([...failures, ...seen.failures]).toEqual([]);
});

test("channels: ntfy gets a topic that nobody can guess, and its code; a test says whether it got through; Web Push shows what comes", async () => {
  const world = await openAccessWorld();
  const hook = await openHook();
  const { page, failures } = await open(await openBrowser(), world, world.owner, "/alerts/channels", PHONE);
  await page.locator('[data-kind="ntfy"]').tap();
  const form = page.getByRole("form", { name: "Channel: ntfy" });
  const topic = await form.getByRole("textbox", { name: "Topic" }).inputValue();
  expect(topic).toMatch(/^aerie-[A-Za-z0-9_-]{22}$/);
  expect(await form.getByRole("img").getAttribute("data-qr")).toBe(`https://ntfy.sh/${topic}`);
  await look(page, "alerts-ntfy-phone");
  expect(await widthOf(page)).toBe(390);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  await form.getByRole("button", { name: "Cancel" }).tap();
  await page.locator('[data-kind="telegram"]').tap();
  expect(await page.locator("[data-polls]").textContent()).toContain("For 24 hours after it, the hub asks Telegram");
  await page.getByRole("button", { name: "Cancel" }).tap();

  await page.locator('[data-kind="webhook"]').tap();
  await page.getByLabel("Address").fill(hook.url);
  await page.getByRole("button", { name: "Save" }).tap();
  const channel = page.locator("[data-channel]");
  await channel.getByRole("button", { name: "Send a test to Webhook" }).tap();
  await channel.locator('[data-outcome="sent"]').waitFor(WAIT);
  expect(hook.bodies()).toHaveLength(1);
  hook.answer(403);
  await channel.getByRole("button", { name: "Send a test to Webhook" }).tap();
  await channel.locator('[data-outcome="refused"]', { hasText: "403" }).waitFor(WAIT);
  await look(page, "alerts-channels-phone");
  // Its address is a secret: it is not shown again, and stays where the form leaves it empty.
  await channel.getByRole("button", { name: "Change Webhook" }).tap();
  expect(await channel.getByLabel("Address").inputValue()).toBe("");
  await channel.getByLabel("Name", { exact: true }).fill("Team");
  await channel.getByRole("button", { name: "Save" }).tap();
  hook.answer(200);
  await channel.getByRole("button", { name: "Send a test to Team" }).tap();
  await channel.locator('[data-outcome="sent"]').waitFor(WAIT);

  expect(await pushed(page, world.hub.url)).toEqual([{ title: "Gas", body: "cellar: CO is 62 ppm" }]);
  expect(failures).toEqual([]);
});

test("a channel is switched off and on where it is listed, keeps its secret, and is only shown to who may not change it", async () => {
  const world = await openAccessWorld();
  const hook = await openHook();
  const settings = { kind: "webhook", preset: "json", url: hook.url, template: '{"what": "{title}"}' };
  const fields = { name: "Team", enabled: true, atLeast: "warning", settings };
  expect((await world.owner.ask("/api/channels", { method: "POST", body: fields })).status).toBe(201);
  const browser = await openBrowser();
  for (const [shape, name] of [
    [PHONE, "phone"],
    [{ viewport: { width: 1280, height: 800 } }, "desk"],
  ] as const) {
    const { page, failures } = await open(browser, world, world.owner, "/alerts/channels", shape);
    const channel = page.locator("[data-channel]");
    const isOn = channel.getByRole("switch", { name: "Team is on", checked: true });
    await isOn.waitFor(WAIT);
    await look(page, `alerts-channel-on-${name}`);
    await isOn.click();
    await channel.getByText("switched off; it sends nothing, also not what waited for it").waitFor(WAIT);
    expect(await stored(world)).toMatchObject([{ enabled: false, atLeast: "warning", secrets: ["url"] }]);
    await look(page, `alerts-channel-off-${name}`);
    expect(await widthOf(page)).toBe(shape.viewport.width);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    await channel.getByRole("switch", { name: "Team is on", checked: false }).click();
    await isOn.waitFor(WAIT);
    expect(failures).toEqual([]);
  }
  const host = hook.url.split("/")[2];
  const { url: _, ...shown } = settings;
  expect(await stored(world)).toMatchObject([{ ...fields, settings: { ...shown, host }, secrets: ["url"] }]);

  const viewer = await open(browser, world, await world.person("Vera", "viewer"), "/alerts/channels");
  await viewer.page.locator("[data-channel]").waitFor(WAIT);
  expect(await viewer.page.getByRole("switch").count()).toBe(0);
});

const stored = async (world: AccessWorld): Promise<ChannelsAnswer["channels"]> =>
  (await world.owner.ask<ChannelsAnswer>("/api/channels")).body.channels;

/** A receiver of webhooks. */
async function openHook() {
  let status = 200;
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      bodies.push(body);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    bodies: () => bodies,
    answer: (next: number) => {
      status = next;
    },
  };
}

/** What the service worker shows of a message that a push service would have brought. */
async function pushed(page: Page, origin: string): Promise<unknown> {
  await page.context().grantPermissions(["notifications"], { origin });
  await page.evaluate("navigator.serviceWorker.register('push-worker.js').then(() => navigator.serviceWorker.ready)");
  const devtools = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations;
      if (first !== undefined) resolve(first.registrationId);
    });
  });
  await devtools.send("ServiceWorker.enable");
  const data = JSON.stringify({ id: "m1", severity: "critical", title: "Gas", text: "cellar: CO is 62 ppm" });
  await devtools.send("ServiceWorker.deliverPushMessage", { origin, registrationId: await registered, data });
  const shown = `navigator.serviceWorker.ready
    .then((worker) => worker.getNotifications())
    .then((all) => all.map(({ title, body }) => ({ title, body })))`;
  await expect.poll(async () => ((await page.evaluate(shown)) as unknown[]).length, WAIT).toBe(1);
  return page.evaluate(shown);
}
