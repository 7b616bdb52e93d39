import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { createHive } from "../../support/dialects/hive.ts";
import { application, openSession } from "./line-session.ts";

const ABOUT = '{"name":"Hive by the pond","unit":"lb"}';

const EXAMPLES: readonly [topic: string, payload: string, ...becomes: string[]][] = [
  ["hive/pond/weight", "41.3", 'hive:pond {"weight":41.3}'],
  ["hive/pond/weight", "nan"],
  ["hive/pond/weight", "41,3", "hive:pond refused: METRIC_VALUE_INVALID"],
  ["hive/pond/alive", "no", "hive:pond offline"],
  ["hive/pond/alive", "perhaps", "hive:pond refused: STATUS_INVALID"],
  ["hive/pond/about", "{", "hive:pond refused: PAYLOAD_NOT_JSON"],
  ["hive/pond/tare", "1"],
  ["hive/pond/else", "1", "elsewhere"],
];

test.each(EXAMPLES)("%s %s", (topic, payload, ...becomes) => {
  expect(openSession(createHive).say(topic, payload)).toEqual(becomes);
});

test("what a scale says of itself is there after a restart", () => {
  const before = openSession(createHive);
  before.say("hive/pond/about", ABOUT);
  const after = openSession(createHive, before.stored());
  expect(after.nameOf("hive:pond")).toBe("Hive by the pond");
  expect(after.info("hive:pond", "weight")).toMatchObject({ label: "Weight", unit: "lb" });
});

test("nobody speaks for a scale of another client", () => {
  const { say } = openSession(createHive);
  say("hive/pond/about", ABOUT, { publisher: application("keeper", "hive") });
  const become = say("hive/pond/about", "{}", { publisher: application("neighbour", "hive") });
  expect(become).toEqual(["hive:pond refused: ANNOUNCED_BY_ANOTHER"]);
});

test("docs/dialects.md has the dialect, and this test, word by word", () => {
  const [docs = "", source = "", own = ""] = [
    "docs/dialects.md",
    "test/support/dialects/hive.ts",
    "test/unit/dialects/hive.test.ts",
  ].map((file) => readFileSync(path.join(import.meta.dirname, "../../..", file), "utf8"));
  const quoted = source.split("word by word.\n")[1]?.trim() ?? "";
  expect(quoted.length).toBeGreaterThan(3_000);
  expect(docs).toContain(quoted);
  const examples = /const EXAMPLES[\s\S]*?\n\];/.exec(own)?.[0] ?? "";
  expect(examples).toContain("hive/pond/tare");
  expect(docs).toContain(examples);
});
