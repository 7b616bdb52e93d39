/** Presets, trials of rules over HTTP, and the rules that are on from the start. */
import { expect, test } from "vitest";
import type { RuleFields } from "../../../src/contract/alerts.ts";
import type {
  MadeSilence,
  RulePresetsAnswer,
  RulesAnswer,
  SavedRule,
  TryRuleAnswer,
} from "../../../src/contract/answers/alert-answers.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type HubAddress, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";

async function presetsOf(hub: HubAddress): Promise<string[]> {
  const { body } = await ask<RulePresetsAnswer>(hub, "/api/rules/presets");
  return body.presets
    .filter(({ fits, inUse }) => fits.length > 0 || inUse)
    .map(({ id, fits, inUse }) => `${id}: ${inUse ? "in use" : fits.join(" ")}`);
}

test("three are in use from the start, once over restarts; others are offered at the first reading that fits", async () => {
  const clock = createShiftedClock();
  const dataDir = tempDir();
  const hub = await startHub({ settings: { dataDir }, clock });
  const defaults = ["flame: in use", "silent-board: in use", "hub: in use"];
  expect(await presetsOf(hub)).toEqual(defaults);
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/kitchen/telemetry", '{"coPpm":0.4,"ch4Ppm":2,"humidity":61}', { qos: 1 });
  clock.skip(1_000); // what fits is looked for once a second
  const offered = ["carbon-monoxide:coPpm: kitchen", "damp:humidity: kitchen"];
  expect(await presetsOf(hub)).toEqual([...defaults, ...offered]);
  await deleteRule(hub, "The hub itself");
  await hub.close();

  const again = await startHub({ settings: { dataDir }, clock });
  const withoutHub = defaults.filter((text) => !text.startsWith("hub"));
  expect(await presetsOf(again)).toEqual([...withoutHub, ...offered]);
  const { body } = await ask<RulePresetsAnswer>(again, "/api/rules/presets");
  const missing = body.presets.find(({ id }) => id === "hub")?.rules ?? [];
  expect(missing.map(({ name }) => name)).toEqual(["The hub itself"]);
  for (const rule of missing) await ask(again, "/api/rules", { method: "POST", body: rule });
  expect(await presetsOf(again)).toEqual([...defaults, ...offered]);
  expect(again.logged.filter(({ event }) => event.startsWith("alert rules made"))).toEqual([]);
});

async function deleteRule(hub: HubAddress, name: string): Promise<void> {
  const { rules } = (await ask<RulesAnswer>(hub, "/api/rules")).body;
  const id = rules.find((rule) => rule.name === name)?.id ?? expect.fail(`${name} is there`);
  expect((await ask(hub, `/api/rules/${id}`, { method: "DELETE" })).status).toBe(204);
}

const RULE: RuleFields = {
  name: "Too hot",
  enabled: true,
  severity: "warning",
  scope: { all: true },
  condition: { kind: "above", metric: "temperature", threshold: 50 },
  forS: 0,
  keepFiringS: 0,
  channels: "all",
};

test("a rule that is tried says when it would have fired; one that makes no sense is refused", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const board = await connectJs(hub.mqttUrl);
  const fromMs = clock.nowMs() - 1_000;
  for (const temperature of [20, 60, 20, 20]) {
    await board.publish("devices/oven/telemetry", JSON.stringify({ temperature }), { qos: 1 });
    clock.skip(30_000);
  }
  const tryRule = (rule: RuleFields, toMs = clock.nowMs()) =>
    ask<TryRuleAnswer>(hub, "/api/rules/try", {
      method: "POST",
      body: { rule, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
    });
  const { body } = await tryRule(RULE);
  expect(body).toMatchObject({ total: 1, messages: 2, repeats: 0, devices: 1, readings: 4, complete: true });
  const [{ deviceId, from, to = "" } = expect.fail("it fired")] = body.spans;
  expect(deviceId).toBe("oven");
  expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(30_000);

  const clear = { ...RULE, condition: { ...RULE.condition, clear: 70 } } as RuleFields;
  expect(await tryRule(clear)).toMatchObject({ status: 400, body: { errors: [{ field: "rule.condition.clear" }] } });
  expect(await tryRule(RULE, fromMs)).toMatchObject({ status: 400, body: { errors: [{ field: "from" }] } });
});

test("a rule or silence for a device that the hub does not know is made, and the answer says which and what is near", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/kitchen/telemetry", '{"temperature":20}', { qos: 1 });
  const post = <Body>(path: string, body: unknown) => ask<Body>(hub, path, { method: "POST", body });
  const forDevices = (...devices: string[]): RuleFields => ({ ...RULE, scope: { devices } });
  const made = await post<SavedRule>("/api/rules", forDevices("kitchn", "kitchen", "shed"));
  const unknown = [{ id: "kitchn", nearest: "kitchen" }, { id: "shed" }];
  expect([made.status, made.body.unknownDevices]).toEqual([201, unknown]);
  const put = (fields: RuleFields) =>
    ask<SavedRule>(hub, `/api/rules/${made.body.id}`, { method: "PUT", body: fields });
  expect((await put(forDevices("shed"))).body.unknownDevices).toEqual([{ id: "shed" }]);
  for (const known of [forDevices("kitchen"), RULE])
    expect((await put(known)).body).not.toHaveProperty("unknownDevices");
  const { rules } = (await ask<RulesAnswer>(hub, "/api/rules")).body;
  expect(rules.at(-1)).not.toHaveProperty("unknownDevices");

  const until = new Date(Date.now() + 3_600_000).toISOString();
  const silence = await post<MadeSilence>("/api/silences", { deviceId: "kitchn", until });
  expect([silence.status, silence.body.unknownDevices]).toEqual([201, unknown.slice(0, 1)]);
  for (const fields of [{ until }, { deviceId: "kitchen", until }]) {
    expect((await post<MadeSilence>("/api/silences", fields)).body).not.toHaveProperty("unknownDevices");
  }
  expect((await ask(hub, "/api/silences")).text).not.toContain("unknownDevices");
});
