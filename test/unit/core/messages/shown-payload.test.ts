import { expect, test } from "vitest";
import { shownPayload } from "../../../../src/core/messages/shown-payload.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("text is shown as it is, with line ends and tabs", () => {
  expect(shownPayload(bytes('{\n\t"a": "Küche"}'))).toEqual({ payload: '{\n\t"a": "Küche"}', bytes: 17 });
});

test("of a long text the first 4 KiB are shown, without half a character at their end", () => {
  const { payload = "", bytes: all, isBinary } = shownPayload(bytes(`x${"ü".repeat(4_000)}`));
  expect({ length: payload.length, all, isBinary }).toEqual({ length: 2_048, all: 8_001, isBinary: undefined });
});

test.each([
  ["bytes that are no UTF-8", new Uint8Array([0xff, 1])],
  ["control characters", new Uint8Array([0xc2, 0x85])],
  ["a character that ends too early", new Uint8Array([0xc3])],
])("%s are shown in hexadecimal", (_what, payload) => {
  expect(shownPayload(payload)).toMatchObject({ isBinary: true, bytes: payload.length });
});

test("of many bytes that are no text the first 64 are shown", () => {
  expect(shownPayload(new Uint8Array(1_000)).payload).toBe(Array.from({ length: 64 }, () => "00").join(" "));
});
