import { describe, expect, test } from "vitest";
import { createWorld, DOWN, idsOf, LOST, type NotificationWorld, SENT, WEBHOOK } from "./notification-world.ts";

const [MINUTE, HOUR] = [60_000, 3_600_000];

async function oneChannel(options?: Parameters<typeof createWorld>[0]): Promise<[NotificationWorld, string]> {
  const world = await createWorld(options);
  return [world, idsOf(world)[0] ?? ""];
}

const entriesIn = ({ received }: NotificationWorld) => received.flatMap(({ message }) => message.entries);

describe("what is sent", () => {
  test("one message when it fires and one when it is over, within a second of their commits", async () => {
    const [world, id] = await oneChannel();
    world.setRule({ id: "gas", name: "Gas leak" });
    await world.happen({ kind: "firing", ruleId: "gas", device: "kitchen" });
    expect(world.titles(id)).toEqual(["CRITICAL: Gas leak, kitchen"]);
    await world.pass(MINUTE);
    await world.happen({ kind: "resolved", ruleId: "gas", device: "kitchen" });
    expect(world.titles(id)).toEqual(["CRITICAL: Gas leak, kitchen", "Over: Gas leak, kitchen"]);
    await world.pass(HOUR, MINUTE);
    expect(world.received).toHaveLength(2);
    expect(world.hubFile.records().filter(({ kind }) => kind !== "channel" && kind !== "setting")).toEqual([]);
  });

  test("goes to the channels of the rule that are on and take so severe alerts", async () => {
    const world = await createWorld({
      channels: [
        WEBHOOK,
        { ...WEBHOOK, name: "critical only", atLeast: "critical" },
        { ...WEBHOOK, name: "off", enabled: false },
        { ...WEBHOOK, name: "not of the rule" },
      ],
    });
    const [all, critical, off] = idsOf(world);
    world.setRule({ id: "damp", severity: "warning", channels: [all, critical, off].map(String) });
    world.setRule({ id: "fire", severity: "critical", channels: [all, critical, off].map(String) });
    await world.happen({ kind: "firing", ruleId: "damp", device: "cellar" });
    await world.pass(2_000);
    await world.happen({ kind: "firing", ruleId: "fire", device: "cellar" });
    await world.pass(2_000);
    expect(world.received.map(({ channelId, message }) => `${channelId} ${message.entries[0]?.ruleName}`)).toEqual([
      `${all} Rule damp`,
      `${all} Rule fire`,
      `${critical} Rule fire`,
    ]);
  });

  test("nothing of an alert that another one explains, nor of one that is silenced, until that ends", async () => {
    const [world] = await oneChannel();
    world.setBlocked(["silent~b1", "silent~b2"]);
    const alert = { silencedUntil: "2027-01-01T00:00:00.000Z" };
    await world.happen(
      { kind: "firing", ruleId: "silent", device: "b1", alert: { supersededBy: "offline~b1" } },
      { kind: "firing", ruleId: "silent", device: "b2", alert },
    );
    await world.pass(10 * MINUTE, MINUTE);
    await world.happen({ kind: "resolved", ruleId: "silent", device: "b1" });
    await world.pass(10 * MINUTE, MINUTE);
    expect(world.attempts).toEqual([]);
    world.setBlocked([]);
    await world.pass(5_000);
    expect(entriesIn(world)).toMatchObject([{ alertId: "silent~b2", kind: "firing" }]);
  });

  test("while alerts of a rule are gathered, those that wait are not looked at whenever one more comes", async () => {
    const [world] = await oneChannel();
    await world.happen({ kind: "firing", ruleId: "power", device: "first" });
    const before = world.looks();
    for (let at = 0; at < 200; at++) await world.happen({ kind: "firing", ruleId: "power", device: `hall-${at}` });
    expect(world.looks() - before).toBeLessThan(10);
    await world.pass(30_000);
    expect(world.received.map(({ message }) => message.entries.length + message.more)).toEqual([1, 200]);
  });

  test("of an alert that was silenced while it was gathered, and is over, nothing", async () => {
    const [world] = await oneChannel();
    await world.happen({ kind: "firing", ruleId: "power", device: "first" });
    await world.happen({ kind: "firing", ruleId: "power", device: "second" });
    world.setBlocked(["power~second"]);
    await world.pass(6_000);
    await world.happen({ kind: "resolved", ruleId: "power", device: "second" });
    world.setBlocked([]);
    await world.pass(MINUTE);
    expect(entriesIn(world).map(({ device }) => device)).toEqual(["first"]);
  });

  test("the first notification of a hub explains how to change what is sent, and no other", async () => {
    const [world] = await oneChannel();
    await world.happen({ kind: "firing", ruleId: "gas", device: "kitchen" });
    await world.pass(MINUTE);
    const again = await world.restart();
    await again.happen({ kind: "firing", ruleId: "fire", device: "kitchen" });
    expect(world.received.map(({ message }) => message.hint !== undefined)).toEqual([true]);
    expect(again.received.map(({ message }) => message.hint !== undefined)).toEqual([false]);
  });
});

