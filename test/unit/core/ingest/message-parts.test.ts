/** Messages of parts: each of one device, stored together, and what they teach is on disk before they are acknowledged. */
import { describe, expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import type { Dialect } from "../../../../src/core/dialects/dialect.ts";
import type { LearnedPart, Part, TelemetryPart } from "../../../../src/core/dialects/parsed-message.ts";
import type { HubChange } from "../../../../src/core/ports/hub-file.ts";
import { FAMILY_DIALECTS } from "../../../../src/dialects/families.ts";
import { turn } from "../../../support/memory/memory-store.ts";
import { board, start } from "./intake-world.ts";

const plug = "tasmota:plug" as DeviceId;
const lamp = "tasmota:lamp" as DeviceId;

const reading = (deviceId: DeviceId, metric: string, value: number): TelemetryPart => ({
  kind: "telemetry",
  deviceId,
  readings: [{ said: undefined, metrics: new Map([[metric, value]]), element: 0 }],
  faults: [],
});
const taught = (deviceId: DeviceId, data: string | undefined): LearnedPart => ({
  kind: "learned",
  family: "tasmota",
  deviceId,
  key: "name",
  data,
});

/** Answers what a test scripted for the topic; its devices are called as they were taught. */
function scripted(script: Readonly<Record<string, readonly Part[]>>): Dialect {
  const names = new Map<DeviceId, string>();
  return {
    family: "tasmota",
    claim: (topic) => {
      const parts = script[topic];
      return parts && (() => ({ kind: "parts", parts }));
    },
    learn: (deviceId, _key, data) => {
      if (data === undefined) names.delete(deviceId);
      else names.set(deviceId, data);
      return false;
    },
    nameOf: (deviceId) => names.get(deviceId),
    metricInfo: () => undefined,
  };
}

/** Writes settle when the test says so. */
function slowHubFile() {
  const changes: HubChange[][] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  return {
    changes,
    write: (each: readonly HubChange[]) => {
      changes.push([...each]);
      return new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
    },
    settle: async () => {
      waiting.shift()?.resolve();
      await turn();
    },
    fail: async () => {
      waiting.shift()?.reject(new Error("disk full"));
      await turn();
    },
  };
}

test("parts of two devices are stored in one commit, and each device is heard", async () => {
  const both = scripted({ "tele/x": [reading(plug, "power", 5), reading(lamp, "power", 7)] });
  const { publish, store, registry } = start({}, { families: [both] });

  expect(await publish("tele/x", "")).toEqual(["stored"]);

  expect(store.appends).toHaveLength(1);
  for (const id of [plug, lamp]) expect(registry.get(id)).toMatchObject({ state: "online" });
});

test("what is refused of a message is listed; the rest is stored, and a message without rest is carried", async () => {
  const refused: Part = { kind: "refused", deviceId: plug, fault: { code: "PAYLOAD_NOT_JSON" } };
  const dialect = scripted({ "tele/some": [refused, reading(lamp, "power", 7)], "tele/none": [refused] });
  const { publish, codes, readings } = start({}, { families: [dialect] });

  expect(await publish("tele/some", "")).toEqual(["stored"]);
  expect(await publish("tele/none", "")).toEqual(["carry"]);

  expect(readings().map(({ deviceId }) => deviceId)).toEqual([lamp]);
  expect(codes()).toEqual(["PAYLOAD_NOT_JSON", "PAYLOAD_NOT_JSON"]);
});

test("a dialect sends its request", async () => {
  const asks: Part = { kind: "publish", topic: "cmnd/plug/STATUS", payload: new Uint8Array() };
  const { publish, sent } = start({}, { families: [scripted({ "tele/x": [asks] })] });
  await publish("tele/x", "");
  expect(sent).toEqual(["cmnd/plug/STATUS"]);
});

test("what a message teaches is on disk before the message is stored and acknowledged", async () => {
  const disk = slowHubFile();
  const dialect = scripted({ "tele/x": [taught(plug, "Kettle"), reading(plug, "power", 5)] });
  const { publish, readings, clock } = start({}, { families: [dialect], writeHubFile: disk.write });

  const outcomes = await publish("tele/x", "");
  expect({ outcomes: [...outcomes], stored: readings().length, name: dialect.nameOf(plug) }).toEqual({
    outcomes: [],
    stored: 0,
    name: "Kettle",
  });
  await disk.settle();
  clock.runSoon();
  await turn();
  expect(outcomes).toEqual(["stored"]);
  expect(disk.changes).toEqual([[expect.objectContaining({ of: "learned", deviceId: plug, data: "Kettle" })]]);
});

test("what its connection sends meanwhile is stored afterwards, in its order; others do not wait", async () => {
  const disk = slowHubFile();
  const dialect = scripted({
    "tele/birth": [taught(plug, "Kettle"), reading(plug, "power", 1)],
    "tele/second": [reading(plug, "power", 2)],
    "tele/other": [reading(lamp, "power", 9)],
  });
  const { publish, readings, clock } = start({}, { families: [dialect], writeHubFile: disk.write });

  await publish("tele/birth", "");
  await publish("tele/second", "");
  await publish("tele/other", "", { connection: { ...board, clientId: "other", serial: 2 } });
  expect(readings().map(({ deviceId }) => deviceId)).toEqual([lamp]);
  await disk.settle();
  clock.runSoon();
  await turn();
  clock.runSoon();
  await turn();
  expect(
    readings()
      .slice(1)
      .map(({ metrics }) => metrics.get("power")),
  ).toEqual([1, 2]);
});

test("what comes between two descriptions that are written together stays between them, and all of it counts in the budget", async () => {
  const dialect = scripted({
    "tele/birth": [taught(plug, "Kettle"), reading(plug, "power", 1)],
    "tele/death": [reading(plug, "power", 2)],
    "tele/rebirth": [taught(plug, "Boiler"), reading(plug, "power", 3)],
  });
  const writes: (() => void)[] = [];
  const writeHubFile = () => new Promise<void>((resolve) => writes.push(resolve));
  const { publish, readings, clock, byteBudget } = start({}, { families: [dialect], writeHubFile });

  for (const topic of ["tele/birth", "tele/death", "tele/rebirth"]) await publish(topic, "x".repeat(1_000));
  expect(byteBudget.used()).toBeGreaterThan(3_000);
  for (const settle of writes) settle();
  for (let turns = 0; turns < 4; turns++) {
    await turn();
    clock.runSoon();
  }
  await turn();

  expect(readings().map(({ metrics }) => metrics.get("power"))).toEqual([1, 2, 3]);
  expect(byteBudget.used()).toBe(0);
});

test("what is on disk already is not written again; what could not be written is, when the board sends it again", async () => {
  const disk = slowHubFile();
  const dialect = scripted({ "tele/x": [taught(plug, "Kettle")] });
  const { publish, codes } = start({}, { families: [dialect], writeHubFile: disk.write });

  const first = await publish("tele/x", "");
  await disk.fail();
  const second = await publish("tele/x", "");
  await disk.settle();
  const third = await publish("tele/x", "");

  expect([first, second, third]).toEqual([["stalled"], ["stored"], ["carry"]]);
  expect(codes()).toEqual(["STORE_STALLED"]);
  expect(disk.changes).toHaveLength(2);
});

test("a device may say 256 KiB about itself, and no more", async () => {
  const dialect = scripted({
    "tele/small": [taught(plug, "x".repeat(260_000))],
    "tele/large": [{ ...taught(plug, "x".repeat(6_000)), key: "more" }],
  });
  const { publish, codes } = start({}, { families: [dialect] });
  expect(await publish("tele/small", "")).toEqual(["stored"]);
  expect(await publish("tele/large", "")).toEqual(["carry"]);
  expect(codes()).toEqual(["DESCRIPTION_TOO_LARGE"]);
});

describe("a board with a credential", () => {
  const connection = (deviceId: string, publish: string) => ({
    ...board,
    who: {
      kind: "board",
      deviceId,
      foreign: {
        family: "tasmota",
        name: "plug",
        topics: { publish: [publish], subscribe: [], cleared: [], own: [publish], discovery: [], groups: [] },
      },
    } as const,
  });
  const all = FAMILY_DIALECTS.map((create) => () => create({ inflate: () => undefined }));

  test.each([
    [
      "stat/plug/events/rpc",
      { src: "shellyplus1-A8032ABE54DC", method: "NotifyStatus", params: { "switch:0": { apower: 1 } } },
    ],
    ["stat/plug/bridge/devices", [{ ieee_address: "0x00158d0001a2b3c4", friendly_name: "door" }]],
    ["stat/plug/x/$homie", "4.0.0"],
  ])("says nothing of another one: %s is carried, and nothing of it is stored or learned", async (topic, payload) => {
    const disk = slowHubFile();
    const { publish, codes, readings, writes } = start(
      {},
      { families: all.map((create) => create()), writeHubFile: disk.write },
    );
    expect(await publish(topic, payload, { connection: connection("tasmota:plug", "stat/#") })).toEqual(["carry"]);
    expect([disk.changes, readings(), writes()]).toEqual([[], [], []]);
    expect(codes()).toEqual(["DEVICE_ID_INVALID"]);
  });

  test("is heard on its own topics, and so is what stands behind it", async () => {
    const { publish, readings, clock } = start({}, { families: all.map((create) => create()) });
    const payload = { Power: 5, ZbReceived: { "0x5480": { Device: "0x5480", Temperature: 20.3 } } };
    await publish("tele/plug/SENSOR", payload, { connection: connection("tasmota:plug", "tele/#") });
    clock.runSoon();
    await turn();
    expect(readings().map(({ deviceId }) => deviceId)).toEqual(["tasmota:plug", "tasmota:plug.0x5480"]);
  });
});
