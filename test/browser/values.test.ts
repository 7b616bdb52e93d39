/** Values as people see them: no digit is rounded away, a text ends no chart, and long names stay on a narrow page. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { type HubAddress, startHub } from "../support/hub/hub.ts";
import { openBrowser, openPage, shown, showTables } from "../support/hub/page.ts";
import { ask } from "../support/hub/rest.ts";

const MINUTE_MS = 60_000;
const WAIT = { timeout: 30_000 };
const LONG = "an-id-of-sixty-four-characters-that-no-page-of-a-phone-has-room-";

async function publishAll(hub: HubAddress, nowMs: number): Promise<void> {
  const board = await connectJs(hub.mqttUrl);
  const readings = Array.from({ length: 8 }, (_, index) => ({
    ts: nowMs - (8 - index) * MINUTE_MS,
    meter: 31_043.271 + index / 1_000,
    counter: 3_546_238 + index,
    total: 12_345,
    isOpen: index === 2,
    level: index === 4 ? "unavailable" : 40 + index,
  }));
  await board.publish("devices/meter/telemetry", JSON.stringify(readings), { qos: 1 });
  await board.publish("devices/meter/telemetry", '{"level":"unavailable"}', { qos: 1 });
  await board.publish(
    `devices/${LONG}/telemetry`,
    JSON.stringify({ note: "x".repeat(250), [`m${LONG}`.slice(0, 64)]: 1 }),
    { qos: 1 },
  );
  await board.publish(`devices/${LONG}/attributes`, JSON.stringify({ firmware: "y".repeat(250) }), { qos: 1 });
  await board.publish("devices/meter/telemetry", `{"${"z".repeat(64)}":"23,5"}`, { qos: 1 }); // for the inspector
  await board.client.endAsync();
}

/** Nothing hangs over the right edge. */
const overhangPx = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