describe("grouping", () => {
  test("the first of a rule at once, what follows within 30 s in one message with a list, other rules at once", async () => {
    const [world] = await oneChannel();
    await world.happen({ kind: "firing", ruleId: "gas", device: "d0" });
    for (let n = 1; n <= 4; n++) {
      await world.pass(5_000);
      await world.happen({ kind: "firing", ruleId: "gas", device: `d${n}` });
    }
    await world.happen({ kind: "firing", ruleId: "fire", device: "d0" });
    await world.pass(30_000);
    expect(world.received.map(({ atMs, message }) => [atMs, message.entries.map(({ alertId }) => alertId)])).toEqual([
      [0, ["gas~d0"]],
      [20_000, ["fire~d0"]],
      [30_000, ["gas~d1", "gas~d2", "gas~d3", "gas~d4"]],
    ]);
    expect(world.received[2]?.message.title).toBe("CRITICAL: Rule gas, 4 alerts");
  });

  test("a hall of 10,000 boards that lose power and get it back is a handful of messages, and counts every board", {
    timeout: 30_000,
  }, async () => {
    const [world] = await oneChannel();
    const boards = Array.from({ length: 10_000 }, (_, n) => `b${n}`);
    for (let at = 0; at < boards.length; at += 2_500) {
      const some = boards.slice(at, at + 2_500);
      await world.happen(...some.map((device) => ({ kind: "firing", ruleId: "silent", device }) as const));
    }
    await world.pass(40_000, 10_000);
    await world.happen(...boards.map((device) => ({ kind: "resolved", ruleId: "silent", device }) as const));
    await world.pass(40_000, 10_000);
    expect(world.received.length).toBeLessThanOrEqual(4);
    const counted = world.received.map(({ message }) => message.entries.length + message.more);
    expect(counted.reduce((sum, each) => sum + each, 0)).toBe(20_000);
    expect(Math.max(...world.received.map(({ message }) => message.entries.length))).toBe(20);
    expect(world.hubFile.records().map(({ kind }) => kind)).toEqual(["channel", "setting"]);
  });

  test("what flaps is a message each half minute, and fewer in the long run, with nothing lost", async () => {
    const [world] = await oneChannel();
    world.setRule({ id: "flap", severity: "warning" });
    for (let episode = 1; episode <= 900; episode++) {
      await world.happen({ kind: "firing", ruleId: "flap", device: "door", episode });
      await world.pass(2_000, 2_000);
      await world.happen({ kind: "resolved", ruleId: "flap", device: "door", episode });
      await world.pass(2_000, 2_000);
    }
    expect(world.received.length).toBeLessThanOrEqual(60);
    expect(world.received.slice(0, 3).map(({ atMs }) => atMs)).toEqual([0, 30_000, 60_000]);
    expect(world.received[1]?.message.entries.map(({ text }) => text).join()).toMatch(/It happened \d+ times/);
    await world.pass(HOUR, MINUTE);
    const last = world.received.at(-1)?.message.entries.at(-1)?.kind;
    expect(["resolved", "passed"]).toContain(last);
  });

  test("what is over before it was sent is one entry that says so", async () => {
    const [world] = await oneChannel();
    await world.happen({ kind: "firing", ruleId: "gas", device: "d0" });
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(10_000);
    await world.happen({ kind: "resolved", ruleId: "gas", device: "d1" });
    await world.pass(30_000);
    expect(entriesIn(world)).toMatchObject([
      { alertId: "gas~d0", kind: "firing" },
      { alertId: "gas~d1", kind: "passed", text: "d1 is above 100. It is over." },
    ]);
  });
});

