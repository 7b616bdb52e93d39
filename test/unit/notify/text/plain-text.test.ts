import { describe, expect, test } from "vitest";
import { cutBytes, cutText, inert, oneLine } from "../../../../src/notify/text/plain-text.ts";

const seen = (text: string): string => text.replaceAll("\u200b", "|");

describe("a text of a device", () => {
  test.each([
    ["plain", "Temperature is 21.5 °C, above 20.0", "Temperature is 21.5 °C, above 20.0"],
    ["a time", "since 20:46, 3/4 of it", "since 20:46, 3/4 of it"],
    ["a mention", "@everyone", "@|everyone"],
    ["an address", "https://evil.example/x", "https:|//evil.|example/x"],
    ["a host", "see www.evil.example", "see www.|evil.|example"],
    ["a host with another dot", "evil。example", "evil。|example"],
    ["mail", "a@evil.example mailto:a@b.example", "a@|evil.|example mailto:|a@|b.|example"],
    ["commands and marks", "/start #all $AAPL (/x)", "/|start #|all $|AAPL (/|x)"],
    ["a sentence", "It is over. Check it: now.", "It is over. Check it: now."],
  ])("reads the same, and is no link: %s", (_, text, expected) => {
    expect(seen(inert(text))).toBe(expected);
    expect(inert(text).replaceAll("\u200b", "")).toBe(text);
  });

  test("is one line of whole characters", () => {
    expect(oneLine(" a\r\nb\u2028c\u0000d\u009b\u202ee\ud83d ")).toBe("a b c d e\ufffd");
  });
});

test("a text is cut between characters", () => {
  expect([cutText("abcdef", 6), cutText("abcdefg", 6), cutText("abcd😀gh", 6)]).toEqual(["abcdef", "abcde…", "abcd…"]);
  expect([cutBytes("äöü", 6), cutBytes("äöüß", 7), cutBytes("😀😀", 7)]).toEqual(["äöü", "äö…", "😀…"]);
  for (let most = 4; most < 40; most++)
    expect(Buffer.byteLength(cutBytes("aä😀".repeat(9), most))).toBeLessThanOrEqual(most);
});
