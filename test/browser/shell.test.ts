/** What is around each page, in a real browser: the pause, the keys, the order of the focus, and one banner while the hub is away. */
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { startHub } from "../support/hub/hub.ts";
import { hubOfFile, unique } from "../support/hub/hub-of-file.ts";
import { look, openBrowser, openPage, violations } from "../support/hub/page.ts";

const WAIT = { timeout: 20_000 };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const DESK = { viewport: { width: 1280, height: 900 } };
const hub = hubOfFile();

/** Counts what changes in the page from now on, but for the status chip. */
const WATCH_CHANGES = `
  window.changes = [];
  new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target.nodeType === 1 ? target : target.parentElement;
      if (element !== null && element.closest(".status") === null) window.changes.push(element.outerHTML.slice(0, 200));
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
`;

test("a paused page stands still and counts what waits; a fire is shown all the same, and all of it when it is resumed", async () => {
  const device = unique("pause");
  const board = await connectJs(hub().mqttUrl);
  const say = (metrics: object) => board.publish(`devices/${device}/telemetry`, JSON.stringify(metrics), { qos: 1 });
  await say({ temperature: 20, flameDetected: false });
  const { page, failures } = await openPage(await openBrowser(), hub().url, DESK);
  const value = page.locator(`[data-device-id="${device}"] [data-metric="temperature"]`);
  await value.getByText("20").waitFor(WAIT);
  await page.locator('[data-state="live"]').waitFor(WAIT);

  await page.getByRole("button", { name: "Pause updates" }).click();
  const paused = page.locator('[data-state="paused"]');
  await paused.waitFor(WAIT);
  await page.evaluate(WATCH_CHANGES);
  for (const temperature of [21, 22, 23]) await say({ temperature });
  await paused.getByText(/Paused · ([3-9]|\d\d+) waiting/).waitFor(WAIT);
  expect(await page.evaluate("window.changes")).toEqual([]);
  expect(await violations(page)).toEqual([]);
  await look(page, "shell-paused");

  await say({ temperature: 24, flameDetected: true });
  await page.locator('.bell [data-worst="critical"]').waitFor(WAIT);
  expect(await value.textContent()).toContain("20");

  await page.keyboard.press("p");
  await value.getByText("24").waitFor(WAIT);
  await page.locator('[data-state="live"]').waitFor(WAIT);

  // Every 30 seconds: the first at once, for the last change was long ago; then nothing for a while.
  await page.getByRole("button", { name: /^Live.*updates$/ }).click();
  await page.getByText("30 s", { exact: true }).click();
  await page.getByText("Live · every 30 s").waitFor(WAIT);
  await look(page, "shell-pace");
  expect(await violations(page)).toEqual([]);
  await page.getByText("live", { exact: true }).click();
  await page.keyboard.press("Escape");
  expect(await page.evaluate("document.activeElement.dataset.state")).toBe("live");
  await say({ temperature: 20, flameDetected: false });
  expect(failures).toEqual([]);
});

