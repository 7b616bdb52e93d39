/** Topic names and filters by the standards' rules. */
import { expect, test } from "vitest";
import { filterFault, levelCount, parseShare, topicFault } from "../../../../src/broker/packets/topic-rules.ts";

test.each(["a", "/", "a/b", "a b", "$SYS/x", "/finance", "a//b", "é/☃"])("%j is a topic name", (topic) => {
  expect(topicFault(topic)).toBeUndefined();
});

test.each([
  ["", "MQTT-4.7.3-1"],
  ["a/+", "MQTT-3.3.2-2"],
  ["a+b", "MQTT-3.3.2-2"],
  ["#", "MQTT-3.3.2-2"],
])("%j is no topic name [%s]", (topic, clause) => {
  expect(topicFault(topic)).toContain(clause);
});

test.each([
  "#",
  "+",
  "/",
  "a/#",
  "+/+",
  "/+",
  "+/a/#",
  "a//#",
  "$SYS/#",
  "$share/g/a",
  "$share/g/#",
  "$share/g//",
  "$shared/+",
])("%j is a topic filter", (filter) => {
  expect(filterFault(filter)).toBeUndefined();
});

test.each([
  ["", "MQTT-4.7.3-1"],
  ["a#", "MQTT-4.7.1-2"],
  ["#/a", "MQTT-4.7.1-2"],
  ["a/#/b", "MQTT-4.7.1-2"],
  ["##", "MQTT-4.7.1-2"],
  ["a+", "MQTT-4.7.1-3"],
  ["+a/b", "MQTT-4.7.1-3"],
  ["a/b+/c", "MQTT-4.7.1-3"],
  ["+/++", "MQTT-4.7.1-3"],
  ["$share", "MQTT-4.8.2-1"],
  ["$share/", "MQTT-4.8.2-1"],
  ["$share//a", "MQTT-4.8.2-1"],
  ["$share/g", "MQTT-4.8.2-2"],
  ["$share/+/a", "MQTT-4.8.2-2"],
  ["$share/g#/a", "MQTT-4.8.2-2"],
  ["$share/g/", "MQTT-4.7.3-1"],
  ["$share/g/a#", "MQTT-4.7.1-2"],
  ["$share/g/a+", "MQTT-4.7.1-3"],
])("%j is no topic filter [%s]", (filter, clause) => {
  expect(filterFault(filter)).toContain(clause);
});

test("a shared subscription is taken apart into its share name and its filter [MQTT-4.8.2-2]", () => {
  expect(parseShare("$share/g/a/+")).toEqual({ group: "g", filter: "a/+" });
  expect(parseShare("$share/g//")).toEqual({ group: "g", filter: "/" });
});

test.each(["a/b", "$share", "$share/", "$share/g", "$share/g/", "$share//a", "$shared/g/a"])(
  "%j is no shared subscription",
  (filter) => {
    expect(parseShare(filter)).toBeUndefined();
  },
);

test.each([
  ["a", 1],
  ["a/b", 2],
  ["/a", 2],
  ["/", 2],
  ["a//b/", 4],
])("%j has %i levels", (topic, levels) => {
  expect(levelCount(topic)).toBe(levels);
});
