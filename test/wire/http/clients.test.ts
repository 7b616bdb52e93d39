/** The MQTT clients that are connected, over HTTP: who they are, in pages, and the end of a connection. */
import { expect, test } from "vitest";
import type { ClientsAnswer } from "../../../src/contract/answers/clients.ts";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { startHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";

test.each([
  { protocolVersion: 4, mqttVersion: "3.1.1", reasonCode: undefined },
  { protocolVersion: 5, mqttVersion: "5", reasonCode: 0x98 },
] as const)(
  "a client of MQTT $mqttVersion is listed without its secrets, and disconnected by an operator",
  async ({ protocolVersion, mqttVersion, reasonCode }) => {
    const world = await openAccessWorld();
    const { secret } = await world.application({ name: "simulator", publish: ["devices/#"], subscribe: ["devices/#"] });
    const client = await connectJs(world.hub.mqttUrl, {
      protocolVersion,
      clientId: "esp32-06",
      username: "simulator",
      password: secret,
    });
    await client.subscribe("devices/+/status");
    const operator = await world.token("operator");
    const { body } = await operator.ask<ClientsAnswer>("/api/clients?search=SIMUL");
    expect(body).toMatchObject({ total: 1, nextCursor: null });
    const [found] = body.clients;
    expect(found).toEqual({
      id: expect.stringMatching(/^@.+\/esp32-06$/),
      via: "simulator",
      address: "127.0.0.1",
      mqttVersion,
      connectedAt: expect.stringMatching(/^20/),
      inFlight: 0,
      subscriptions: 1,
      takeOvers: 0,
      inPerS: 0,
      outPerS: 0,
      bytesIn: expect.any(Number),
      bytesOut: expect.any(Number),
    });
    expect(JSON.stringify(body)).not.toContain(secret);

    const gone = new Promise<void>((resolve) => void client.client.once("close", resolve));
    const path = `/api/clients/${encodeURIComponent(found?.id ?? "")}`;
    expect((await operator.ask(path, { method: "DELETE" })).status).toBe(204);
    await gone;
    expect(client.disconnect()?.reasonCode).toBe(reasonCode);
    expect((await operator.ask<ClientsAnswer>("/api/clients")).body.clients).toEqual([]);
    expect((await operator.ask(path, { method: "DELETE" })).body).toMatchObject({ code: "CLIENT_UNKNOWN" });
    const { body: refusals } = await operator.ask<RefusalsAnswer>("/api/refusals");
    expect(refusals.rejections).toMatchObject([
      {
        code: "DISCONNECTED",
        kind: "connection",
        clientId: "esp32-06",
        mqttVersion,
        count: 1,
        ...(reasonCode !== undefined && { reasonCode }),
      },
    ]);
  },
);

test("clients come by id in pages, and one that replaced another says how often", async () => {
  const hub = await startHub();
  for (const clientId of ["c", "a", "b", "a"]) await connectJs(hub.mqttUrl, { clientId });
  const page = async (query: string) => (await ask<ClientsAnswer>(hub, `/api/clients?${query}`)).body;
  const first = await page("limit=2");
  expect(first.clients.map(({ id, takeOvers }) => [id, takeOvers])).toEqual([
    ["a", 1],
    ["b", 0],
  ]);
  expect(first.total).toBe(3);
  const second = await page(`limit=2&cursor=${first.nextCursor}`);
  expect(second).toMatchObject({ clients: [{ id: "c" }], total: 3, nextCursor: null });
  expect((await ask(hub, "/api/clients?limit=201")).status).toBe(400);
});

test("a client has the rates and bytes of what it sends and gets", async () => {
  const hub = await startHub();
  const reader = await connectJs(hub.mqttUrl, { clientId: "reader" });
  await reader.subscribe("chat/#");
  const writer = await connectJs(hub.mqttUrl, { clientId: "writer" });
  for (let n = 0; n < 10; n++) await writer.publish("chat/x", "x".repeat(100), { qos: 1 });
  await reader.message("chat/x");
  const { clients } = (await ask<ClientsAnswer>(hub, "/api/clients")).body;
  const [ofReader, ofWriter] = clients;
  expect([ofReader?.id, ofReader?.inPerS, ofWriter?.id, ofWriter?.outPerS]).toEqual(["reader", 0, "writer", 0]);
  expect(ofReader?.outPerS).toBeGreaterThan(0);
  expect(ofWriter?.inPerS).toBeGreaterThan(0);
  expect([ofReader?.bytesOut ?? 0, ofWriter?.bytesIn ?? 0].map((bytes) => bytes > 1_000)).toEqual([true, true]);
});
