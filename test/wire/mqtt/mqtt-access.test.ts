/** Boards and applications that come with a credential, and everybody who comes without a right one. On real sockets. */
import { describe, expect, test } from "vitest";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { until } from "../../support/until.ts";

const VERSIONS = [4, 5] as const;
const QUIET = { keepalive: 0 };

/** The code of CONNACK. */
async function refusalCode(url: string, options: object): Promise<number> {
  try {
    await connectJs(url, options);
  } catch (error) {
    return (error as { code?: number }).code ?? -1;
  }
  return 0;
}

describe.each(VERSIONS)("MQTT of level %i", (protocolVersion) => {
  test("nobody is let in without a credential, or with another's, and the owner is told why", async () => {
    const { hub, board, owner } = await openAccessWorld();
    const { secret } = await board("cellar");
    const { secret: other } = await board("attic");
    const code = (options: object) => refusalCode(hub.mqttUrl, { protocolVersion, ...options });
    const [wrong, missing] = protocolVersion === 5 ? [0x86, 0x87] : [4, 5];

    expect(await code({ clientId: "cellar" })).toBe(missing);
    expect(await code({ clientId: "cellar", username: "cellar", password: "" })).toBe(missing);
    expect(await code({ clientId: "cellar", username: "cellar", password: "guess" })).toBe(wrong);
    expect(await code({ clientId: "x", username: "nobody", password: "guess" })).toBe(wrong);
    expect(await code({ clientId: "cellar", username: "cellar", password: other })).toBe(wrong);
    expect(await code({ clientId: "cellar", username: "cellar", password: secret })).toBe(0);
    expect(await code({ clientId: "anything", username: "cellar", password: secret })).toBe(0);
    const will = { topic: "devices/attic/status", payload: Buffer.from("offline"), qos: 0, retain: false };
    expect(await code({ clientId: "w", username: "cellar", password: secret, will })).toBe(0); // without its will

    const told = await owner.ask<{ counts: Record<string, number> }>("/api/refusals");
    expect(told.body.counts).toMatchObject({
      CREDENTIAL_MISSING: 2,
      CREDENTIAL_UNKNOWN: 1,
      CREDENTIAL_WRONG: 2,
      TOPIC_NOT_OWN: 1,
    });
    expect(told.text).not.toContain(secret);
    expect(told.text).not.toContain("guess");
  });

  test("a board publishes and reads its own topics, and nobody else's: nothing of that is stored or passed on", async () => {
    const { hub, board, application, owner } = await openAccessWorld();
    const [{ secret }, reader] = [
      await board("cellar"),
      await application({ name: "reader", subscribe: ["#"], publish: ["devices/+/commands/#"] }),
    ];
    const all = await connectJs(hub.mqttUrl, { protocolVersion, username: "reader", password: reader.secret });
    await all.subscribe("#", 1);
    const mine = await connectJs(hub.mqttUrl, {
      protocolVersion,
      clientId: "cellar",
      username: "cellar",
      password: secret,
    });
    const publish = (client: JsClient, topic: string) =>
      client.publish(topic, '{"temperature":20}', { qos: 1 }).catch(() => undefined);

    await publish(mine, "devices/attic/telemetry");
    await publish(mine, "devices/cellar2/telemetry");
    await publish(mine, "plant/1");
    await publish(mine, "$SYS/x/new/clients");
    await publish(mine, "devices/cellar/telemetry");
    await all.message("devices/cellar/telemetry");
    expect(all.received.map(({ topic }) => topic)).toEqual(["devices/cellar/telemetry"]);
    const { devices } = (await owner.ask<{ devices: { deviceId: string }[] }>("/api/devices")).body;
    expect(devices.map(({ deviceId }) => deviceId)).toEqual(["cellar"]);

    const granted = async (topic: string): Promise<boolean> => {
      const [grant] = await mine.subscribe(topic, 0).catch(() => [{ qos: 128 }]);
      return (grant?.qos ?? 128) < 128;
    };
    const wishes = [
      "devices/cellar/commands/+",
      "devices/cellar/#",
      "devices/attic/#",
      "devices/+/status",
      "#",
      "$SYS/#",
      "$share/g/#",
    ];
    const answers = await Promise.all(wishes.map(granted));
    expect(answers).toEqual([true, true, false, false, false, false, false]);
    await all.publish("devices/cellar/commands/1", "on", { qos: 1 });
    expect((await mine.message("devices/cellar/commands/1")).payload).toBe("on");
    await publish(all, "devices/cellar/telemetry/x");
    const { counts } = (await owner.ask<{ counts: Record<string, number> }>("/api/refusals")).body;
    expect(counts["TOPIC_NOT_OWN"]).toBeGreaterThanOrEqual(3);
  });

  test("who uses the client id of another throws nobody out, and has no part in what waits for him", async () => {
    const { hub, board, application } = await openAccessWorld();
    const kept = { protocolVersion, clientId: "esp32", clean: false, properties: { sessionExpiryInterval: 600 } };
    const [one, two] = [await board("cellar"), await board("attic")];
    const program = await application({ name: "esp32", subscribe: ["#"], publish: ["#"] });
    const first = await connectJs(hub.mqttUrl, { ...kept, username: "cellar", password: one.secret });
    await first.subscribe("devices/cellar/commands/+", 1);
    const others = [
      await connectJs(hub.mqttUrl, { ...kept, username: "attic", password: two.secret }),
      await connectJs(hub.mqttUrl, { ...kept, username: "esp32", password: program.secret }),
    ];
    await others[1]?.publish("devices/cellar/commands/1", "on", { qos: 1 });
    expect((await first.message("devices/cellar/commands/1")).payload).toBe("on");
    expect(first.client.connected).toBe(true);
    expect(others.map(({ connack }) => connack.sessionPresent)).toEqual([false, false]);
    expect(others[0]?.received).toEqual([]);
  });

  test("a credential that is taken away ends its connection, its session and its will at once", async () => {
    const { hub, board, application, owner } = await openAccessWorld();
    const { secret } = await board("cellar");
    const watcher = await application({ name: "watcher", subscribe: ["devices/#"] });
    const all = await connectJs(hub.mqttUrl, { protocolVersion, username: "w", password: watcher.secret });
    await all.subscribe("devices/#", 1);
    const will = { topic: "devices/cellar/status", payload: Buffer.from("offline"), qos: 1, retain: true } as const;
    const wish = { protocolVersion, username: "cellar", clean: false, properties: { sessionExpiryInterval: 600 } };
    const live = await connectJs(hub.mqttUrl, { ...wish, clientId: "cellar", password: secret, will });
    await live.subscribe("devices/cellar/#", 1);
    const away = await connectJs(hub.mqttUrl, { ...wish, clientId: "second", password: secret });
    await away.subscribe("devices/cellar/#", 1);
    await away.leave();

    const { secret: fresh } = await board("cellar");
    await until("it is cut off", () => !live.client.connected);
    if (protocolVersion === 5) expect(live.disconnect()?.reasonCode).toBe(0x98);
    expect(await refusalCode(hub.mqttUrl, { ...wish, clientId: "cellar", password: secret })).toBeGreaterThan(0);
    const back = await connectJs(hub.mqttUrl, { ...wish, clientId: "cellar", password: fresh });
    const second = await connectJs(hub.mqttUrl, { ...wish, clientId: "second", password: fresh });
    expect([back.connack.sessionPresent, second.connack.sessionPresent]).toEqual([false, false]);
    await back.publish("devices/cellar/telemetry", '{"x":1}', { qos: 1 });
    await all.message("devices/cellar/telemetry");
    expect(all.received.map(({ topic }) => topic)).toEqual(["devices/cellar/telemetry"]);

    expect((await owner.ask("/api/boards/cellar", { method: "DELETE" })).status).toBe(204);
    await until("both are gone", () => !back.client.connected && !second.client.connected);
    expect(all.client.connected).toBe(true);
  });
});

test("an application that expires while it is connected is cut off", async () => {
  const clock = createShiftedClock();
  const { hub, owner } = await openAccessWorld({ clock });
  const body = { name: "short", publish: [], subscribe: ["#"], days: 1 };
  const { secret } = (await owner.ask<{ secret: string }>("/api/applications", { method: "POST", body })).body;
  const client = await connectJs(hub.mqttUrl, { ...QUIET, username: "short", password: secret });
  clock.skip(86_500_000);
  await until("it is cut off", () => !client.client.connected);
  expect(await refusalCode(hub.mqttUrl, { username: "short", password: secret })).toBe(5);
});

test("the same over WebSocket", async () => {
  const { hub, board } = await openAccessWorld();
  const { secret } = await board("cellar");
  expect(await refusalCode(hub.wsUrl, { username: "cellar", password: "guess" })).toBe(4);
  expect(await refusalCode(hub.wsUrl, { username: "cellar", password: secret })).toBe(0);
});
