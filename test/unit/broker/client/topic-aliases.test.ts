import { expect, test } from "vitest";
import { InboundAliases, OutboundAliases } from "../../../../src/broker/client/topic-aliases.ts";

test("a client's alias means the topic that it was last sent with", () => {
  const aliases = new InboundAliases(8);
  expect(aliases.resolve(3, "a/b")).toBe("a/b");
  expect(aliases.resolve(3, "")).toBe("a/b");
  expect(aliases.resolve(3, "c")).toBe("c");
  expect(aliases.resolve(3, "")).toBe("c");
});

test("an alias that was never set means nothing", () => {
  const aliases = new InboundAliases(8);
  aliases.resolve(1, "a");
  expect(aliases.resolve(2, "")).toBeUndefined();
});

test("aliases up to the maximum are valid, and none where there are none [MQTT-3.3.2-9]", () => {
  const eight = new InboundAliases(8);
  expect([eight.isValid(1), eight.isValid(8), eight.isValid(9)]).toEqual([true, true, false]);
  expect(new InboundAliases(0).isValid(1)).toBe(false);
});

test("the first topics get the numbers that the client allows, and are named once [MQTT-3.3.2-8]", () => {
  const aliases = new OutboundAliases(2);
  expect(aliases.of("a")).toEqual({ alias: 1, isNew: true });
  expect(aliases.of("b")).toEqual({ alias: 2, isNew: true });
  expect(aliases.of("c")).toBeUndefined();
  expect(aliases.of("a")).toEqual({ alias: 1, isNew: false });
  expect(aliases.of("b")).toEqual({ alias: 2, isNew: false });
});

test("an alias whose message was not sent is new the next time", () => {
  const aliases = new OutboundAliases(1);
  aliases.of("a");
  aliases.remove("a");
  expect(aliases.of("b")).toEqual({ alias: 1, isNew: true });
});
