/** Boards and gateways that were programmed for ThingsBoard, against a hub: nothing is changed but the host. */
import { expect, test } from "vitest";
import type { Device } from "../../../src/contract/readings.ts";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectJs, mosquittoPub } from "../../support/clients/mqtt-clients.ts";
import { startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

test("the documentation's first example makes a device of the access token, and a gateway speaks for those behind it", async () => {
  const hub = await startHub();

  // thingsboard.io/docs/reference/mqtt-api: mosquitto_pub -u "$ACCESS_TOKEN" -t "v1/devices/me/telemetry" -m "{"temperature":42}"
  await mosquittoPub(hub, "-q", "1", "-u", "A1_TOKEN", "-t", "v1/devices/me/telemetry", "-m", '{"temperature":42}');
  const gateway = await connectJs(hub.mqttUrl, { username: "GATEWAY_TOKEN" });
  await gateway.subscribe("v1/gateway/rpc");
  await gateway.publish("v1/gateway/connect", '{"device":"Device A","type":"thermometer"}', { qos: 1 });
  const telemetry = { "Device A": [{ ts: Date.now() - 5_000, values: { temperature: 21.5 } }] };
  await gateway.publish("v1/gateway/telemetry", JSON.stringify(telemetry), { qos: 1 });
  await gateway.publish("v1/gateway/attributes", '{"Device A":{"serial":"x7"}}', { qos: 1 });
  await gateway.publish("v1/gateway/rpc", '{"device":"Device A","id":1,"data":{"success":true}}', { qos: 1 });

  expect((await readingsOf(hub, "thingsboard:A1_TOKEN")).map(({ metrics }) => metrics)).toEqual([{ temperature: 42 }]);
  const { devices } = (await ask<{ devices: Device[] }>(hub, "/api/devices")).body;
  expect(devices.map(({ name }) => name).sort()).toEqual(["A1_TOKEN", "Device A"]);
  const behind = devices.find(({ name }) => name === "Device A");
  expect(behind).toMatchObject({
    presence: "online",
    attributes: { deviceType: "thermometer", serial: "x7" },
    latest: { temperature: { value: 21.5 } },
  });
  await gateway.message("v1/gateway/rpc");

  await gateway.publish("v1/gateway/disconnect", '{"device":"Device A"}', { qos: 1 });
  await until("it is offline", async () => {
    const { body } = await ask<Device>(hub, `/api/devices/${behind?.deviceId}`);
    return body.presence === "offline";
  });
});

test("a board without a user name is told in the Inspector that it needs one", async () => {
  const hub = await startHub();
  await mosquittoPub(hub, "-q", "1", "-t", "v1/devices/me/telemetry", "-m", '{"temperature":42}');
  const { body } = await ask<RefusalsAnswer>(hub, "/api/refusals");
  expect(body.rejections.map(({ code }) => code)).toEqual(["DEVICE_NOT_NAMED"]);
  expect((await ask<{ devices: Device[] }>(hub, "/api/devices")).body.devices).toEqual([]);
});
