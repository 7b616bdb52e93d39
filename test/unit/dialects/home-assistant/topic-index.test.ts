/** Which topics are found for which filters. [MQTT 5.0, 4.7] */
import { expect, test } from "vitest";
import { filterCovers } from "../../../../src/core/access/filter-cover.ts";
import { createTopicIndex, isTopicFilter, MAX_USES } from "../../../../src/dialects/home-assistant/topic-index.ts";
import { createRandom } from "../../../support/random.ts";

const found = (filters: readonly string[], topic: string): string[] => {
  const index = createTopicIndex<string>();
  for (const filter of filters) index.add(filter, filter);
  return index
    .match(topic)
    .flatMap(({ uses }) => [...uses])
    .sort();
};

test.each<[topic: string, filters: string[], matching: string[]]>([
  ["a/b", ["a/b", "a/c", "a"], ["a/b"]],
  ["a/b", ["+/b", "a/+", "a/+/c"], ["+/b", "a/+"]],
  ["a", ["a/#", "a/+"], ["a/#"]],
  ["a/b/c", ["a/#", "a/+/c", "a/b", "+/+/c"], ["+/+/c", "a/#", "a/+/c"]],
  ["a//c", ["a/+/c", "a//c"], ["a/+/c", "a//c"]],
  ["$SYS/x", ["+/x"], []],
  ["home/OMG1/BTtoMQTT/A4C1", ["+/+/BTtoMQTT/A4C1", "+/+/BTtoMQTT/B"], ["+/+/BTtoMQTT/A4C1"]],
  ["+/b", ["a/b", "+/b"], ["+/b"]],
])("%s of %j", (topic, filters, matching) => {
  expect(found(filters, topic)).toEqual(matching);
});

test.each([
  ["a/b", true],
  ["/a", true],
  ["+/+/BTtoMQTT/x", true],
  ["a/#", true],
  ["a b/ü", true],
  ["", false],
  ["#", false],
  ["+", false],
  ["+/#", false],
  ["/", false],
  ["a/#/b", false],
  ["a+/b", false],
  ["a/b#", false],
  ["$SYS/a", false],
  ["$share/g/a", false],
  ["a\0b", false],
  ["a/".repeat(40), false],
  ["a".repeat(2_000), false],
])("%s can be read: %s", (filter, can) => {
  expect(isTopicFilter(filter)).toBe(can);
});

test("what was added is gone when it is removed, and nothing else is", () => {
  const index = createTopicIndex<string>();
  expect(index.add("a/+", "1")).toBe(true);
  expect(index.add("a/+", "2")).toBe(false);
  expect(index.add("a/+/c", "3")).toBe(true);
  expect(index.remove("a/+", "1")).toBe(false);
  expect(index.remove("a/+", "2")).toBe(true);
  expect(index.remove("a/+", "2")).toBe(false);
  expect(index.remove("x/+", "2")).toBe(false);
  expect(index.match("a/b")).toEqual([]);
  expect(index.match("a/b/c")).toHaveLength(1);
  expect(index.add("p", "4")).toBe(true);
  expect(index.remove("p", "4")).toBe(true);
  expect(index.match("p")).toEqual([]);
});

test("a topic has only so many uses", () => {
  const index = createTopicIndex<number>();
  for (let use = 0; use < MAX_USES + 10; use++) index.add("a", use);
  expect(index.match("a")[0]?.uses.size).toBe(MAX_USES);
});

test("it finds what the broker's rule of filters finds", () => {
  const random = createRandom(7);
  const level = (levels: readonly string[]): string => random.pick(levels);
  const filterOf = (): string => {
    const levels = Array.from({ length: 1 + random.whole(4) }, () => level(["a", "b", "+", ""]));
    return (random.chance(0.2) ? [...levels, "#"] : levels).join("/");
  };
  for (let round = 0; round < 500; round++) {
    const filters = [...new Set(Array.from({ length: 6 }, filterOf))].filter(isTopicFilter);
    const topic = Array.from({ length: 1 + random.whole(4) }, () => level(["a", "b", "c", ""])).join("/");
    const expected = filters.filter((filter) => filterCovers(filter, topic)).sort();
    expect(found(filters, topic), topic).toEqual(expected);
  }
});
