/** `GET /api/board-check` while a real board fails at one step after another, and then comes in. */
import { expect, test } from "vitest";
import type { BoardCheckAnswer } from "../../../src/contract/answers/board-check.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type Asker, askerWith, openAccessWorld } from "../../support/hub/access-world.ts";
import { startHub } from "../../support/hub/hub.ts";

/** Asks as the page does: from its first question on. `at` are the steps that are not waiting, and what is wrong there. */
async function follow(asker: Asker, device: string) {
  const check = async (since?: string): Promise<BoardCheckAnswer> => {
    const query = new URLSearchParams({ device, ...(since !== undefined && { since }) });
    const { status, body } = await asker.ask<BoardCheckAnswer>(`/api/board-check?${query}`);
    expect(status).toBe(200);
    return body;
  };
  const { since } = await check();
  const at = async () => {
    const { steps, value } = await check(since);
    const words = steps
      .slice(1)
      .filter(({ state }) => state !== "waiting")
      .map(({ step, state, refusal, topic, fix }) => [step, state, refusal?.code ?? topic, fix].join(" ").trim());
    return { words, value };
  };
  return { check, at };
}

const DOOR = ["connected done", "loggedIn done"];

test("a board with a wrong password, a wrong topic and bad JSON is seen at each step, and then stored", async () => {
  const world = await openAccessWorld();
  const { secret } = await world.board("cellar");
  const { check, at } = await follow(world.owner, "cellar");
  const { addresses, steps, isKnown } = await check();
  expect(steps[0]).toEqual({ step: "reachable", state: "failed", fix: "listen" });
  expect(addresses.find(({ wire }) => wire === "mqtt")).toEqual({
    wire: "mqtt",
    url: world.hub.mqttUrl,
    reach: "machine",
  });
  expect([isKnown, (await at()).words]).toEqual([false, []]);

  const login = { clientId: "ESP32Client", username: "cellar", password: secret };
  await expect(connectJs(world.hub.mqttUrl, { ...login, username: "celar", password: "x" })).rejects.toThrow();
  expect((await at()).words).toEqual(["connected done", "loggedIn failed CREDENTIAL_UNKNOWN login"]);
  await expect(connectJs(world.hub.mqttUrl, { ...login, password: "wrong" })).rejects.toThrow();
  expect((await at()).words).toEqual(["connected done", "loggedIn failed CREDENTIAL_WRONG secret"]);

  const board = await connectJs(world.hub.mqttUrl, login);
  expect((await at()).words).toEqual(DOOR);
  await board.publish("sensors/cellar", '{"temperature":21.5}', { qos: 1 });
  expect((await at()).words).toEqual([...DOOR, "read failed TOPIC_NOT_OWN topic"]);
  await board.publish("devices/cellar/telemetry", '{"temperature":nan}', { qos: 1 });
  expect((await at()).words).toEqual([...DOOR, "read failed PAYLOAD_NOT_JSON payload"]);
  await board.publish("devices/cellar/telemetry", '{"status":"ok","temperature":21.5}', { qos: 1 });
  expect(await at()).toEqual({
    words: [...DOOR, "read done", "stored done"],
    value: { metric: "temperature", value: 21.5, unit: "°C", at: expect.stringMatching(/^20/) },
  });

  const application = await world.application({ name: "bridge", publish: ["devices/#"], subscribe: [] });
  const ofApplication = await follow(world.owner, `@${application.id}`);
  await connectJs(world.hub.mqttUrl, { clientId: "bridge", username: "any", password: application.secret });
  expect((await ofApplication.at()).words).toEqual(DOOR);

  // What came before the question does not count.
  const later = await follow(await world.token("viewer"), "cellar");
  expect((await later.check()).isKnown).toBe(true);
  expect((await world.nobody.ask("/api/board-check")).status).toBe(401);
});

test("without accounts a topic that nobody reads is seen, and a hub that listens to the network is reachable", async () => {
  const hub = await startHub({ settings: { mqttHost: "0.0.0.0" } });
  const { check, at } = await follow(askerWith(hub, {}), "cellar");
  expect((await check()).steps[0]).toEqual({ step: "reachable", state: "done" });
  const board = await connectJs(`mqtt://127.0.0.1:${hub.mqttPort}`, { clientId: "cellar" });
  await board.publish("sensors/cellar", '{"temperature":21.5}', { qos: 1 });
  expect((await at()).words).toEqual([...DOOR, "read failed sensors/cellar mapping"]);
});
