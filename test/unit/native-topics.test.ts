import { describe, expect, test } from "vitest";
import { readNative } from "../../src/dialects/native.ts";
import { faultsOf, read, refusal, telemetry } from "./read-native.ts";

describe("topics", () => {
  for (const topic of [
    "sensors/a",
    "device/a/telemetry",
    "devices",
    "Devices/a/telemetry",
    "/devices/a/telemetry",
    "",
  ]) {
    test(`"${topic}" is not the dialect's and is carried`, () => {
      expect(read(topic, "1")).toEqual({ kind: "elsewhere" });
    });
  }

  for (const topic of ["devices/a/commands/7", "devices/a/commands/7/reply"]) {
    test(`${topic} is carried and not stored`, () => {
      expect(read(topic, "anything")).toEqual({ kind: "elsewhere" });
    });
  }

  for (const topic of [
    "devices/a",
    "devices/a/",
    "devices/a/events",
    "devices/a/Telemetry",
    "devices/a/telemetry/t/x",
    "devices/a/telemetry/t/x/y/z",
    "devices/a/status/x",
    "devices/a/attributes/x",
    "devices/a/commands",
    "devices/a/commands/7/bogus",
    "devices/a/commands/7/reply/more",
  ]) {
    test(`${topic} is an unknown shape under devices/ and is refused`, () => {
      expect(refusal(read(topic, "1"))).toBe("TOPIC_UNKNOWN");
    });
  }

  for (const id of ["a", "A.b_c:d-9", "0", "...", ".hidden", "esp:24:6f", "x".repeat(64)]) {
    test(`"${id}" is a device id`, () => {
      expect(read(`devices/${id}/telemetry`, '{"t":1}')).toMatchObject({ kind: "telemetry", deviceId: id });
    });
  }

  for (const id of ["", ".", "..", "a b", "ä", "a\u0000", "a\n", "x".repeat(65), "a%20", "+", "#", "$SYS"]) {
    test(`${JSON.stringify(id)} is no device id`, () => {
      expect(refusal(read(`devices/${id}/telemetry`, '{"t":1}'))).toBe("DEVICE_ID_INVALID");
    });
  }

  test("a refused message names its device where the topic did", () => {
    expect(read("devices/a/telemetry", "{")).toMatchObject({ kind: "refused", deviceId: "a" });
    expect(read("devices/a b/telemetry", "{")).toMatchObject({ kind: "refused", deviceId: undefined });
  });
});

describe("payloads", () => {
  for (const topic of ["telemetry", "telemetry/t", "status", "attributes"]) {
    test(`an empty one on ${topic} clears a retained message and is no fault`, () => {
      expect(read(`devices/a/${topic}`, "")).toEqual({ kind: "nothing" });
    });

    test(`one that is not UTF-8 is refused on ${topic}`, () => {
      const parsed = readNative(`devices/a/${topic}`, Uint8Array.of(0x7b, 0xc3, 0x28, 0x7d));
      expect(refusal(parsed)).toBe("PAYLOAD_NOT_UTF8");
    });
  }

  const notJson = {
    "cut off": '{"temperature":23.',
    "not quoted": "{temperature:1}",
    "single quotes": "{'temperature':1}",
    "nan of a C library": '{"temperature":nan}',
    "NaN of JavaScript": '{"temperature":NaN}',
    "two values": '{"a":1}{"a":2}',
    "a comma too many": '{"a":1,}',
    text: "hello",
    "Tasmota's own documentation": '{"Time":"2018-08-18T16:13:47","MCP230XX": "D0":0,"D1":0,"D2":1}',
  };
  for (const [what, payload] of Object.entries(notJson)) {
    test(`what is not JSON is refused: ${what}`, () => {
      for (const channel of ["telemetry", "attributes"]) {
        expect(refusal(read(`devices/a/${channel}`, payload))).toBe("PAYLOAD_NOT_JSON");
      }
    });
  }

  test("the words of a refusal say where the fault is and quote nothing of the payload", () => {
    for (const payload of ['{"secret":"hunter2",}', '{"hunter2', '{"a":hunter2}']) {
      const parsed = telemetry(payload);
      expect(JSON.stringify(parsed, (name, value) => (name === "place" ? undefined : value))).not.toContain("hunter2");
    }
    expect(telemetry('{"a":')).toMatchObject({ fault: { detail: "it ends too early" } });
  });

  test("JSON that nests a hundred thousand deep is answered like any other", () => {
    expect(faultsOf("[".repeat(100_000) + "]".repeat(100_000))).toEqual(["READING_WRONG_SHAPE"]);
    expect(faultsOf(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toEqual(["METRIC_VALUE_INVALID a"]);
    expect(faultsOf(`${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`)[0]).toMatch(/^TOO_DEEP/);
  });
});

test("a name that says something about a reading is no metric by its own topic either", () => {
  for (const name of ["deviceId", "timestamp", "ts", "time", "values", "receivedAt"]) {
    expect(readNative(`devices/a/telemetry/${name}`, Buffer.from("1"))).toMatchObject({ kind: "refused" });
  }
});
