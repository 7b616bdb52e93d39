import { describe, expect, test } from "vitest";
import { readNative } from "../../../../src/dialects/native/native.ts";
import { faultsOf, read, refusal, shape, telemetry } from "./read-native.ts";

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

    test(`NULs and line ends alone on ${topic} are an empty payload, and clear nothing`, () => {
      for (const payload of ["\0", "\r\n", "\n\0\0"]) {
        expect(refusal(read(`devices/a/${topic}`, payload))).toBe("PAYLOAD_EMPTY");
      }
    });
  }

  for (const topic of ["telemetry", "telemetry/t", "attributes"]) {
    test(`one that is not UTF-8 where its structure is, is refused on ${topic}`, () => {
      const parsed = readNative(`devices/a/${topic}`, Uint8Array.of(0x7b, 0xc3, 0x28, 0x7d));
      expect(refusal(parsed)).toBe("PAYLOAD_NOT_UTF8");
    });
  }

  for (const end of ["\0", "\r\n", "\n", "\0\0\0", "\r\n\0", "\0\n"]) {
    test(`${JSON.stringify(end)} at the end is cut off before anything is read`, () => {
      expect(shape(telemetry(`{"temperature":6.5}${end}`)).readings[0]?.metrics).toEqual({ temperature: 6.5 });
      expect(shape(telemetry(`[{"a":1},{"a":2}]${end}`)).readings).toHaveLength(2);
      expect(shape(read("devices/a/telemetry/t", `6.5${end}`)).readings[0]?.metrics).toEqual({ t: 6.5 });
      expect(shape(read("devices/a/telemetry/t", `auto${end}`)).readings[0]?.metrics).toEqual({ t: "auto" });
      expect(read("devices/a/status", `offline${end}`)).toMatchObject({ kind: "status", online: false });
      expect(read("devices/a/attributes", `{"model":"x"}${end}`).kind).toBe("attributes");
    });
  }

  describe("with one byte that is no UTF-8", () => {
    const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

    for (const [title, text] of [
      ["a degree sign of Latin-1", '{"unit":"\xb0C","temperature":21.5,"note":"ok"}'],
      ["a letter that is cut off at the quote", '{"unit":"\xc3","temperature":21.5,"note":"ok"}'],
      ["a byte that no UTF-8 has", '{"unit":"a\xffb","temperature":21.5,"note":"ok"}'],
      ["half of a surrogate pair", '{"unit":"\xed\xa0\x80","temperature":21.5,"note":"ok"}'],
    ] as const) {
      test(`in a text costs that text and not the reading: ${title}`, () => {
        const parsed = shape(readNative("devices/a/telemetry", latin1(text)));
        expect(parsed.readings[0]?.metrics).toEqual({ temperature: 21.5, note: "ok" });
        expect(parsed.faults).toEqual(["PAYLOAD_NOT_UTF8 unit"]);
      });
    }

    test("in a name costs that metric", () => {
      const parsed = shape(readNative("devices/a/telemetry", latin1('{"gr\xf6\xdfe":1,"temperature":21.5}')));
      expect(parsed.readings[0]?.metrics).toEqual({ temperature: 21.5 });
      expect(parsed.faults[0]).toMatch(/^METRIC_NAME_INVALID/);
    });

    test("in an attribute costs that attribute", () => {
      const parsed = readNative("devices/a/attributes", latin1('{"room":"K\xfcche","list":["\xfc"],"model":"x"}'));
      expect(parsed).toMatchObject({
        patch: new Map([["model", "x"]]),
        faults: [
          { code: "PAYLOAD_NOT_UTF8", metric: "room" },
          { code: "PAYLOAD_NOT_UTF8", metric: "list" },
        ],
      });
    });

    test("is no reason to doubt a replacement character that the board itself has sent", () => {
      expect(shape(telemetry('{"note":"\uFFFD"}')).readings[0]?.metrics).toEqual({ note: "\uFFFD" });
    });
  });

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
      expect(JSON.stringify(parsed, (name, value) => (name === "location" ? undefined : value))).not.toContain(
        "hunter2",
      );
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
