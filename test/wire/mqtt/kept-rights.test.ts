/** Sessions that outlive a stop of the hub are judged again at the start: what was taken away meanwhile is worth nothing. */
import { expect, test } from "vitest";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { type AccessWorld, openAccessWorld } from "../../support/hub/access-world.ts";
import { runCommand } from "../../support/hub/command.ts";
import { type InProcessHub, startHub, tempDir } from "../../support/hub/hub.ts";

const KEPT = { clean: false, protocolVersion: 4 } as const;

const sessionsOf = async ({ owner }: AccessWorld): Promise<number> =>
  Number(/^aerie_mqtt_sessions (\d+)$/m.exec((await owner.ask("/metrics")).text)?.[1]);

test("a credential that was taken away while the hub was stopped has no session and no will after the start; others have theirs", async () => {
  const dataDir = tempDir();
  const world = await openAccessWorld({ settings: { dataDir } });
  const { secret } = await world.board("cellar");
  const gone = await world.application({ name: "gone", publish: ["panel/#"], subscribe: ["devices/#"] });
  const reader = await world.application({ name: "reader", subscribe: ["devices/#", "panel/#"] });
  const will = { topic: "panel/will", payload: Buffer.from("I am gone"), qos: 1, retain: true } as const;
  const panel = await connectJs(world.hub.mqttUrl, {
    ...KEPT,
    clientId: "panel",
    username: "x",
    password: gone.secret,
    will,
  });
  await panel.subscribe("devices/#", 1);
  const kept = await connectJs(world.hub.mqttUrl, {
    ...KEPT,
    clientId: "reader",
    username: "x",
    password: reader.secret,
  });
  await kept.subscribe("#", 1).catch(() => undefined);
  await kept.subscribe("devices/#", 1);
  const board = await connectJs(world.hub.mqttUrl, {
    ...KEPT,
    clientId: "cellar",
    username: "cellar",
    password: secret,
  });
  await board.subscribe("devices/cellar/commands/#", 1);
  expect(await sessionsOf(world)).toBe(3);
  await kept.leave();
  await board.publish("devices/cellar/telemetry", '{"temperature":20}', { qos: 1 });
  await world.hub.close();

  expect((await runCommand("application", "remove", gone.id, "-d", dataDir)).exitCode).toBe(0);
  const hub = await startHub({ settings: { auth: "on", dataDir, httpPort: world.hub.httpPort } });

  expect(await sessionsOf(world)).toBe(2);
  const back = await come(hub, "reader", reader.secret);
  expect(back.connack.sessionPresent).toBe(true);
  expect((await back.message("devices/cellar/telemetry")).payload).toBe('{"temperature":20}');
  expect((await come(hub, "cellar", secret, "cellar")).connack.sessionPresent).toBe(true);
  expect(hub.logged.filter(({ level }) => level === "error")).toEqual([]);
});

const come = (hub: InProcessHub, clientId: string, password: string, username = "x"): Promise<JsClient> =>
  connectJs(hub.mqttUrl, { ...KEPT, clientId, username, password });

test("where accounts are switched on, what is kept of anybody before is nobody's", async () => {
  const dataDir = tempDir();
  const open = await startHub({ settings: { dataDir } });
  const client = await connectJs(open.mqttUrl, { ...KEPT, clientId: "spy" });
  await client.subscribe("#", 1);
  await open.close();

  const world = await openAccessWorld({ settings: { dataDir } });

  expect(await sessionsOf(world)).toBe(0);
});
