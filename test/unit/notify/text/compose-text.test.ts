/** A message as text: each alert is a line that names its device once. */
import { expect, test } from "vitest";
import { composeText, type TextFormat } from "../../../../src/notify/text/compose-text.ts";
import { entryOf, messageOf } from "../../../support/notify/messages.ts";

const PLAIN: TextFormat = {
  most: 1_000,
  size: (text) => text.length,
  escapeText: (text) => text,
  link: undefined,
  withoutTitle: true,
};

test.each([
  [
    "as the hub says it",
    entryOf({ text: "Kitchen: Gas is 90 ppm, above 50 ppm" }),
    "Kitchen: Gas is 90 ppm, above 50 ppm",
  ],
  [
    "that is over",
    entryOf({ kind: "resolved", text: "Kitchen: Gas is 10 ppm, was above 50 ppm" }),
    "Over: Kitchen: Gas is 10 ppm, was above 50 ppm",
  ],
  [
    "of the hub itself",
    entryOf({ device: undefined, text: "the disk is nearly full" }),
    "The hub: the disk is nearly full",
  ],
])("%s", (_, entry, line) => {
  const text = composeText(messageOf({ entries: [entry] }), PLAIN);
  expect(text.replace(/^• \S+ \S+ /, "")).toBe(line);
});
