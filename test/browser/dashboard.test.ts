/** The built dashboard in a real browser, on an address that is no secure context, through a hub's death and return. */
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { spawnHub, tempDir } from "../support/hub/hub.ts";
import { openBrowser, openPage, showAll, shown } from "../support/hub/page.ts";
import { freePort, nonLoopbackAddress } from "../support/network.ts";
import { SEED_METRICS } from "../support/packets/payloads.ts";
import { until } from "../support/until.ts";

const DEVICE = "esp32-lab";
const MINUTE_MS = 60_000;

function publicAddress(): string {
  const address = nonLoopbackAddress();
  if (address === undefined)
    throw new Error("this machine has no IPv4 address besides 127.0.0.1: see test/support/prepare/prepare.ts");
  return address;
}

/** A hub on the same ports and data each time. */
async function hubAt(dataDir: string, httpPort: number) {
  const args = ["--http-host", publicAddress(), "--auth", "off-and-public"];
  return spawnHub({ dataDir, httpPort, args });
}

async function publish(mqttUrl: string, readings: readonly object[]): Promise<void> {
  const board = await connectJs(mqttUrl);
  for (const reading of readings) {
    await board.publish(`devices/${DEVICE}/telemetry`, JSON.stringify({ ...SEED_METRICS, ...reading }), { qos: 1 });
  }
  await board.client.endAsync();
}

test("readings appear and go on, a dead hub is noticed, and after its return the page equals a fresh one", {
  timeout: 120_000,
}, async () => {
  const dataDir = tempDir();
  const httpPort = await freePort(publicAddress());
  const hub = await hubAt(dataDir, httpPort);
  const now = Date.now();
  await publish(
    hub.mqttUrl,
    [-50, -40, -30, -20, -10].map((minutes, index) => ({
      ts: now + minutes * MINUTE_MS,
      temperature: 20 + index,
      coPpm: index,
    })),
  );
  const browser = await openBrowser();

  // The overview, and it goes on by itself.
  const { page, failures } = await openPage(browser, `${hub.url}/`);
  const card = page.locator(`[data-device-id="${DEVICE}"]`);
  const cardValue = card.locator('[data-metric="temperature"]');
  await expect.poll(() => cardValue.textContent({ timeout: 1_000 }), { timeout: 30_000 }).toContain("24.0");
  await page.locator('[data-state="live"]').waitFor();
  await publish(hub.mqttUrl, [{ temperature: 25.5, coPpm: 5.5 }]);
  await expect.poll(() => cardValue.textContent({ timeout: 1_000 }), { timeout: 30_000 }).toContain("25.5");

  // The device's page: its charts come from the store and go on live.
  await card.getByRole("link").click();
  const chart = page.locator('figure[data-metric="temperature"]');
  const points = async (): Promise<number> => Number(await chart.getAttribute("data-points"));
  await expect.poll(points, { timeout: 30_000 }).toBe(6);
  await publish(hub.mqttUrl, [{ temperature: 26 }, { temperature: 26.5 }]);
  await expect.poll(points, { timeout: 30_000 }).toBe(8);
  await showAll(page);
  await page.evaluate("window.sameDocument = true");

  // The hub dies: the page says so.
  await hub.kill();
  await page.locator('[data-state="stale"]').waitFor({ timeout: 30_000 });

  // Readings arrive that the page cannot hear of, some with instants of before.
  const elsewhere = await hubAt(dataDir, 0);
  await publish(elsewhere.mqttUrl, [
    { ts: now - 45 * MINUTE_MS, temperature: 12.3 },
    { ts: now - 25 * MINUTE_MS, temperature: 14.5, flameDetected: true },
    { temperature: 27.5, humidity: 71 },
  ]);
  expect(await elsewhere.kill("SIGTERM")).toBe(0);
  const returned = await hubAt(dataDir, httpPort);

  await page.locator('[data-state="live"]').waitFor({ timeout: 20_000 });
  await expect.poll(points, { timeout: 30_000 }).toBe(11);
  await publish(returned.mqttUrl, [{ temperature: 28.5 }]);
  await expect.poll(points, { timeout: 30_000 }).toBe(12);

  const fresh = await openPage(browser, `${returned.url}/#/devices/${DEVICE}`);
  await fresh.page.locator('[data-state="live"]').waitFor();
  await fresh.page.locator('figure[data-metric="temperature"][data-points="12"]').waitFor();
  await showAll(fresh.page);
  // A table's rows move on with the minutes, so both are read until they were read in the same one.
  await until("the page shows what a fresh one shows", async () => {
    const [ours, theirs] = await Promise.all([shown(page), shown(fresh.page)]);
    expect(ours).toEqual(theirs);
    return true;
  });

  const now12 = await shown(page);
  expect(Object.keys(now12.charts).sort()).toEqual(Object.keys(SEED_METRICS).sort());
  expect(now12.values["temperature"]).toContain("28.5");
  expect(now12.charts["temperature"]?.stats).toMatch(/min 12\.3.*max 28\.5/);
  expect(now12.charts["temperature"]?.table.length).toBeGreaterThan(0);
  expect(await page.evaluate("window.sameDocument")).toBe(true); // it never reloaded

  // After a restart of the hub a page has values and charts from the store before any socket connects.
  const context = await browser.newContext();
  await context.route("**/socket.io/**", (route) => route.abort());
  await context.routeWebSocket("**/socket.io/**", (socket) => socket.close());
  const early = await context.newPage();
  await early.goto(`${returned.url}/#/devices/${DEVICE}`);
  await early.locator('figure[data-metric="temperature"][data-points="12"] .u-over').waitFor({ timeout: 30_000 });
  expect(await early.locator('[data-tile="temperature"]').innerText()).toContain("28.5");
  expect([...failures, ...fresh.failures]).toEqual([]);
});
