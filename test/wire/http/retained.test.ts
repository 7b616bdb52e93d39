/** Retained messages over HTTP: the list, and a removal that subscribers see and a restart keeps. */
import { expect, test } from "vitest";
import type { RemovedAnswer, RetainedAnswer } from "../../../src/contract/answers/retained.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";

test("retained messages come by topic in pages, with who set them; a removal reaches subscribers, and holds after a restart", async () => {
  const dataDir = tempDir();
  const hub = await startHub({ settings: { dataDir } });
  const board = await connectJs(hub.mqttUrl, { clientId: "board" });
  for (const topic of ["b/x", "a/x", "c/y", "/root"])
    await board.publish(topic, `of ${topic}`, { qos: 1, retain: true });
  const list = async (query: string) => (await ask<RetainedAnswer>(hub, `/api/retained?${query}`)).body;
  const first = await list("limit=2");
  expect(first).toEqual({
    messages: [
      { topic: "/root", payload: "of /root", bytes: 8, qos: 1, clientId: "board", setAt: expect.stringMatching(/^20/) },
      { topic: "a/x", payload: "of a/x", bytes: 6, qos: 1, clientId: "board", setAt: expect.stringMatching(/^20/) },
    ],
    total: 4,
    nextCursor: "a/x",
  });
  const second = await list(`limit=2&cursor=${first.nextCursor}`);
  expect([second.messages.map(({ topic }) => topic), second.nextCursor]).toEqual([["b/x", "c/y"], null]);
  expect((await list("search=%2FX")).messages.map(({ topic }) => topic)).toEqual(["a/x", "b/x"]);

  const live = await openLiveClient(hub.url);
  await live.socket.emitWithAck("watchMessages", { filter: "b/#" });
  const reader = await connectJs(hub.mqttUrl);
  await reader.subscribe("b/x");
  await reader.message("b/x");
  const removal = { method: "POST", body: { topics: ["b/x", "c/y", "none", "b/x"] } };
  const { body } = await ask<RemovedAnswer>(hub, "/api/retained/removals", removal);
  expect(body).toEqual({ removed: 2, unknown: ["none"] });
  await expect.poll(() => reader.received.map(({ payload }) => payload)).toEqual(["of b/x", ""]);
  const { messages } = await live.next("messages", (event) => event.messages.length > 0);
  expect(messages).toMatchObject([{ topic: "b/x", bytes: 0, retain: true, outcome: "carried" }]);
  expect(messages[0]).not.toHaveProperty("clientId"); // the hub's own
  const path = `/api/retained/${encodeURIComponent("/root")}`;
  expect((await ask(hub, path, { method: "DELETE" })).status).toBe(204);
  expect((await ask(hub, path, { method: "DELETE" })).body).toMatchObject({ code: "RETAINED_UNKNOWN" });
  await hub.close();

  const again = await startHub({ settings: { dataDir } });
  expect((await ask<RetainedAnswer>(again, "/api/retained")).body).toEqual({
    messages: [{ topic: "a/x", payload: "of a/x", bytes: 6, qos: 1, clientId: "board" }],
    total: 1,
    nextCursor: null,
  });
});

test("a retained message of a credential has its name", async () => {
  const world = await openAccessWorld();
  const { secret } = await world.application({ name: "bridge", publish: ["zigbee2mqtt/#"] });
  const bridge = await connectJs(world.hub.mqttUrl, { clientId: "z2m", username: "bridge", password: secret });
  await bridge.publish("zigbee2mqtt/bridge/state", Buffer.from([1, 2]), { qos: 1, retain: true });
  const operator = await world.token("operator");
  const { body } = await operator.ask<RetainedAnswer>("/api/retained");
  expect(body.messages).toMatchObject([
    { payload: "01 02", isBinary: true, bytes: 2, clientId: expect.stringMatching(/^@.+\/z2m$/), via: "bridge" },
  ]);
});