describe("until somebody acknowledges", () => {
  test("critical alerts repeat every 15 minutes, warnings every 4 hours, notes never; together where they are close", async () => {
    const [world, id] = await oneChannel();
    for (const severity of ["critical", "warning", "info"] as const) world.setRule({ id: severity, severity });
    await world.happen(
      { kind: "firing", ruleId: "critical", device: "d1" },
      { kind: "firing", ruleId: "warning", device: "d1" },
      { kind: "firing", ruleId: "info", device: "d1" },
    );
    await world.pass(20_000);
    await world.happen({ kind: "firing", ruleId: "critical", device: "d2" });
    await world.pass(4 * HOUR + MINUTE, 10_000);
    const repeated = entriesIn(world).filter(({ kind }) => kind === "repeated");
    const countOf = (ruleName: string): number => repeated.filter((each) => each.ruleName === ruleName).length;
    expect(["Rule critical", "Rule warning", "Rule info"].map(countOf)).toEqual([32, 1, 0]);
    expect(world.titles(id)).toHaveLength(2 + 16);
    expect(world.titles(id)[2]).toBe("Still CRITICAL: Rule critical, 2 alerts");
  });

  test("an acknowledgement ends repeats and escalation, and its end is still sent", async () => {
    const [world] = await oneChannel();
    world.setRule({ id: "gas", repeatS: 60, escalate: { afterS: 300, channels: "all" } });
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(2 * MINUTE + 5_000);
    await world.happen({ kind: "acknowledged", ruleId: "gas", device: "d1" });
    await world.pass(HOUR, MINUTE);
    await world.happen({ kind: "resolved", ruleId: "gas", device: "d1" });
    expect(entriesIn(world).map(({ kind }) => kind)).toEqual(["firing", "repeated", "repeated", "resolved"]);
  });

  test("what nobody acknowledged goes to further channels, which then hear of its end", async () => {
    const world = await createWorld({ channels: [WEBHOOK, { ...WEBHOOK, name: "boss" }] });
    const [first = "", boss = ""] = idsOf(world);
    world.setRule({ id: "gas", channels: [first], repeatS: 0, escalate: { afterS: 300, channels: [boss] } });
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(299_000);
    expect(world.titles(boss)).toEqual([]);
    await world.pass(2_000);
    await world.pass(MINUTE);
    await world.happen({ kind: "resolved", ruleId: "gas", device: "d1" });
    expect(world.titles(first)).toEqual(["CRITICAL: Rule gas, d1", "Over: Rule gas, d1"]);
    expect(world.titles(boss)).toEqual(["CRITICAL, not acknowledged: Rule gas, d1", "Over: Rule gas, d1"]);
  });

  test("further channels hear of it when it is time, although all alerts are looked through only each half minute", async () => {
    const world = await createWorld({ channels: [WEBHOOK, { ...WEBHOOK, name: "boss" }] });
    const [first = "", boss = ""] = idsOf(world);
    world.setRule({ id: "gas", channels: [first], escalate: { afterS: 5, channels: [boss] } });
    await world.pass(3_000);
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(4_000);
    expect(world.titles(boss)).toEqual([]);
    await world.pass(3_000);
    expect(world.titles(boss)).toEqual(["CRITICAL, not acknowledged: Rule gas, d1"]);
  });

  test("a silence stops repeats; a restart does not restart their time", async () => {
    const [world] = await oneChannel();
    world.setRule({ id: "gas", repeatS: 600 });
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(5 * MINUTE, MINUTE);
    const again = await world.restart(2 * MINUTE);
    again.setRule({ id: "gas", repeatS: 600 });
    await again.pass(2 * MINUTE + 50_000);
    expect(again.received).toEqual([]);
    await again.pass(15_000);
    expect(entriesIn(again)).toMatchObject([{ kind: "repeated" }]);
    again.setBlocked(["gas~d1"]);
    await again.pass(HOUR, MINUTE);
    expect(again.received).toHaveLength(1);
  });
});

