/** The seed document's promises, from mosquitto_pub to REST and Socket.IO. */
import { expect, test } from "vitest";
import type { LatestAnswer } from "../../../src/contract/rest.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { mosquittoPub } from "../../support/clients/mqtt-clients.ts";
import { startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { SEED_METRICS } from "../../support/packets/payloads.ts";

const TOPIC = "devices/esp32-lab/telemetry";

test("a reading published by mosquitto_pub is the device's latest, metric by metric", async () => {
  const hub = await startHub();

  await mosquittoPub(hub, "-q", "1", "-t", TOPIC, "-m", JSON.stringify(SEED_METRICS));

  const latest = await ask<LatestAnswer>(hub, "/api/devices/esp32-lab/latest");
  expect(latest.status).toBe(200);
  expect(latest.body.deviceId).toBe("esp32-lab");
  const values = Object.fromEntries(Object.entries(latest.body.metrics).map(([name, { value }]) => [name, value]));
  expect(values).toEqual(SEED_METRICS);
});

test("a browser gets connectionInfo and sensorData in exactly the seed's shape", async () => {
  const hub = await startHub();
  const browser = await openLiveClient(hub.url);
  const second = await openLiveClient(hub.url);

  await mosquittoPub(hub, "-q", "1", "-t", TOPIC, "-m", JSON.stringify(SEED_METRICS));

  const event = await browser.next("sensorData");
  const [stored] = await readingsOf(hub, "esp32-lab");
  expect(await browser.next("connectionInfo")).toStrictEqual({ clientId: browser.socket.id, totalClients: 1 });
  expect(await second.next("connectionInfo")).toStrictEqual({ clientId: second.socket.id, totalClients: 2 });
  expect(event.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(event).toStrictEqual({
    timestamp: event.timestamp,
    data: { _id: stored?._id, deviceId: "esp32-lab", ...SEED_METRICS, timestamp: event.timestamp },
  });
  expect(stored).toStrictEqual({
    _id: event.data._id,
    deviceId: "esp32-lab",
    timestamp: event.timestamp,
    metrics: SEED_METRICS,
  });
  expect(await second.next("sensorData")).toStrictEqual(event);
});

test("both timestamps of sensorData are the instant that the board gave", async () => {
  const hub = await startHub();
  const browser = await openLiveClient(hub.url);
  const timestamp = new Date(Date.now() - 3_600_000).toISOString();

  await mosquittoPub(hub, "-q", "1", "-t", TOPIC, "-m", JSON.stringify({ ...SEED_METRICS, timestamp }));

  const event = await browser.next("sensorData");
  expect(event.timestamp).toBe(timestamp);
  expect(event.data.timestamp).toBe(timestamp);
});

test("/websocket/status answers as the seed document says, and counts browsers", async () => {
  const hub = await startHub();

  const before = await ask(hub, "/websocket/status");
  await openLiveClient(hub.url);
  const during = await ask(hub, "/websocket/status");

  expect(before.status).toBe(200);
  expect(before.text).toBe('{"success":true,"connectedClients":0,"websocketEnabled":true}');
  expect(during.text).toBe('{"success":true,"connectedClients":1,"websocketEnabled":true}');
});
