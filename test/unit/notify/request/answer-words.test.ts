import { describe, expect, test } from "vitest";
import { answerWords } from "../../../../src/notify/request/answer-words.ts";

const HOOK = "https://hooks.slack.com/services/T0000/B0000/XXXXXXXXXXXXXXXXXXXXXXXX?key=p%40ssw0rd";
const wordsOf = (body: string, secrets: readonly string[] = [HOOK]): string => answerWords(Buffer.from(body), secrets);

describe("what a receiver says", () => {
  test.each([
    ["text", "invalid_payload", "invalid_payload"],
    [
      "JSON",
      '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}',
      "Bad Request: chat not found",
    ],
    ["JSON of Discord", '{"message": "Unknown Webhook", "code": 10015}', "Unknown Webhook"],
    ["several lines with control characters", "a\r\nb\u0000c\u202e", "a b c"],
    ["a page", "<!DOCTYPE html><html><body>no</body></html>", ""],
    ["nothing", "", ""],
    ["JSON without words", '{"a":1}', ""],
    ["JSON that is null", "null", "null"],
  ])("is shown: %s", (_, body, expected) => expect(wordsOf(body)).toBe(expected));

  test("is short", () => expect(wordsOf("no ".repeat(10_000))).toHaveLength(200));
});

describe("what it repeats of a secret hides all of it", () => {
  test.each([
    ["the address", `Cannot POST ${HOOK}`],
    ["the path", "Cannot POST /services/T0000/B0000/XXXXXXXXXXXXXXXXXXXXXXXX"],
    ["the path in small letters", "cannot post xxxxxxxxxxxxxxxxxxxxxxxx"],
    ["the beginning of a long part", "no such hook: XXXXXXXXXXXX…"],
    ["a value, decoded", "bad key p@ssw0rd"],
    ["a value, encoded", "bad key p%40ssw0rd"],
    ["in base64", `you sent ${Buffer.from("p@ssw0rd").toString("base64")}`],
  ])("%s", (_, body) => expect(wordsOf(body)).toBe(""));

  test("a token", () => expect(wordsOf("unauthorized: tk_1234567890", ["tk_1234567890"])).toBe(""));
  test("user and password of an address", () =>
    expect(
      wordsOf(`Basic ${Buffer.from("ann:s3cretword").toString("base64")}`, ["https://ann:s3cretword@x.example/"]),
    ).toBe(""));
});
