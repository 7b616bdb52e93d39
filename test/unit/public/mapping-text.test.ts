/** The form of a mapping: what it shows is what it sends. */
import { describe, expect, test } from "vitest";
import { fieldsIn, type MappingText, textOf } from "../../../public/app/mapping/mapping-text.ts";
import { groupsOf } from "../../../public/app/mapping/topic-groups.ts";
import type { MappingFields, UnmappedTopic } from "../../../src/contract/mappings.ts";

const EMPTY: MappingText = textOf({ topic: "home/{device}/{metric}", payload: "json" });

test.each<[what: string, fields: MappingFields]>([
  ["a topic only", { topic: "home/{device}/{metric}", payload: "value" }],
  [
    "everything",
    {
      topic: "sensors/+/data",
      payload: "json",
      device: "dev.id",
      time: "meta.time",
      values: "t",
      rename: { temp: "temperature", "a.b": "c" },
      only: ["temperature", "c"],
      scale: { level: { factor: 0.1, offset: -5 }, other: { factor: 2, offset: 0 } },
      units: { level: "cm", flow: "l/min" },
    },
  ],
])("%s is the same after it was shown", (_what, fields) => {
  expect(fieldsIn(textOf(fields))).toEqual({ ok: true, fields });
});

describe("what a person writes", () => {
  test("may have spaces and commas too many", () => {
    const text = {
      ...EMPTY,
      topic: " a/{device} ",
      rename: " temp = temperature ,, hum=humidity, ",
      only: "a ,b",
      time: " at ",
    };
    expect(fieldsIn(text)).toEqual({
      ok: true,
      fields: {
        topic: "a/{device}",
        payload: "json",
        time: "at",
        rename: { temp: "temperature", hum: "humidity" },
        only: ["a", "b"],
      },
    });
  });

  test("of JSON only is left out where the payload is one value", () => {
    const parsed = fieldsIn({ ...EMPTY, payload: "value", device: "id", time: "t", values: "v" });
    expect(parsed).toEqual({ ok: true, fields: { topic: EMPTY.topic, payload: "value" } });
  });

  test.each<[field: keyof MappingText, text: string, words: string]>([
    ["rename", "temp", "name=value"],
    ["units", "=cm", "name=value"],
    ["scale", "level", "name=value"],
    ["scale", "level=", "factor"],
    ["scale", "level=a", "factor"],
    ["scale", "level=1:", "factor"],
    ["scale", "level=1:2:3", "factor"],
    ["scale", "level=Infinity", "factor"],
  ])("%s %j cannot be meant", (field, text, words) => {
    const parsed = fieldsIn({ ...EMPTY, [field]: text });
    expect(parsed.ok ? "taken" : parsed.message).toContain(words);
  });
});

test("topics with the same proposal are one group, in the order in which the first was heard", () => {
  const topic = (name: string, pattern: string, count: number): UnmappedTopic => ({
    topic: name,
    count,
    perMinute: 2,
    firstAt: "2026-11-30T12:00:00.000Z",
    lastAt: "2026-11-30T12:00:00.000Z",
    proposal: { topic: pattern, payload: "value" },
  });
  const groups = groupsOf([
    topic("a/1/x", "a/{device}/{metric}", 3),
    topic("b", "b", 50),
    topic("a/2/x", "a/{device}/{metric}", 4),
  ]);
  expect(
    groups.map(({ proposal, topics, count, perMinute }) => [proposal.topic, topics.length, count, perMinute]),
  ).toEqual([
    ["a/{device}/{metric}", 2, 7, 4],
    ["b", 1, 50, 2],
  ]);
});
