/** Sparklines of many devices at once, over HTTP. */
import { expect, test } from "vitest";
import type { Sparkline, SparklinesAnswer } from "../../../src/contract/fleet/sparklines.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, spawnHub, startHub } from "../../support/hub/hub.ts";
import { hubOfFile, unique } from "../../support/hub/hub-of-file.ts";
import { ask } from "../../support/hub/rest.ts";
import { ruleFields } from "../../support/notify/alert-records.ts";
import { until } from "../../support/until.ts";

const hubOf = hubOfFile();

const sparklines = async (hub: HubAddress, ...devices: string[]): Promise<SparklinesAnswer> =>
  (await ask<SparklinesAnswer>(hub, "/api/sparklines", { method: "POST", body: { devices } })).body;
const valuesOf = ({ means }: Sparkline): number[] => means.filter((mean) => mean !== null);

test("readings are in the step of their own instant, also late ones, and what is shown is what says most", async () => {
  const hub = hubOf();
  const board = await connectJs(hub.mqttUrl);
  const [room, plug, text] = [unique("room"), unique("plug"), unique("text")];
  const publish = (id: string, metrics: object) =>
    board.publish(`devices/${id}/telemetry`, JSON.stringify(metrics), { qos: 1 });
  const { stepMs, end } = await sparklines(hub, room);
  const at = (stepsBefore: number): number => Date.parse(end) - (stepsBefore + 1) * stepMs + 1;
  await publish(room, { humidity: 40 });
  await publish(room, { humidity: 41, temperature: 20, timestamp: at(1) });
  await publish(room, { temperature: 23, timestamp: at(1) + 1 });
  await publish(room, { temperature: 18, timestamp: at(35) });
  await publish(room, { temperature: 99, timestamp: at(40) });
  await publish(plug, { on: true });
  await publish(text, { mode: "auto" });

  const answer = await sparklines(hub, plug, "nobody", room, text);
  expect([answer.stepMs, answer.sparklines.map(({ deviceId }) => deviceId)]).toEqual([300_000, [plug, room, text]]);
  const [ofPlug, ofRoom, ofText] = answer.sparklines;
  const moved = (Date.parse(answer.end) - Date.parse(end)) / stepMs; // a step may end while this runs
  expect(ofRoom).toMatchObject({ metric: "temperature", unit: "°C" });
  expect(ofRoom?.means[34 - moved]).toBe(21.5);
  if (moved === 0) expect(ofRoom?.means[0]).toBe(18);
  expect(ofPlug).toMatchObject({ metric: "on" });
  expect(ofPlug && valuesOf(ofPlug)).toEqual([1]);
  expect(ofText).not.toHaveProperty("metric");
  expect(ofText?.means).toHaveLength(36);
});

test("while an alert fires, what it is about is shown", async () => {
  const hub = hubOf();
  const id = unique("cellar");
  const fields = ruleFields("Gas", { kind: "above", metric: "coPpm", threshold: 30 });
  await ask(hub, "/api/rules", { method: "POST", body: { ...fields, scope: { devices: [id] } } });
  const board = await connectJs(hub.mqttUrl);
  await board.publish(`devices/${id}/telemetry`, '{"temperature":20,"coPpm":1}', { qos: 1 });
  expect((await sparklines(hub, id)).sparklines).toMatchObject([{ metric: "temperature" }]);
  await board.publish(`devices/${id}/telemetry`, '{"temperature":20,"coPpm":62}', { qos: 1 });
  const shown = await until("the alert is shown", async () => {
    const [first] = (await sparklines(hub, id)).sparklines;
    return first?.metric === "coPpm" ? first : undefined;
  });
  expect(shown.unit).toBe("ppm");
});

test("with `presence` there is the presence of the last 24 hours, of which the hub knows the end only", async () => {
  const hub = hubOf();
  const [here, gone] = [unique("here"), unique("gone")];
  const board = await connectJs(hub.mqttUrl);
  for (const id of [here, gone]) await board.publish(`devices/${id}/telemetry`, '{"t":1}', { qos: 1 });
  await board.publish(`devices/${gone}/status`, "offline", { qos: 1 });
  const body = { devices: [here, gone], presence: true };
  const answer = (await ask<SparklinesAnswer>(hub, "/api/sparklines", { method: "POST", body })).body;
  expect(answer.sparklines.map(({ presence }) => presence)).toEqual([
    expect.stringMatching(/^-{46,47}o{1,2}$/),
    expect.stringMatching(/^-{46,47}x{1,2}$/),
  ]);
  expect(Date.parse(answer.presenceEnd ?? "") - Date.now()).toBeLessThanOrEqual(30 * 60_000);
});

test("more than 200 devices, or none, are refused", async () => {
  const hub = hubOf();
  for (const devices of [[], Array.from({ length: 201 }, (_, at) => `d${at}`)]) {
    const { status, body } = await ask<Problem>(hub, "/api/sparklines", { method: "POST", body: { devices } });
    expect([status, body.errors?.[0]?.field]).toEqual([400, "devices"]);
  }
});

test("a kill loses nothing of it, and neither does a restart; what is erased is gone", async () => {
  const hub = await spawnHub();
  const board = await connectJs(hub.mqttUrl);
  for (const t of [20, 21, 25]) await board.publish("devices/a/telemetry", JSON.stringify({ t }), { qos: 1 });
  await hub.kill();

  const { dataDir } = hub;
  const afterKill = await startHub({ settings: { dataDir } });
  const read = await sparklines(afterKill, "a");
  await afterKill.close();
  const afterStop = await startHub({ settings: { dataDir } });
  const kept = await sparklines(afterStop, "a");
  expect([read, kept].map(({ sparklines: [first] }) => first && valuesOf(first))).toEqual([[22], [22]]);

  await ask(afterStop, "/api/devices/a/readings?metrics=t", { method: "DELETE" });
  const [erased] = (await sparklines(afterStop, "a")).sparklines;
  expect(erased && valuesOf(erased)).toEqual([]);
});
