/** MQTT messages over Socket.IO: who watches sees what became of each, and only operators see payloads. */
import { expect, test } from "vitest";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { hubOfFile } from "../../support/hub/hub-of-file.ts";
import { until } from "../../support/until.ts";

const hubOf = hubOfFile();

test("who watches sees each message with its dialect and result, also a last will", async () => {
  const hub = await hubOf();
  const client = await openLiveClient(hub.url);
  expect(await client.socket.emitWithAck("watchMessages", { filter: "#" })).toEqual({ ok: true });
  const board = await connectJs(hub.mqttUrl, { clientId: "watched" });
  await board.publish("devices/watched/telemetry", '{"temperature":21.5,"1bad":2}', { qos: 1 });
  await board.publish("devices/watched/telemetry", "{", { qos: 1 });
  await board.publish("greenhouse/soil", "0.4", { qos: 0 });
  const seen = () => client.of("messages").flatMap(({ event }) => event.messages);
  await until("all came", () => seen().length >= 3);
  expect(seen()).toMatchObject([
    {
      topic: "devices/watched/telemetry",
      payload: '{"temperature":21.5,"1bad":2}',
      clientId: "watched",
      dialect: "native",
      outcome: "stored",
      readings: [{ deviceId: "watched", metrics: { temperature: 21.5 } }],
      refused: [{ code: "METRIC_NAME_INVALID", deviceId: "watched", metric: "1bad" }],
    },
    { outcome: "refused", readings: [], refused: [{ code: "PAYLOAD_NOT_JSON" }] },
    { topic: "greenhouse/soil", payload: "0.4", outcome: "carried", readings: [], refused: [] },
  ]);
  expect(seen()[2]).not.toHaveProperty("dialect");
  const dying = await connectJs(hub.mqttUrl, {
    will: { topic: "wills/x", payload: Buffer.from("gone"), qos: 1, retain: false },
  });
  await dying.vanish();
  const will = await until("its will", () => seen().find(({ topic }) => topic === "wills/x"));
  expect(will).toMatchObject({ payload: "gone", outcome: "carried" });
});

test("a filter that is none is answered with its fault in words, and the former one stays", async () => {
  const hub = await hubOf();
  const client = await openLiveClient(hub.url);
  await client.socket.emitWithAck("watchMessages", { filter: "kept/+" });
  const answer = await client.socket.emitWithAck("watchMessages", { filter: "kept/#/x" });
  expect(answer).toMatchObject({ ok: false, code: "REQUEST_INVALID", reason: expect.stringMatching(/last level/) });
  const board = await connectJs(hub.mqttUrl);
  await board.publish("other/x", "1", { qos: 1 });
  await board.publish("kept/x", "2", { qos: 1 });
  const { messages, topics } = await client.next("messages", ({ messages }) => messages.length > 0);
  expect([messages.map(({ topic }) => topic), topics]).toEqual([["kept/x"], [["kept/x", 1]]]);
  expect(await client.socket.emitWithAck("watchMessages", null)).toEqual({ ok: true });
});

test("with accounts a viewer sees topics and results, and only operators see payloads", async () => {
  const world = await openAccessWorld();
  const { hub } = world;
  const { secret } = await world.board("cellar");
  const board = await connectJs(hub.mqttUrl, { username: "cellar", password: secret, protocolVersion: 4 });
  const clients = await Promise.all(
    (["viewer", "operator"] as const).map(async (scope) => {
      const { headers } = await world.token(scope);
      const client = await openLiveClient(hub.url, { extraHeaders: { ...headers } });
      await client.socket.emitWithAck("watchMessages", { filter: "devices/#" });
      return client;
    }),
  );
  await board.publish("devices/cellar/telemetry", '{"temperature":3}', { qos: 1 });
  const seen = await Promise.all(
    clients.map(async (client) => (await client.next("messages", ({ messages }) => messages.length > 0)).messages[0]),
  );
  expect(seen.map((message) => [message?.via, message?.bytes, message?.payload])).toEqual([
    ["cellar", 17, undefined],
    ["cellar", 17, '{"temperature":3}'],
  ]);
});