test("keys go to pages, search and explain themselves, never while somebody types, and can be switched off", async () => {
  const board = await connectJs(hub().mqttUrl);
  await board.publish(`devices/${unique("keys")}/telemetry`, '{"temperature":20}', { qos: 1 });
  const { page, failures } = await openPage(await openBrowser(), hub().url, DESK);
  await page.locator('[data-state="live"]').waitFor(WAIT);
  for (const [keys, heading] of [
    ["ga", "Alerts"],
    ["gi", "Inspector"],
    ["go", "Overview"],
  ] as const) {
    for (const key of keys) await page.keyboard.press(key);
    await page.getByRole("heading", { name: heading, level: 1 }).waitFor(WAIT);
  }
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.getByRole("heading", { name: "Inspector", level: 1 }).waitFor(WAIT);
  await page.keyboard.press("/");
  await page.getByRole("heading", { name: "Overview" }).waitFor(WAIT);
  await expect.poll(() => page.evaluate("document.activeElement.type"), WAIT).toBe("search");
  await page.keyboard.type("p?");
  expect(await page.evaluate("document.activeElement.value")).toBe("p?");
  expect(await page.locator('[data-state="paused"]').count()).toBe(0);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.locator("#main").focus();

  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await help.waitFor(WAIT);
  expect(await violations(page)).toEqual([]);
  await look(page, "shell-keys");
  await help.getByRole("switch").uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached", ...WAIT });
  await page.keyboard.press("p");
  await page.keyboard.press("?");
  expect(await page.locator('[data-state="paused"], dialog[open]').count()).toBe(0);
  await page.reload();
  await page.locator('[data-state="live"]').waitFor(WAIT);
  await page.keyboard.press("p");
  await page.getByRole("button", { name: "Menu" }).click();
  expect(await page.locator('[data-state="paused"]').count()).toBe(0);
  await page.getByText("Dark", { exact: true }).click();
  expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
  expect(await violations(page)).toEqual([]);
  expect(failures).toEqual([]);
});

test.each([
  ["desk", DESK],
  ["phone", PHONE],
])(
  "on a %s the focus comes to the way past the pages first, then to each of them, and is seen",
  async (name, options) => {
    const { page } = await openPage(await openBrowser(), hub().url, options);
    await page.locator('[data-state="live"]').waitFor(WAIT);
    await page.getByRole("heading", { name: "Overview" }).waitFor(WAIT);
    const stops: string[] = [];
    for (let step = 0; step < 7; step++) {
      await page.keyboard.press("Tab");
      const { words, isSeen } = await page.evaluate<{ words: string; isSeen: boolean }>(`(() => {
      const stop = document.activeElement;
      const { left, top, right, bottom } = stop.getBoundingClientRect();
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return { words: stop.innerText.trim(), isSeen: stop.contains(hit) && getComputedStyle(stop).outlineStyle !== "none" };
    })()`);
      stops.push(words);
      expect(isSeen, words).toBe(true);
    }
    expect(stops.slice(0, 6)).toEqual(
      ["Skip to content", "Aerie", "Overview", "Views", "Alerts", "Inspector"].map((word) =>
        expect.stringMatching(`^${word}`),
      ),
    );
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
    expect(await violations(page)).toEqual([]);
    await look(page, `shell-${name}`);
  },
);

