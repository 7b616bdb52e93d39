/** What is asked wrongly of rules, derived metrics and channels: a clear answer each, nothing is kept of it, and nothing is sent. */
import { expect, test } from "vitest";
import type { Rule } from "../../../src/contract/alerts.ts";
import type { ChannelTestAnswer } from "../../../src/contract/answers/alert-answers.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { startHub } from "../../support/hub/hub.ts";
import { type Answer, ask } from "../../support/hub/rest.ts";
import { answer, openReceiver } from "../../support/notify/receiver.ts";

const RULE = {
  name: "Too hot",
  enabled: true,
  severity: "critical",
  scope: { all: true },
  condition: { kind: "above", metric: "t", threshold: 5 },
  forS: 0,
  keepFiringS: 0,
  channels: "all",
};
const rule = (condition: object, fields: object = {}) => ({ ...RULE, condition, ...fields });
const t = { metric: "t" };
const derived = (expression: string) => ({ metric: "_x", scope: { all: true }, expression });
const channel = (settings: object) => ({ name: "Hook", enabled: true, atLeast: "info", settings });
const webhook = (settings: object) => channel({ kind: "webhook", preset: "json", ...settings });
const nested = (depth: number): object =>
  depth === 0 ? { kind: "above", ...t, threshold: 1 } : { kind: "all", of: [nested(depth - 1), nested(depth - 1)] };

/** What is sent to which route, and the field that the answer names. */
const WRONG: readonly [what: string, path: string, body: unknown, field: string][] = [
  ["clear above the threshold", "/api/rules", rule({ kind: "above", ...t, threshold: 5, clear: 6 }), "condition.clear"],
  ["clear below the threshold", "/api/rules", rule({ kind: "below", ...t, threshold: 5, clear: 4 }), "condition.clear"],
  ["a range that is none", "/api/rules", rule({ kind: "outside", ...t, low: 9, high: 1 }), "condition.low"],
  ["no metric that can be one", "/api/rules", rule({ kind: "above", metric: "a b", threshold: 1 }), "condition.metric"],
  ["an unknown condition", "/api/rules", rule({ kind: "smells" }), "condition.kind"],
  ["a threshold that is no number", "/api/rules", rule({ kind: "above", ...t, threshold: "5" }), "condition.threshold"],
  ["conditions within conditions", "/api/rules", rule(nested(2)), "condition.of.0.kind"],
  ["one year of patience", "/api/rules", rule(RULE.condition, { forS: 31_536_000 }), "forS"],
  ["a runbook that is a script", "/api/rules", rule(RULE.condition, { runbook: "javascript:alert(1)" }), "runbook"],
  ["a field that there is not", "/api/rules", rule(RULE.condition, { until: 5 }), "until"],
  ["a metric that needs itself", "/api/derived", derived("_x + 1"), "expression"],
  ["a derived metric that there is not", "/api/derived", derived("_nothing + 1"), "expression"],
  ["brackets without end", "/api/derived", derived(`${"(".repeat(400)}1${")".repeat(400)}`), "expression"],
  ["a function that there is not", "/api/derived", derived("exec(1)"), "expression"],
  ["an address that is none", "/api/channels", webhook({ url: "file:///etc/passwd" }), "settings.url"],
  ["an account in the address", "/api/channels", webhook({ url: "http://me:pw@127.0.0.1/" }), "settings.url"],
  [
    "a template that names a secret",
    "/api/channels",
    webhook({ url: "http://127.0.0.1:1/", secret: "k3y", template: '{"key": "{secret}"}' }),
    "settings.template",
  ],
  [
    "a template that is nearly JSON",
    "/api/channels",
    webhook({ url: "http://127.0.0.1:1/", template: '{"count": {more}}' }),
    "settings.template",
  ],
];

test("what contradicts itself, is unknown or nests without end is refused by its field, and nothing of it is kept", async () => {
  const hub = await startHub();
  const kept = async () =>
    Promise.all(["rules", "derived", "channels"].map(async (of) => (await ask(hub, `/api/${of}`)).text));
  const before = await kept();
  const found = await Promise.all(
    WRONG.map(async ([what, path, body]) => {
      const { status, body: problem } = await ask<Problem>(hub, path, { method: "POST", body });
      const { field = "", message = "" } = problem.errors?.[0] ?? {};
      return [what, status, message === "" ? problem.code : field];
    }),
  );
  expect(found).toEqual(WRONG.map(([what, , , field]) => [what, 400, field]));
  const endless = await ask<Problem>(hub, "/api/rules", { method: "POST", body: rule(nested(9)) });
  expect([endless.status, endless.body.code]).toEqual([413, "BODY_TOO_LARGE"]);
  expect(await kept()).toEqual(before);
});

test("a rule about what nobody sends is taken, and sends nothing; channels that do not answer as they should say why", async () => {
  const hub = await startHub();
  const receiver = await openReceiver();
  const post = <Body>(path: string, body: unknown = {}): Promise<Answer<Body>> =>
    ask<Body>(hub, path, { method: "POST", body });
  const testOf = async (url: string): Promise<string> => {
    const { id } = (await post<{ id: string }>("/api/channels", webhook({ url }))).body;
    const { body } = await post<ChannelTestAnswer>(`/api/channels/${id}/test`);
    await ask(hub, `/api/channels/${id}`, { method: "DELETE" });
    return JSON.stringify(body);
  };
  expect(await testOf("http://no-such-host.invalid/hook")).toMatch(/no-such-host\.invalid.*(not|no)/);
  expect(await testOf("http://169.254.169.254/latest/meta-data")).toMatch(/169\.254\.169\.254/);
  receiver.respond(answer(307, "", { location: "http://169.254.169.254/latest/meta-data" }));
  expect(await testOf(receiver.url)).toMatch(/169\.254\.169\.254/);
  receiver.respond((_, response) => void response.writeHead(500).end("x".repeat(10_000_000)));
  const large = await testOf(receiver.url);
  expect(large).toMatch(/500/);
  expect(large.length).toBeLessThan(1_000);
  const sent = receiver.received.length;

  await post("/api/channels", webhook({ url: receiver.url }));
  const rules = [
    rule({ kind: "noData", metric: "co2", afterS: 1 }),
    rule({ kind: "above", metric: "co2", threshold: 1 }),
  ];
  for (const body of rules) expect((await post<Rule>("/api/rules", body)).status).toBe(201);
  const zero = await post("/api/derived", { ...derived("t / (t - 20)"), metric: "_ratio" });
  expect(zero.status).toBe(201);
  const board = await connectJs(hub.mqttUrl);
  for (let reading = 0; reading < 3; reading++) {
    await board.publish("devices/kitchen/telemetry", '{"t":20}', { qos: 1 });
  }
  const { body } = await ask<{ alerts: unknown[] }>(hub, "/api/alerts");
  expect([body.alerts, receiver.received.length]).toEqual([[], sent]);
});