describe("a channel that does not get through", () => {
  test("is tried again at a growing distance up to 15 minutes, and its order is kept", async () => {
    const [world, id] = await oneChannel();
    world.receive(id, () => DOWN);
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(2 * HOUR, 1_000);
    const gaps = world.attempts.slice(1).map(({ atMs }, index) => atMs - (world.attempts[index]?.atMs ?? 0));
    expect(gaps.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(Math.max(...gaps)).toBe(900_000);
    expect(new Set(world.attempts.map(({ message }) => message.id)).size).toBe(1);
    expect(world.notifications.stateOf(id)).toMatchObject({ kind: "failing", reason: "no connection" });
    expect(world.notifications.failing()).toMatchObject([{ channelId: id, name: "hook" }]);
    world.receive(id, () => SENT);
    await world.pass(15 * MINUTE, 10_000);
    expect(world.notifications.stateOf(id)).toEqual({ kind: "idle" });
    expect(entriesIn(world)[0]).toMatchObject({ kind: "firing" });
  });

  test("waits as long as the receiver asks", async () => {
    const [world, id] = await oneChannel();
    world.receive(id, () => ({ kind: "failed", reason: "429", afterMs: 45_000, neverArrived: true }));
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(50_000);
    expect(world.attempts.map(({ atMs }) => atMs)).toEqual([0, 45_000]);
  });

  test("is tried at once when a new alert comes, and does not hold up another channel", async () => {
    const world = await createWorld({ channels: [WEBHOOK, { ...WEBHOOK, name: "other" }] });
    const [id = "", other = ""] = idsOf(world);
    world.receive(id, () => DOWN);
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(10 * MINUTE);
    const before = world.attempts.filter(({ channelId }) => channelId === id).length;
    world.receive(id, () => SENT);
    await world.happen({ kind: "firing", ruleId: "fire", device: "d1" });
    await world.pass(1_000);
    expect(world.attempts.filter(({ channelId }) => channelId === id).length).toBe(before + 2);
    expect(world.titles(id)).toEqual(world.titles(other));
  });

  test("says of what ended meanwhile that it was, where it surely never arrived; else both, in order", async () => {
    for (const [outcome, kinds] of [
      [DOWN, ["passed"]],
      [LOST, ["firing", "resolved"]],
    ] as const) {
      const [world, id] = await oneChannel();
      world.receive(id, () => outcome);
      await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
      await world.pass(5_000);
      await world.happen({ kind: "resolved", ruleId: "gas", device: "d1" });
      await world.pass(5_000);
      world.receive(id, () => SENT);
      await world.pass(5 * MINUTE);
      expect(entriesIn(world).map(({ kind }) => kind)).toEqual(kinds);
    }
  });

  test("with wrong settings is listed, tried slowly, and at once when they are changed", async () => {
    const [world, id] = await oneChannel();
    world.receive(id, () => ({ kind: "refused", reason: "wrong token" }));
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(16 * MINUTE, 10_000);
    expect(world.attempts).toHaveLength(2);
    expect(world.notifications.stateOf(id)).toMatchObject({ kind: "failing", reason: "wrong token" });
    world.receive(id, () => SENT);
    await world.channels.replace(id, { ...WEBHOOK, name: "right" });
    await world.pass(2_000);
    expect(world.titles(id)[0]).toBe("CRITICAL: Rule gas, d1");
    expect(world.notifications.counts()).toEqual({ refused: 2, failed: 0, sent: 1, givenUp: 0 });
  });

  test("after a day its message is given up, counted and logged; what still fires is announced again", async () => {
    const [world, id] = await oneChannel();
    world.setRule({ id: "gas", repeatS: 0 });
    world.receive(id, () => LOST);
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(24 * HOUR + 20 * MINUTE, MINUTE);
    expect(world.notifications.counts().givenUp).toBe(1);
    expect(world.hubFile.events().map(({ data }) => JSON.parse(data))).toMatchObject([
      {
        kind: "undelivered",
        alertId: "gas~d1",
        ruleId: "gas",
        deviceId: "d1",
        text: expect.stringContaining("no answer"),
      },
    ]);
    world.receive(id, () => SENT);
    await world.pass(HOUR, MINUTE);
    expect(entriesIn(world).map(({ kind }) => kind)).toEqual(["firing"]);
  });

  test("a message that was given up is of a device in the log only if it was about one", async () => {
    const [world, id] = await oneChannel();
    world.setRule({ id: "gas", repeatS: 0 });
    world.receive(id, () => LOST);
    for (const device of ["d1", "d2", "d3"]) await world.happen({ kind: "firing", ruleId: "gas", device });
    for (let day = 0; day < 2; day++) await world.pass(24 * HOUR + 20 * MINUTE, MINUTE);
    const logged = world.hubFile.events().map(({ deviceId, data }) => [deviceId, JSON.parse(data).deviceId]);
    expect(logged).toEqual([
      ["d1", "d1"],
      [undefined, undefined],
    ]);
  });

  test("that is deleted or switched off takes what waits for it along", async () => {
    const [world, id] = await oneChannel();
    world.receive(id, () => DOWN);
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.happen({ kind: "firing", ruleId: "gas", device: "d2" });
    await world.channels.remove(id);
    await world.pass(HOUR, MINUTE);
    expect(world.attempts.length).toBe(1);
    expect(world.hubFile.records().filter(({ kind }) => kind === "delivery")).toEqual([]);
  });
});

describe("a restart", () => {
  test("sends what was on its way under the same id, and what waited after it", async () => {
    const [world, id] = await oneChannel();
    world.receive(id, () => new Promise(() => undefined));
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.pass(5_000);
    await world.happen({ kind: "resolved", ruleId: "gas", device: "d1" });
    world.receive(id, () => SENT);
    const again = await world.restart(MINUTE);
    await again.pass(MINUTE);
    expect(again.received.map(({ message }) => [message.id, message.entries.map(({ kind }) => kind)])).toEqual([
      [world.attempts[0]?.message.id, ["firing"]],
      [expect.any(String), ["resolved"]],
    ]);
  });

  test("the same transition once more adds nothing", async () => {
    const [world] = await oneChannel();
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await world.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    const again = await world.restart();
    await again.happen({ kind: "firing", ruleId: "gas", device: "d1" });
    await again.pass(MINUTE);
    expect([...world.received, ...again.received]).toHaveLength(1);
  });
});

describe("while hub.db cannot be written", () => {
  test("it is sent from memory, and kept when it can be written again", async () => {
    const [world] = await oneChannel();
    world.hubFile.failWith(new Error("disk full"));
    await world.happen({ kind: "firing", ruleId: "store", device: "hub" });
    expect(entriesIn(world)).toMatchObject([{ alertId: "store~hub", kind: "firing" }]);
    world.hubFile.failWith(undefined);
    await world.pass(10_000);
    const again = await world.restart();
    await again.happen({ kind: "resolved", ruleId: "store", device: "hub" });
    await again.pass(MINUTE);
    expect(entriesIn(again)).toMatchObject([{ kind: "resolved" }]);
    expect(world.hubFile.records().filter(({ kind }) => kind === "notification" || kind === "delivery")).toEqual([]);
  });

  test("what was sent from memory is not sent again when it is written at last, and what follows is not held up", async () => {
    const [world] = await oneChannel();
    world.hubFile.failWith(new Error("disk full"));
    const firing = await world.happenUnwritten({ kind: "firing", ruleId: "store", device: "hub" });
    await world.pass(MINUTE);
    const resolved = await world.happenUnwritten({ kind: "resolved", ruleId: "store", device: "hub" });
    expect(entriesIn(world).map(({ kind }) => kind)).toEqual(["firing", "resolved"]);
    world.hubFile.failWith(undefined);
    await firing.later();
    await resolved.later();
    await world.pass(MINUTE);
    const again = await world.restart();
    await again.pass(MINUTE);
    expect([...world.received, ...again.received]).toHaveLength(2);
  });
});
