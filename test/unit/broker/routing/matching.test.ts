import fc from "fast-check";
import { expect, test } from "vitest";
import type { Qos } from "../../../../src/broker/packets/packet.ts";
import { createMatching, type Matches, type Subscription } from "../../../../src/broker/routing/matching.ts";
import { bytesHeldBy } from "../../../support/memory/heap.ts";

type Wish = Partial<Omit<Subscription<string>, "session" | "filter">>;

const subscription = (session: string, filter: string, wish: Wish = {}): Subscription<string> => ({
  session,
  filter,
  qos: 1,
  noLocal: false,
  retainAsPublished: false,
  subscriptionId: undefined,
  ...wish,
});

const sessionsOf = ({ targets }: Matches<string>): string[] => targets.map(({ session }) => session).sort();

/** The standards' words, level by level. [MQTT 4.7] */
function fits(filter: string, topic: string): boolean {
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false; // [MQTT-4.7.2-1]
  const filters = filter.split("/");
  const topics = topic.split("/");
  if (filters.at(-1) === "#") {
    const head = filters.slice(0, -1);
    return topics.length >= head.length && head.every((level, at) => level === "+" || level === topics[at]);
  }
  return filters.length === topics.length && filters.every((level, at) => level === "+" || level === topics[at]);
}

