/** Topics of the hub itself, below `aerie/`: what it retains of alerts, and that nobody else publishes there. On real sockets. */
import { expect, test } from "vitest";
import type { Alert, Rule, RuleFields } from "../../../src/contract/alerts.ts";
import { type LiveClient, openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { openBuiltHubFile } from "../../support/hub/built-hub-file.ts";
import { type InProcessHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask, refusedCount } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const TOPIC = "aerie/alerts/gas/cellar";

test("without accounts, too, a message and a last will on a topic of the hub are refused and listed", async () => {
  const hub = await startHub();
  const reader = await connectJs(hub.mqttUrl, { protocolVersion: 5 });
  await reader.subscribe("#", 1);
  const will = { topic: TOPIC, payload: Buffer.from("{}"), qos: 1, retain: true } as const;
  const board = await connectJs(hub.mqttUrl, { protocolVersion: 5, clientId: "board", will });
  const answered = board.client.publishAsync(TOPIC, "{}", { qos: 1, retain: true });
  await expect(answered).rejects.toMatchObject({ code: 0x87 });
  const old = await connectJs(hub.mqttUrl, { protocolVersion: 4 });
  await old.publish(TOPIC, "{}", { qos: 1, retain: true });
  await old.publish(TOPIC, "", { qos: 1, retain: true });
  board.client.stream.destroy();
  await old.publish("marker", "1", { qos: 1 });
  await reader.message("marker");
  expect(reader.received.map(({ topic }) => topic)).toEqual(["marker"]);
  expect(await refusedCount(hub, "TOPIC_OF_HUB")).toBe(4);
});

const RULE: RuleFields = {
  name: "Gas",
  enabled: true,
  severity: "critical",
  scope: { all: true },
  condition: { kind: "above", metric: "gasPpm", threshold: 300 },
  forS: 0,
  keepFiringS: 0,
  channels: "all",
};

const addRule = async (hub: InProcessHub, fields: RuleFields): Promise<Rule> =>
  (await ask<Rule>(hub, "/api/rules", { method: "POST", body: fields })).body;

const statesOf = (browser: LiveClient, id: string): string[] =>
  browser.of("alert").flatMap(({ event }) => event.alerts.filter((alert) => alert.id === id).map(({ state }) => state));

async function reader(hub: InProcessHub) {
  const client = await connectJs(hub.mqttUrl, { protocolVersion: 5 });
  await client.subscribe("aerie/#", 1);
  /** By topic, the last message; an empty one is none. */
  const states = (): Record<string, string> => {
    const last = new Map(client.received.map(({ topic, payload }) => [topic, payload]));
    return Object.fromEntries(
      [...last].flatMap(([topic, payload]) =>
        payload === ""
          ? []
          : [[topic, `${(JSON.parse(payload) as Alert).state} ${(JSON.parse(payload) as Alert).text}`]],
      ),
    );
  };
  return { client, states };
}

test("an alert is retained while it fires, and cleared when it is over; browsers and /metrics have it", async () => {
  const hub = await startHub();
  const browser = await openLiveClient(hub.url);
  await until("it is told on connect how many fire", () => browser.of("alert").length > 0);
  expect(browser.of("alert")[0]?.event.alerts).toEqual([]);
  const gas = await addRule(hub, RULE);
  const { client, states } = await reader(hub);
  const send = (payload: object) => client.publish("devices/cellar/telemetry", JSON.stringify(payload), { qos: 1 });
  await send({ gasPpm: 312 });
  const topic = `aerie/alerts/${gas.id}/cellar`;
  await until("the alert is retained", () => states()[topic]?.startsWith("firing"));
  const told = (): string[] => statesOf(browser, `${gas.id}~cellar`);
  await until("the browser is told", () => told().at(-1) === "firing");
  expect(browser.of("alert").at(-1)?.event.firing.critical).toBeGreaterThan(0);
  const late = await reader(hub);
  expect((await late.client.message(topic)).retain).toBe(true);
  const metrics = (await ask(hub, "/metrics")).text;
  expect(metrics).toMatch(/^aerie_alert_rules [1-9]/m);
  expect(metrics).toContain('aerie_alerts{severity="critical",state="firing"} 1');
  await send({ gasPpm: 20 });
  await until("it is cleared", () => states()[topic] === undefined);
  await until("the browser is told that it is over", () => told().at(-1) === "normal");
});

test("what ended while the hub was down, or was put there before, is gone after the start; what fires still is there", async () => {
  const dataDir = tempDir();
  const first = await startHub({ settings: { dataDir } });
  const [stays, ends] = [await addRule(first, RULE), await addRule(first, { ...RULE, name: "Other" })];
  const before = await reader(first);
  await before.client.publish("devices/cellar/telemetry", '{"gasPpm":312}', { qos: 1 });
  const topics = [stays, ends].map(({ id }) => `aerie/alerts/${id}/cellar`);
  await until("both are retained", () => topics.every((topic) => before.states()[topic] !== undefined));
  await first.close();
  // As if it had ended behind the hub's back: nothing of it is kept, but its message.
  const { hubFile } = await openBuiltHubFile(dataDir);
  await hubFile.load();
  await hubFile.write([
    { of: "record", kind: "rule", id: ends.id, data: undefined },
    { of: "record", kind: "alert", id: `${ends.id}~cellar`, data: undefined },
  ]);
  await hubFile.close();

  const second = await startHub({ settings: { dataDir } });
  const after = await reader(second);
  const held = (): boolean[] => topics.map((topic) => after.states()[topic] !== undefined);
  await until("only one is there", () => held().join() === "true,false");
  const { alerts } = (await ask<{ alerts: Alert[] }>(second, "/api/alerts?device=cellar")).body;
  expect(alerts.map(({ ruleId, state }) => [ruleId, state])).toEqual([[stays.id, "firing"]]);
});