test("values and times are shown in the units and by the clocks that this browser chose, and rules keep the hub's unit", async () => {
  const device = unique("units");
  const board = await connectJs(hub().mqttUrl);
  const hourMs = 3_600_000;
  const atMs = (Math.floor(Date.now() / hourMs) - 24) * hourMs;
  const say = (metrics: object) =>
    board.publish(`devices/${device}/telemetry`, JSON.stringify({ ...metrics, timestamp: atMs }), { qos: 1 });
  await say({ temperature: 20, pressure: 1013 });
  const { page, failures } = await openPage(await openBrowser(), `${hub().url}/#/settings`, {
    ...DESK,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
  await page.getByText("°F", { exact: true }).click();
  await page.getByText("inHg", { exact: true }).click();
  const zone = page.getByLabel("Time zone");
  expect(await zone.locator("option").first().innerText()).toBe("This browser's (Europe/Berlin)");
  await zone.selectOption("Australia/Adelaide");
  expect(await violations(page)).toEqual([]);
  await look(page, "shell-units");
  await page.reload(); // this browser keeps them
  await expect.poll(() => zone.inputValue(), WAIT).toBe("Australia/Adelaide");

  const [from, to] = [atMs - hourMs, atMs + hourMs].map((ms) => new Date(ms).toISOString());
  await page.goto(`${hub().url}/#/devices/${device}?from=${from}&to=${to}`);
  await page.locator('[data-tile="temperature"]').getByText("68.0").waitFor(WAIT);
  expect(await page.locator('[data-tile="pressure"]').innerText()).toContain("29.91");
  const figure = page.locator('figure[data-metric="temperature"]');
  await figure.getByRole("button", { name: /table/ }).click();
  await figure.getByRole("table", { name: /in °F$/ }).waitFor(WAIT);
  // Of a full hour in UTC: clocks are half an hour away there.
  await figure.getByRole("row", { name: /^\d\d:30.* 68\.0/ }).waitFor(WAIT);
  await look(page, "shell-units-device");
  expect(await violations(page)).toEqual([]);
  expect(failures).toEqual([]);
});

test("where a proxy passes no WebSocket, the page is live by requests of HTTP", async () => {
  const device = unique("polling");
  const board = await connectJs(hub().mqttUrl);
  const say = (temperature: number) =>
    board.publish(`devices/${device}/telemetry`, JSON.stringify({ temperature }), { qos: 1 });
  await say(20);
  const context = await (await openBrowser()).newContext(DESK);
  await context.routeWebSocket("**/socket.io/**", (socket) => socket.close());
  const page = await context.newPage();
  await page.goto(hub().url);
  await page.locator('[data-state="live"]').waitFor(WAIT);
  await page.locator(`[data-device-id="${device}"] [data-metric="temperature"]`).getByText("20").waitFor(WAIT);
  await say(21);
  await page.locator(`[data-device-id="${device}"] [data-metric="temperature"]`).getByText("21").waitFor(WAIT);
});

test("while the hub is away one banner says so, no card claims to be online, and no section speaks of it", async () => {
  const away = await startHub();
  const board = await connectJs(away.mqttUrl);
  await board.publish("devices/shed/telemetry", '{"temperature":7}', { qos: 1 });
  const { page, failures } = await openPage(await openBrowser(), away.url, PHONE);
  await page.locator('[data-device-id="shed"]').getByText("7").first().waitFor(WAIT);
  await page.locator('[data-state="live"]').waitFor(WAIT);
  const { page: device } = await openPage(await openBrowser(), `${away.url}/#/devices/shed`, DESK);
  const badge = device.locator(".charts-head .badge");
  await expect.poll(() => badge.innerText(), WAIT).toMatch(/Live$/);
  await device.locator("[data-lane] .lane-online").first().waitFor(WAIT);
  await device.getByRole("button", { name: "Why?" }).click();
  const verdict = device.locator(".why-verdict");
  await verdict.getByText("Online: ").waitFor(WAIT);
  await device.getByRole("button", { name: "Pause updates" }).click();
  await expect.poll(() => badge.innerText(), WAIT).toBe("Paused");
  await device.getByRole("button", { name: "Resume updates" }).click();
  await expect.poll(() => badge.innerText(), WAIT).toMatch(/Live$/);
  await device.getByRole("button", { name: "Why?" }).click();
  await board.client.endAsync();
  await away.close();

  await page.locator('[data-banner="lost"]').waitFor(WAIT);
  await page.locator('[data-state="stale"]').waitFor(WAIT);
  expect(await page.locator(".note").count()).toBe(1);
  expect(await page.locator("main.stale").count()).toBe(1);
  expect(await page.locator('[data-device-id="shed"]').textContent()).not.toMatch(/online/i);
  expect(await page.locator("main").innerText()).not.toMatch(/Error|failed to fetch|_[A-Z]/);
  expect(await violations(page)).toEqual([]);
  await look(page, "shell-away");
  await verdict.getByText("Not known: ").waitFor(WAIT);
  expect(await badge.innerText()).toBe("Not live now");
  await look(device, "shell-away-device");
  expect(failures).toEqual([]);
});

test("a page that is seen again after its computer slept connects at once, for its connection may be gone", async () => {
  const { page, failures } = await openPage(await openBrowser(), hub().url, DESK);
  await page.locator('[data-state="live"]').waitFor(WAIT);
  const next = page.waitForEvent("websocket", WAIT);
  await page.clock.setFixedTime(Date.now() + 3_600_000);
  await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
  await next;
  expect(failures).toEqual([]);
});