const aLevel = fc.constantFrom("a", "b", "", "$x", "ä");
const aTopic = fc.array(aLevel, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
const aFilter = fc
  .tuple(fc.array(fc.oneof(aLevel, fc.constant("+")), { maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => (isOpen || levels.length === 0 ? [...levels, "#"] : levels).join("/"))
  .filter((filter) => filter !== "");
const aSession = fc.constantFrom("s1", "s2", "s3");

test("whatever is subscribed to and given up, a topic finds what a level by level comparison finds", () => {
  const step = fc.record({
    what: fc.constantFrom("add", "add", "remove", "match"),
    session: aSession,
    filter: aFilter,
    topic: aTopic,
    qos: fc.constantFrom<Qos>(0, 1, 2),
  });
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const matching = createMatching<string>();
    const model = new Map<string, Subscription<string>>();
    for (const { what, session, filter, topic, qos } of steps) {
      const key = `${session} ${filter}`;
      if (what === "add") {
        const added = subscription(session, filter, { qos });
        matching.add(added);
        model.set(key, added);
      } else if (what === "remove") {
        matching.remove(session, filter);
        model.delete(key);
      }
      const expected = [...model.values()].filter((each) => fits(each.filter, topic));
      const { targets } = matching.match(topic);
      expect(sessionsOf({ targets, shares: [] })).toEqual([...new Set(expected.map((each) => each.session))].sort());
      for (const target of targets) {
        const own = expected.filter((each) => each.session === target.session);
        expect(target.qos).toBe(Math.max(...own.map((each) => each.qos)));
        expect(new Set(target.subscriptions)).toEqual(new Set(own));
      }
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test("# matches its parent level, and + a level that is empty [MQTT-4.7.1-2, -3]", () => {
  const matching = createMatching<string>();
  matching.add(subscription("open", "sport/#"));
  matching.add(subscription("any", "+/+"));
  expect(sessionsOf(matching.match("sport"))).toEqual(["open"]);
  expect(sessionsOf(matching.match("/finance"))).toEqual(["any"]);
  expect(sessionsOf(matching.match("sport/"))).toEqual(["any", "open"]);
});

test("wildcards at the first level do not match a topic that begins with $, and named levels do [MQTT-4.7.2-1]", () => {
  const matching = createMatching<string>();
  for (const filter of ["#", "+/monitor", "+/#", "$SYS/#", "$SYS/+"]) matching.add(subscription(filter, filter));
  expect(sessionsOf(matching.match("$SYS/monitor"))).toEqual(["$SYS/#", "$SYS/+"]);
  expect(sessionsOf(matching.match("a/$SYS"))).toEqual(["#", "+/#"]);
});

test("a session with overlapping subscriptions is one target, with the greatest QoS and every identifier [MQTT-3.3.4-2, -3]", () => {
  const matching = createMatching<string>();
  matching.add(subscription("s", "a/b", { qos: 0, subscriptionId: 1 }));
  matching.add(subscription("s", "a/+", { qos: 2, subscriptionId: 2, retainAsPublished: true }));
  matching.add(subscription("s", "#", { qos: 1, noLocal: true }));
  const [target, ...others] = matching.match("a/b").targets;
  expect(others).toEqual([]);
  expect(target).toMatchObject({ session: "s", qos: 2, retainAsPublished: true, hasNoLocal: true });
  expect([...(target?.subscriptionIds ?? [])].sort()).toEqual([1, 2]);
  expect(matching.match("c").targets[0]).toMatchObject({ qos: 1, subscriptionIds: [], retainAsPublished: false });
});

test("a subscription to the same filter replaces the former [MQTT-3.8.4-3]", () => {
  const matching = createMatching<string>();
  matching.add(subscription("s", "a", { qos: 2, subscriptionId: 7, noLocal: true }));
  matching.match("a");
  matching.add(subscription("s", "a", { qos: 0 }));
  expect(matching.match("a").targets).toMatchObject([{ qos: 0, subscriptionIds: [], hasNoLocal: false }]);
});

test("what is subscribed to or given up counts at once, for topics that were asked for before as well", () => {
  const matching = createMatching<string>();
  expect(sessionsOf(matching.match("a/b"))).toEqual([]);
  matching.add(subscription("s", "a/#"));
  expect(sessionsOf(matching.match("a/b"))).toEqual(["s"]);
  matching.remove("s", "a/#");
  expect(sessionsOf(matching.match("a/b"))).toEqual([]);
});

test("to give up what was never subscribed to changes nothing", () => {
  const matching = createMatching<string>();
  matching.add(subscription("s", "a/b"));
  for (const filter of ["a", "a/b/c", "b", "$share/g/a/b"]) matching.remove("s", filter);
  matching.remove("other", "a/b");
  expect(sessionsOf(matching.match("a/b"))).toEqual(["s"]);
});

test("names of an object's own are levels and share names as any other", () => {
  const matching = createMatching<string>();
  matching.add(subscription("s", "__proto__/constructor"));
  matching.add(subscription("m", "$share/__proto__/toString"));
  expect(sessionsOf(matching.match("__proto__/constructor"))).toEqual(["s"]);
  expect(matching.match("toString").shares.map(({ filter }) => filter)).toEqual(["$share/__proto__/toString"]);
  expect(sessionsOf(matching.match("valueOf"))).toEqual([]);
});

test("a shared subscription is a group of its members, beside the ordinary subscriptions of the same filter", () => {
  const matching = createMatching<string>();
  for (const name of ["m1", "m2"]) matching.add(subscription(name, "$share/g/a/+"));
  matching.add(subscription("m1", "$share/h/a/+"));
  matching.add(subscription("m1", "a/+", { subscriptionId: 3 }));
  const { targets, shares } = matching.match("a/b");
  expect(targets.map(({ session, subscriptionIds }) => [session, subscriptionIds])).toEqual([["m1", [3]]]);
  const groups = shares.map(({ filter, members }) => [filter, members.map(({ session }) => session)]);
  expect(groups).toEqual([
    ["$share/g/a/+", ["m1", "m2"]],
    ["$share/h/a/+", ["m1"]],
  ]);
});

test("a share is found by its filter as long as it has members", () => {
  const matching = createMatching<string>();
  matching.add(subscription("m1", "$share/g/a"));
  matching.add(subscription("m1", "$share/g/a", { qos: 2 }));
  expect(matching.share("$share/g/a")?.members).toMatchObject([{ session: "m1", qos: 2 }]);
  expect([matching.share("$share/h/a"), matching.share("a")]).toEqual([undefined, undefined]);
  matching.remove("m1", "$share/g/a");
  expect(matching.share("$share/g/a")).toBeUndefined();
  expect(matching.match("a")).toEqual({ targets: [], shares: [] });
});

test("a member that leaves does not make another one miss its turn", () => {
  const matching = createMatching<string>();
  for (const name of ["m0", "m1", "m2", "m3"]) matching.add(subscription(name, "$share/g/a"));
  const group = matching.share("$share/g/a");
  if (group === undefined) throw new Error("no group");
  group.next = 2;
  matching.remove("m0", "$share/g/a");
  expect(group.members[group.next]?.session).toBe("m2");
  matching.remove("m3", "$share/g/a");
  expect(group.members[group.next]?.session).toBe("m2");
});

test("very many share groups on one topic are no more than many groups", () => {
  const matching = createMatching<string>();
  const count = 150_000; // more than a function call takes arguments
  for (let at = 0; at < count; at++) matching.add(subscription("s", `$share/g${at}/a`));
  expect(matching.match("a").shares.length).toBe(count);
});

test("what was subscribed to and given up holds no memory", () => {
  const held = bytesHeldBy(() => {
    const matching = createMatching<string>();
    for (let at = 0; at < 20_000; at++) matching.add(subscription("s", `x${at}/+/y${at}/#`));
    for (let at = 0; at < 20_000; at++) matching.remove("s", `x${at}/+/y${at}/#`);
    return matching;
  });
  expect(held).toBeLessThan(5_000_000);
});

test("a match that is remembered costs a few bytes a subscriber, not an object", () => {
  const matching = createMatching<string>();
  for (let at = 0; at < 200; at++) matching.add(subscription(`s${at}`, "devices/#"));
  const held = bytesHeldBy(() => {
    for (let at = 0; at < 2_000; at++) matching.match(`devices/d${at}/telemetry`);
    return matching;
  });
  expect(held).toBeLessThan(10_000_000);
});

test("thousands of filters of one client that match one topic cost no more than as many clients would", () => {
  const matching = createMatching<string>();
  const levels = 13;
  for (let bits = 0; bits < 2 ** levels; bits++) {
    const filter = Array.from({ length: levels }, (_, at) => ((bits >> at) & 1 ? "+" : "a")).join("/");
    matching.add(subscription("s", filter, { subscriptionId: bits + 1 }));
  }
  const beganMs = performance.now();
  const { targets } = matching.match(Array(levels).fill("a").join("/"));
  expect(targets.map(({ subscriptionIds }) => subscriptionIds.length)).toEqual([2 ** levels]);
  expect(performance.now() - beganMs).toBeLessThan(1_000); // some 10 ms; each with each would be 20 s
});

test("what subscriptions hold is counted, and given back with them, shared ones too", () => {
  const matching = createMatching<string>();
  const options = { qos: 1, noLocal: false, retainAsPublished: false, subscriptionId: undefined } as const;
  const filters = ["a", "a/b/c", "a/+/#", "$share/g/a/b", "$share/h/a/b"];
  const before = matching.bytes;

  for (const filter of filters) for (const session of ["x", "y"]) matching.add({ session, filter, ...options });
  const held = matching.bytes;
  for (const filter of filters) matching.add({ session: "x", filter, ...options, qos: 2 });

  expect(held).toBeGreaterThan(before);
  expect(matching.bytes).toBe(held);
  for (const filter of filters) for (const session of ["x", "x", "nobody", "y"]) matching.remove(session, filter);
  expect(matching.bytes).toBe(before);
});