test("digits, charts with texts among their numbers, and long names, on a desk and on a phone", {
  timeout: 120_000,
}, async () => {
  const hub = await startHub();
  await publishAll(hub, Date.now());
  const browser = await openBrowser();
  const { page, failures } = await openPage(browser, `${hub.url}/#/devices/meter?r=1h`, { locale: "en-US" });
  const figure = (metric: string) => page.locator(`figure[data-metric="${metric}"]`);
  await expect.poll(() => figure("meter").getAttribute("data-points"), WAIT).toBe("8");
  await showTables(page);

  const { values, charts } = await shown(page);
  expect(values).toMatchObject({ meter: "31,043.278", counter: "3,546,245", total: "12,345", level: "unavailable" });
  expect(charts["meter"]?.stats).toMatch(/min 31,043\.271\d*\s*mean 31,043\.274\d*\s*max 31,043\.278/);
  expect(charts["counter"]?.stats).toMatch(/min 3,546,238\s*mean 3,546,241\.5\s*max 3,546,245/);
  expect(charts["total"]?.stats).toMatch(/min 12,345\s*mean 12,345\s*max 12,345/);
  expect(new Set(charts["meter"]?.table.filter((row) => !row.includes("no data"))).size).toBe(8);

  // The newest value of it is a text, and it has its chart all the same: seven numbers, and the text under the crosshair.
  expect(charts["level"]?.points).toBe("7");
  await figure("level").scrollIntoViewIfNeeded();
  const area = await figure("level").locator(".time-area").boundingBox();
  if (area === null) throw new Error("the plot is not shown");
  const under: string[] = [];
  for (let part = 0; part <= 1; part += 0.02) {
    await page.mouse.move(area.x + area.width * part, area.y + area.height / 2);
    under.push((await figure("level").locator(".readout").textContent()) ?? "");
  }
  for (const words of [/· unavailable$/, /· 40$/, /· 47$/])
    expect(
      under.some((each) => words.test(each)),
      `${words}`,
    ).toBe(true);

  // One time stands in one line in all plots, strips and the presence, however wide the words of their axes are.
  await page.mouse.move(0, 0);
  const areas = await page
    .locator("figure .plot .time-area, figure .plot .u-over, figure .strip .time-area, .lane-area")
    .evaluateAll((all) =>
      all.map((area) => {
        const { left, width } = area.getBoundingClientRect();
        return [Math.round(left), Math.round(width)].join("+");
      }),
    );
  expect(areas.length).toBe(2 * 4 + 2);
  expect(new Set(areas).size).toBe(1);

  // A click on a value brings its chart to the top, and it is there after a reload.
  const first = () => page.locator("figure[data-metric]").first().getAttribute("data-metric");
  expect(await first()).not.toBe("total");
  await page.locator('[data-tile="total"]').click();
  await expect.poll(first, WAIT).toBe("total");
  await page.reload();
  await expect.poll(first, WAIT).toBe("total");
  await page.locator('[data-tile="total"]').click();
  await expect.poll(first, WAIT).not.toBe("total");
  // The owner's name, unit and digits, and what is hidden, are everywhere and for everybody.
  const other = await openPage(browser, `${hub.url}/#/devices/meter?r=1h`, { locale: "en-US" });
  await other.page.locator('[data-tile="counter"]').waitFor(WAIT);
  await page.getByRole("button", { name: "Edit values" }).click();
  await page.getByLabel("Name of meter").fill("Main meter");
  await page.getByLabel("Unit of meter").fill("kWh");
  await page.getByLabel("Digits of meter").fill("1");
  await page.getByLabel("Hide counter").check();
  while (await page.getByRole("button", { name: "Move up: total" }).isEnabled())
    await page.getByRole("button", { name: "Move up: total" }).click();
  await page.getByRole("button", { name: "Save values" }).click();
  for (const each of [page, other.page]) {
    const tile = each.locator('[data-tile="meter"]');
    await expect.poll(() => tile.innerText(), WAIT).toMatch(/^Main meter\n+31,043\.3\s*kWh/);
    expect(await each.locator('[data-tile="counter"], figure[data-metric="counter"]').count()).toBe(0);
    expect(await each.locator("[data-tile]").first().getAttribute("data-tile")).toBe("total");
  }
  await page.getByRole("button", { name: "Edit values" }).click();
  for (const metric of ["meter", "counter"]) await page.getByRole("button", { name: `Reset ${metric}` }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => other.page.locator('[data-tile="counter"]').count(), WAIT).toBe(1);
  await expect.poll(() => page.locator('[data-tile="meter"]').innerText(), WAIT).toMatch(/^meter\n/);

  await ask(hub, "/api/devices/meter", { method: "PATCH", body: { place: "behind the shed ".repeat(6).trim() } });
  await page.setViewportSize({ width: 360, height: 740 });
  for (const at of ["#/", `#/devices/${LONG}`, "#/devices/meter", "#/inspector"]) {
    await page.goto(`${hub.url}/${at}`);
    await page.locator('[data-state="live"]').waitFor();
    await page.locator("h1").first().waitFor();
    await expect.poll(() => overhangPx(page), { ...WAIT, message: at }).toBe(0);
    if (at !== "#/") continue;
    const heading = page.locator(".group-head", { hasText: "behind the shed" });
    await heading.waitFor(WAIT);
    expect(await heading.evaluate((head) => head.scrollHeight - head.clientHeight)).toBe(0);
  }
  expect([...failures, ...other.failures]).toEqual([]);
});

test.each(["de-DE", "ar-EG", "hi-IN", "fr-FR"])(
  "no word of an axis is cut in %s",
  { timeout: 60_000 },
  async (locale) => {
    const hub = await startHub();
    await publishAll(hub, Date.now());
    const browser = await openBrowser();
    const { page } = await openPage(browser, `${hub.url}/#/devices/meter?r=1h`, { locale });
    const plot = page.locator('figure[data-metric="counter"] .u-over');
    await plot.waitFor();
    // Until the series is drawn the axis has no words.
    const spare = () =>
      plot.evaluate((over) => {
        const axis = over.getBoundingClientRect().left - (over.closest(".plot")?.getBoundingClientRect().left ?? 0);
        const ruler = over.ownerDocument.createElement("canvas").getContext("2d");
        if (ruler !== null) ruler.font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
        return axis - (ruler?.measureText((3_546_240).toLocaleString()).width ?? 0);
      });
    await expect.poll(spare, WAIT).toBeGreaterThanOrEqual(0);
  },
);
