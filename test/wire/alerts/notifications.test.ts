/** From a board's reading to the receivers of its alerts, and back by the link to acknowledge. */
import { expect, test } from "vitest";
import type { SilencesAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock, type ShiftedClock } from "../../support/clock/shifted-clock.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { type InProcessHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import {
  type AlertRecords,
  readAlertRecords,
  ruleFields,
  webhook,
  writeAlertRecords,
} from "../../support/notify/alert-records.ts";
import { type KeepingReceiver, openKeepingReceiver } from "../../support/notify/keeping-receiver.ts";
import { until } from "../../support/until.ts";

interface World {
  readonly hub: InProcessHub;
  readonly clock: ShiftedClock;
  readonly board: JsClient;
  readonly dataDir: string;
  /** A reading of that device, acknowledged. */
  send(device: string, metrics: object): Promise<void>;
}

async function openWorld(records: AlertRecords): Promise<World> {
  const dataDir = tempDir();
  await writeAlertRecords(dataDir, records);
  const clock = createShiftedClock();
  const hub = await startHub({ clock, settings: { dataDir } });
  const board = await connectJs(hub.mqttUrl);
  const send = (device: string, metrics: object): Promise<void> =>
    board.publish(`devices/${device}/telemetry`, JSON.stringify(metrics), { qos: 1 });
  return { hub, clock, board, dataDir, send };
}

const titlesOf = ({ messages }: KeepingReceiver): string[] => messages.map(({ title }) => title);

const GAS: AlertRecords["rules"] = {
  warn: ruleFields("Gas", { kind: "above", metric: "gas", threshold: 20, clear: 15 }, { severity: "warning" }),
  leak: ruleFields("Gas leak", { kind: "above", metric: "gas", threshold: 50, clear: 40 }),
};

test("a gas leak is a warning, then critical, then over: one message each, on each channel, and what flaps is no storm", async () => {
  const receiver = await openKeepingReceiver();
  const world = await openWorld({
    rules: GAS,
    channels: {
      hook: webhook(receiver.url),
      panel: { ...webhook(""), settings: { kind: "mqtt", topic: "panel/alerts" } },
      pages: { ...webhook(""), settings: { kind: "browser" } },
    },
  });
  await world.board.subscribe("panel/alerts", 1);
  const page = await openLiveClient(world.hub.url);
  // Within its hysteresis nothing changes.
  for (const [gas, messages] of [
    [5, 0],
    [25, 1],
    [18, 1],
    [55, 2],
    [45, 2],
    [42, 2],
    [30, 3],
    [10, 4],
  ] as const) {
    await world.send("kitchen", { gas });
    await until(`${messages} messages`, () => receiver.messages.length === messages);
    world.clock.pass(40_000);
  }
  expect(titlesOf(receiver)).toEqual([
    "Warning: Gas, kitchen",
    "CRITICAL: Gas leak, kitchen",
    "Over: Gas leak, kitchen",
    "Over: Gas, kitchen",
  ]);
  const published = (): string[] =>
    world.board.received
      .filter(({ topic }) => topic === "panel/alerts")
      .map(({ payload }) => JSON.parse(payload).title);
  await until("MQTT has them", () => published().length === 4);
  expect(published()).toEqual(titlesOf(receiver));
  await until("the page has them", () => page.of("notify").length === 4);
  expect(page.of("notify").map(({ event }) => event.title)).toEqual(titlesOf(receiver));

  for (let turn = 0; turn < 200; turn++) await world.send("kitchen", { gas: turn % 2 === 0 ? 60 : 5 });
  await until("the first is there", () => receiver.messages.length > 4);
  world.clock.pass(40_000);
  await until("the last is over", () => receiver.messages.at(-1)?.entries.some(({ text }) => text.includes("times")));
  expect(receiver.messages.length).toBeLessThanOrEqual(4 + 6);
  expect(receiver.faults).toEqual([]);
});

test("a link to acknowledge or to silence asks on a page, and works once, signed in or not", async () => {
  const receiver = await openKeepingReceiver();
  const publicUrl = "http://hub.example";
  const dataDir = tempDir();
  const heat = ruleFields("Heat", { kind: "above", metric: "heat", threshold: 50 });
  await writeAlertRecords(dataDir, {
    rules: { ...GAS, heat },
    channels: { hook: webhook(receiver.url, { name: "<phone>" }) },
  });
  const { hub, owner, ...world } = await openAccessWorld({ settings: { dataDir, publicUrl } });
  const { secret } = await world.board("kitchen");
  const board = await connectJs(hub.mqttUrl, { username: "kitchen", password: secret });
  await board.publish("devices/kitchen/telemetry", '{"gas":60}', { qos: 1 });
  await until("both come", () => receiver.messages.flatMap(({ entries }) => entries).length === 2);
  const [message] = receiver.messages;
  expect(message?.hint).toContain("Alerts");
  const path = message?.acknowledgeUrl?.slice(publicUrl.length) ?? "";
  expect(path).toMatch(/^\/acknowledge\/[\w-]{43}$/);

  // As a browser that reaches the hub under its public name.
  const headers = { host: "hub.example", accept: "text/html" };
  const asked = await ask(hub, path, { headers });
  expect(asked.status).toBe(200);
  expect(asked.headers["referrer-policy"]).toBe("same-origin");
  expect(asked.text).toContain('<form method="post">');
  expect(asked.text).toContain("kitchen");
  await ask(hub, path, { method: "HEAD", headers });
  const post = (more: Record<string, string>, to = path) =>
    ask(hub, to, { method: "POST", headers: { ...headers, ...more } });
  expect((await post({ origin: "https://evil.example" })).status).toBe(403);
  expect((await post({ origin: publicUrl }, `${path.slice(0, -3)}abc`)).status).toBe(404);
  // A form sends the cookie of whoever is signed in, and no CSRF token.
  const form = { origin: publicUrl, cookie: owner.headers["cookie"] ?? "" };
  const both = await Promise.all([post(form), post(form)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
  expect((await post({ origin: publicUrl })).text).toContain("used already");

  // Another is silenced by its link.
  const before = receiver.messages.length;
  await board.publish("devices/kitchen/telemetry", '{"heat":60}', { qos: 1 });
  const next = await until("it comes", () => receiver.messages[before]?.acknowledgeUrl?.slice(publicUrl.length));
  const silence = (hours: string, from = publicUrl) => post({ origin: from }, `${next}?silenceHours=${hours}`);
  expect((await silence("8", "https://evil.example")).status).toBe(403);
  expect((await silence("200")).status).toBe(400);
  const silenced = await Promise.all([silence("8"), silence("24")]);
  expect(silenced.map(({ status }) => status).sort()).toEqual([200, 410]);
  expect((await post({ origin: publicUrl }, next)).status).toBe(410);
  const { silences } = (await owner.ask<SilencesAnswer>("/api/silences")).body;
  expect(silences).toMatchObject([{ ruleId: "heat", deviceId: "kitchen", by: "link (<phone>)" }]);
  await hub.close();
  const { events } = await readAlertRecords(dataDir);
  const acknowledged = events.filter(({ kind }) => kind === "acknowledged");
  expect(acknowledged.length).toBe(message?.entries.length);
  expect(acknowledged[0]?.by).toBe("link (<phone>)");
});
