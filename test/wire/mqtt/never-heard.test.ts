/** A last will, or an `offline` that was retained long ago, is no sign of life: it makes no device, and stops nothing. */
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import type { DevicesPage } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type InProcessHub, launchHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";

const devicesOf = async (hub: InProcessHub) => (await ask<DevicesPage>(hub, "/api/devices")).body.devices;
const warningsOf = async (hub: InProcessHub) =>
  (await ask<{ warnings: { part: string }[] }>(hub, "/readyz")).body.warnings.map(({ part }) => part);

test.each([0, 1, 2] as const)(
  "a retained offline of QoS %i is carried as any message, and makes no device",
  async (qos) => {
    const hub = await startHub();
    const other = await connectJs(hub.mqttUrl);
    await other.publish("devices/ghost/status", "offline", { qos, retain: true });

    const reader = await connectJs(hub.mqttUrl);
    await reader.subscribe("devices/ghost/status", 1);
    expect(await reader.message("devices/ghost/status")).toMatchObject({ payload: "offline", retain: true });
    await other.publish("devices/real/telemetry", '{"t":1}', { qos: 1 });
    expect((await devicesOf(hub)).map(({ deviceId }) => deviceId)).toEqual(["real"]);
  },
);

test("a board that connects and vanishes before it says anything makes none by its will", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl, {
    will: { topic: "devices/mute/status", payload: Buffer.from("offline"), qos: 1, retain: true },
  });
  const reader = await connectJs(hub.mqttUrl);
  await reader.subscribe("devices/mute/status", 1);
  await board.vanish();
  await reader.message("devices/mute/status");
  expect(await devicesOf(hub)).toEqual([]);
});

test("one that a former version made of a will is gone after the start, and pauses no retention", async () => {
  const dataDir = tempDir();
  const former = await launchHub({ settings: { dataDir } });
  const board = await connectJs(former.mqttUrl);
  await board.publish("devices/real/telemetry", '{"t":1}', { qos: 1 });
  await former.close();
  const db = new DatabaseSync(path.join(dataDir, "aerie.db"));
  db.prepare("INSERT INTO device (device_id, heard_at, status_online, status_at) VALUES ('ghost', 0, 0, ?)").run(
    Date.now(),
  );
  db.prepare("INSERT INTO device (device_id, heard_at, name) VALUES ('named', 0, 'The attic')").run();
  db.close();

  const hub = await startHub({ settings: { dataDir } });

  const devices = await devicesOf(hub);
  expect(devices.map(({ deviceId }) => deviceId)).toEqual(["named", "real"]);
  expect(devices[0]).not.toHaveProperty("lastHeardAt");
  expect(await warningsOf(hub)).not.toContain("retention");
  const again = await connectJs(hub.mqttUrl);
  await again.publish("devices/ghost/telemetry", '{"t":1}', { qos: 1 });
  expect((await devicesOf(hub)).map(({ deviceId }) => deviceId)).toEqual(["ghost", "named", "real"]);
});
