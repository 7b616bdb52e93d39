import { describe, expect, test } from "vitest";
import type { ParsedMessage } from "../../../../src/core/dialects/parsed-message.ts";
import { bytes, list, nested, read, refusal } from "./read-native.ts";

describe("status", () => {
  test("is online or offline, with white space around it or not", () => {
    expect(read("devices/a/status", "online")).toEqual({ kind: "status", deviceId: "a", online: true });
    expect(read("devices/a/status", " offline\n")).toEqual({ kind: "status", deviceId: "a", online: false });
  });

  for (const payload of ["Online", "1", "true", '{"state":"online"}', '"online"', " "]) {
    test(`${JSON.stringify(payload)} is none`, () => {
      expect(refusal(read("devices/a/status", payload))).toBe("STATUS_INVALID");
    });
  }
});

describe("attributes", () => {
  const attributes = (json: unknown): ParsedMessage => read("devices/a/attributes", JSON.stringify(json));
  /** The keys that were taken, and what was refused beside them. */
  function kept(parsed: ParsedMessage) {
    if (parsed.kind !== "attributes") throw new Error(`it was ${JSON.stringify(parsed)}`);
    return [[...parsed.patch.keys()], parsed.faults.map(({ code, metric }) => `${code} ${metric}`)];
  }

  test("are a JSON object of any values, null included", () => {
    const parsed = attributes({ model: "ESP32", ip: null, net: { rssi: -60, list: [1, null] }, on: true });
    expect(parsed.kind === "attributes" && Object.fromEntries(parsed.patch)).toEqual({
      model: "ESP32",
      ip: null,
      net: { rssi: -60, list: [1, null] },
      on: true,
    });
  });

  for (const json of [[], [{ a: 1 }], 7, "text", null]) {
    test(`${JSON.stringify(json)} are none`, () => {
      expect(refusal(attributes(json))).toBe("PAYLOAD_WRONG_SHAPE");
    });
  }

  test("may be eight deep and no deeper, lists counted", () => {
    expect(attributes(nested(8, 1)).kind).toBe("attributes");
    for (const deep of [nested(9, 1), { a: [[[[[[[[1]]]]]]]] }]) {
      expect(kept(attributes({ model: "x", ...(deep as object) }))).toEqual([["model"], ["TOO_DEEP a"]]);
    }
  });

  test("keep 64 keys, and name the others", () => {
    const wide = (count: number) => Object.fromEntries(list(count, (i) => [`k${i}`, i]));
    expect(attributes(wide(64)).kind).toBe("attributes");
    const parsed = attributes(wide(70));
    expect(parsed).toMatchObject({
      patch: new Map(list(64, (i) => [`k${i}`, i])),
      faults: [{ code: "ATTRIBUTES_TOO_LARGE", detail: "70 came; left out: k64, k65, k66, k67, k68, k69" }],
    });
  });

  test("have at most 16 KiB, as bytes and not as letters", () => {
    const filled = (letter: string, bytesInAll: number) =>
      attributes({ a: letter.repeat((bytesInAll - 8) / bytes(letter).length) });
    expect(filled("x", 16_384).kind).toBe("attributes");
    expect(refusal(filled("x", 16_385))).toBe("ATTRIBUTES_TOO_LARGE");
    expect(filled("ä", 16_384).kind).toBe("attributes");
    expect(refusal(filled("ä", 16_386))).toBe("ATTRIBUTES_TOO_LARGE");
  });

  test("have names like metrics", () => {
    expect(attributes({ constructor: 1 }).kind).toBe("attributes");
    expect(kept(read("devices/a/attributes", '{"__proto__":1,"model":"x"}'))).toEqual([
      ["model"],
      ["METRIC_NAME_INVALID __proto__"],
    ]);
    expect(kept(attributes({ "": 1 }))).toEqual([[], ["METRIC_NAME_INVALID "]]);
  });

  test("hold no number that JSON cannot write again", () => {
    // The store would keep it as null, and memory as Infinity.
    for (const json of ['{"a":1e400,"ok":1}', '{"a":{"b":[-1e999]},"ok":1}']) {
      expect(kept(read("devices/a/attributes", json))).toEqual([["ok"], ["METRIC_VALUE_INVALID a"]]);
    }
  });
});
