/** A stock Mosquitto that bridges to the hub, as people have it who try the hub beside the broker that they know. */
import { describe, expect, test } from "vitest";
import { startMosquittoBridge } from "../../support/clients/mosquitto-broker.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

/** The barrier comes behind the message whose copies are counted. */
async function copies(reader: JsClient, topic: string, barrier: string): Promise<number> {
  await reader.message(barrier);
  return reader.received.filter((each) => each.topic === topic).length;
}

const WAYS = {
  "without accounts": async () => ({ hub: (await startHub()) as HubAddress, login: {}, bridge: [] as string[] }),
  "with accounts, by an application's secret": async () => {
    const world = await openAccessWorld();
    const { secret } = await world.application({ name: "bridge", publish: ["#"], subscribe: ["#"] });
    const login = { username: "bridge", password: secret };
    return { hub: world.hub as HubAddress, login, bridge: ["remote_username bridge", `remote_password ${secret}`] };
  },
};

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])("a stock bridge %s", (way) => {
  test("carries both ways, once, retained messages too, and goes on after a restart of Mosquitto", async () => {
    const { hub, login, bridge } = await WAYS[way]();
    const onHub = await connectJs(hub.mqttUrl, login);
    await onHub.publish("old/hub", "kept by the hub", { qos: 1, retain: true });
    await onHub.subscribe("#", 1);

    const mosquitto = await startMosquittoBridge(hub, ["topic # both 1", ...bridge]);
    const local = await connectJs(mosquitto.url);
    await local.subscribe("#", 1);

    expect(await local.message("old/hub")).toMatchObject({ payload: "kept by the hub" });
    await onHub.publish("to/mosquitto", "a", { qos: 1, retain: true });
    await onHub.publish("barrier/1", "", { qos: 1 });
    expect(await copies(local, "to/mosquitto", "barrier/1")).toBe(1);
    await local.publish("devices/cellar/telemetry", '{"temperature":6.5}', { qos: 1 });
    await local.publish("to/hub", "b", { qos: 1, retain: true });
    await local.publish("barrier/2", "", { qos: 1 });
    expect(await copies(onHub, "to/hub", "barrier/2")).toBe(1);
    // Without the bridge's bit the hub would send it back to where it came from.
    await onHub.publish("barrier/3", "", { qos: 1 });
    expect(await copies(local, "to/hub", "barrier/3")).toBe(1);

    const later = await connectJs(hub.mqttUrl, login);
    await later.subscribe("to/hub", 1);
    expect(await later.message("to/hub")).toMatchObject({ payload: "b", retain: true });
    const elsewhere = await connectJs(mosquitto.url);
    await elsewhere.subscribe("to/mosquitto", 1);
    expect(await elsewhere.message("to/mosquitto")).toMatchObject({ payload: "a", retain: true });

    await mosquitto.stop();
    await onHub.publish("while/away", "waits", { qos: 1 });
    await mosquitto.start();
    const again = await connectJs(mosquitto.url);
    await again.subscribe("#", 1);
    await again.publish("back", "again", { qos: 1 });
    expect(await onHub.message("back")).toMatchObject({ payload: "again" });
    await onHub.publish("barrier/4", "", { qos: 1 });
    await again.message("barrier/4");
  });
});

test("a reading that came over the bridge is stored, and the will that was left out is one line of the Inspector", async () => {
  const hub = await startHub();
  const mosquitto = await startMosquittoBridge(hub, ["topic # both 1"]);
  const local = await connectJs(mosquitto.url);
  await local.publish("devices/cellar/telemetry", '{"temperature":6.5}', { qos: 1 });

  await until("the reading is stored", async () => (await ask(hub, "/api/devices/cellar")).status === 200);
  const { body } = await ask<{ rejections: { code: string; topic?: string }[] }>(hub, "/api/refusals");
  expect(body.rejections.filter(({ topic }) => topic?.startsWith("$SYS/broker/connection/"))).toHaveLength(1);
});
