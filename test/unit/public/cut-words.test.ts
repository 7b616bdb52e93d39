/** What the Inspector says of a payload that is not shown as it was sent. */
import { expect, test } from "vitest";
import { cutWords } from "../../../public/app/inspector/cut-words.ts";
import { shownPayload } from "../../../src/core/messages/shown-payload.ts";

test.each([
  ["a whole text", "21.5 °C", 512, ""],
  ["a long text", "x".repeat(3_204), 512, "First 512 of 3,204 bytes"],
  ["a text that is cut inside a character", `${"x".repeat(511)}°°`, 512, "First 511 of 515 bytes"],
  ["bytes", new Uint8Array([0, 255]), 512, "In hexadecimal"],
  ["many bytes", new Uint8Array(3_204), 512, "First 64 of 3,204 bytes, in hexadecimal"],
])("%s is labelled with what is left out, and how it is written", (_what, sent, most, words) => {
  const bytes = typeof sent === "string" ? new TextEncoder().encode(sent) : sent;
  expect(cutWords(shownPayload(bytes, most))).toBe(words);
});
