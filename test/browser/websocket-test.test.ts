/** The built test page in a real browser: MQTT of both versions over WebSocket, and what a refusal looks like. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openAccessWorld } from "../support/hub/access-world.ts";
import { startHub } from "../support/hub/hub.ts";
import { openBrowser, openPage } from "../support/hub/page.ts";

const scriptsOf = (page: Page): Promise<number> =>
  page.evaluate("performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).length");

async function connect(page: Page, version: string): Promise<void> {
  await page.locator("#mqtt-version").selectOption(version);
  await page.locator("#mqtt-connect").click();
  await page.locator('#mqtt-status[data-status="connected"]').waitFor({ timeout: 30_000 });
}

async function publish(page: Page, payload: string): Promise<void> {
  await page.locator("#mqtt-payload").fill(payload);
  await page.getByRole("button", { name: "Publish" }).click();
}

/** The newest packet of that kind. */
const row = (page: Page, kind: string, text: string) =>
  page.locator(`#mqtt-packets [data-event="${kind}"]`, { hasText: text }).first();

for (const version of ["3.1.1", "5"]) {
  test(`the test page speaks MQTT ${version}: it subscribes, publishes, shows each packet, and leaves`, async () => {
    const hub = await startHub();
    const { page, failures } = await openPage(await openBrowser(), `${hub.url}/websocket-test.html`);
    const forbidden: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") forbidden.push(message.text());
    });
    const scripts = await scriptsOf(page);

    await connect(page, version);
    await row(page, "connect", `MQTT ${version}`).waitFor();
    await row(page, "connack", version === "5" ? "0x00 success" : "0 connection accepted").waitFor();
    expect(await scriptsOf(page)).toBeGreaterThan(scripts); // mqtt.js comes when it is asked for

    await page.getByRole("button", { name: "Subscribe", exact: true }).click();
    await row(page, "suback", "granted QoS 1").waitFor();
    await publish(page, '{"temperature": 19.5}');
    await row(page, "puback", "packet").waitFor();
    const delivered = row(page, "publish", "← PUBLISHdevices/test-page/telemetry");
    expect(await delivered.textContent({ timeout: 30_000 })).toContain('{"temperature": 19.5}');

    await page.locator("#mqtt-disconnect").click();
    await page.locator('#mqtt-status[data-status="disconnected"]').waitFor({ timeout: 30_000 });
    await row(page, "disconnect", "→").waitFor();
    expect([...failures, ...forbidden]).toEqual([]);
  });
}

test("with MQTT 5 the test page shows why the hub refuses a message, and the inspector shows the same", async () => {
  const hub = await startHub();
  const browser = await openBrowser();
  const { page } = await openPage(browser, `${hub.url}/websocket-test.html`);
  await connect(page, "5");
  await publish(page, "not JSON");
  await page.locator('#mqtt-packets [data-event="puback"][data-error]').waitFor({ timeout: 30_000 });
  expect(await row(page, "puback", "packet").textContent()).toContain("0x99 payload format invalid");

  const inspector = await openPage(browser, `${hub.url}/#/inspector`);
  const answer = inspector.page.locator('[data-code="PAYLOAD_NOT_JSON"] [data-answer]');
  await expect.poll(() => answer.textContent(), { timeout: 30_000 }).toBe("MQTT 5 · 0x99 payload format invalid");
});

test("the test page comes in as a board with its secret, and says why it does not without", async () => {
  const world = await openAccessWorld();
  const { secret } = await world.board("cellar");
  const { page } = await openPage(await openBrowser(), `${world.hub.url}/websocket-test.html`);
  await page.locator("#mqtt-user").fill("cellar");
  await page.locator("#mqtt-password").fill("a wrong one");
  await page.locator("#mqtt-connect").click();
  await row(page, "connack", "0x86 bad user name or password").waitFor({ timeout: 30_000 });

  await page.locator('#mqtt-status[data-status="failed"]').waitFor({ timeout: 30_000 });
  await page.locator("#mqtt-password").fill(secret);
  await connect(page, "5");

  expect(await page.locator("#mqtt-packets").textContent()).not.toContain(secret);
});

test("the test page says that a broker is not there", async () => {
  const hub = await startHub();
  const { page } = await openPage(await openBrowser(), `${hub.url}/websocket-test.html`);
  await page.locator("#mqtt-url").fill(`${hub.wsUrl}-that-is-not-there`);
  await page.locator("#mqtt-connect").click();
  await page.locator('#mqtt-status[data-status="failed"]').waitFor({ timeout: 30_000 });
  expect(await page.locator("#mqtt-status").textContent()).toContain("not connected");
  expect(await page.locator("#mqtt-connect").isEnabled()).toBe(true);
});

test("the test page comes in over Socket.IO with a token, and shows why it is refused", async () => {
  const world = await openAccessWorld();
  const [viewer, metrics] = [await world.token("viewer"), await world.token("metrics")];
  const { page, failures } = await openPage(await openBrowser(), `${world.hub.url}/websocket-test.html`);
  const status = page.locator("#status");
  const connectWith = async (token: string, state: string) => {
    await page.locator("#token").fill(token);
    await page.locator("#connect").click();
    await page.locator(`#status[data-status="${state}"]`).waitFor({ timeout: 30_000 });
    return (await status.textContent()) ?? "";
  };

  expect(await connectWith("", "failed")).toMatch(/^refused: Sign in, or send a token.*\(LOGIN_NEEDED\)$/);
  expect(await connectWith(metrics.secret, "failed")).toContain("(LEVEL_TOO_LOW)");
  expect(await connectWith(viewer.secret, "connected")).toContain("connected as ");
  await page.locator('#events [data-event="connectionInfo"]').waitFor({ timeout: 30_000 });
  await page.locator("#disconnect").click();
  await page.locator('#status[data-status="disconnected"]').waitFor({ timeout: 30_000 });
  expect(await connectWith("wrong", "failed")).toContain("The hub does not know this token");

  expect(failures).toEqual([]);
  expect(page.url()).not.toContain("token");
});
