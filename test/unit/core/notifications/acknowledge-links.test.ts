import { describe, expect, test } from "vitest";
import { createHeartbeat } from "../../../../src/core/notifications/heartbeat.ts";
import type { SendOutcome } from "../../../../src/core/ports/alert-channel.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { createWorld, DOWN, idsOf, type NotificationWorld, SENT, settle } from "./notification-world.ts";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const PUBLIC = "https://hub.example";

async function firing(): Promise<NotificationWorld> {
  const world = await createWorld({ publicUrl: PUBLIC });
  await world.happen({ kind: "firing", ruleId: "gas", device: "kitchen" });
  return world;
}

const tokenIn = ({ attempts }: NotificationWorld, at = 0): string =>
  attempts[at]?.message.acknowledgeUrl?.slice(`${PUBLIC}/acknowledge/`.length) ?? "";

describe("a link to acknowledge", () => {
  test("is sent where the hub knows its public address, and is not kept itself", async () => {
    const world = await firing();
    expect(tokenIn(world)).toMatch(/^[\w-]{43}$/);
    expect(world.attempts[0]?.message.pageUrl).toBe(`${PUBLIC}/#/alerts`);
    expect(JSON.stringify(world.hubFile.records())).not.toContain(tokenIn(world));
    await world.pass(MINUTE);
    await world.happen({ kind: "resolved", ruleId: "gas", device: "kitchen" });
    expect(world.attempts[1]?.message.acknowledgeUrl).toBeUndefined();
    const other = await createWorld();
    await other.happen({ kind: "firing", ruleId: "gas", device: "kitchen" });
    expect(other.attempts[0]?.message).toMatchObject({ pageUrl: undefined });
    expect(other.attempts[0]?.message.acknowledgeUrl).toBeUndefined();
  });

  test("looked at changes nothing; it works once, also after a restart", async () => {
    const world = await firing();
    const { links } = world.notifications;
    const token = tokenIn(world);
    const open = { kind: "open", channel: "hook", alerts: [{ alertId: "gas~kitchen", device: "kitchen" }] };
    expect([links.stateOf(token), links.stateOf(token)]).toMatchObject([open, open]);
    expect(world.acknowledged).toEqual([]);
    const again = await world.restart(MINUTE);
    const both = await Promise.all([
      again.notifications.links.use(token, "acknowledge"),
      again.notifications.links.use(token, "acknowledge"),
    ]);
    expect(both).toMatchObject([{ kind: "done", count: 1 }, { kind: "used" }]);
    expect(again.acknowledged).toEqual(["gas~kitchen by link (hook)"]);
    const third = await again.restart(MINUTE);
    expect(await third.notifications.links.use(token, "acknowledge")).toMatchObject({ kind: "used" });
    expect(third.acknowledged).toEqual([]);
  });

  test("silences its rule on its device instead, once; used twice, or after a day, it silences nothing", async () => {
    const world = await firing();
    const { links } = world.notifications;
    const token = tokenIn(world);
    const eightHours = { silenceForMs: 8 * HOUR };
    const both = await Promise.all([links.use(token, eightHours), links.use(token, eightHours)]);
    expect(both).toMatchObject([{ kind: "silenced", untilMs: world.clock.nowMs() + 8 * HOUR }, { kind: "used" }]);
    expect(await links.use(token, "acknowledge")).toMatchObject({ kind: "used" });
    expect(await (await world.restart(MINUTE)).notifications.links.use(token, eightHours)).toMatchObject({
      kind: "used",
    });
    expect([world.silenced, world.acknowledged]).toEqual([["gas kitchen for 8 h by link (hook)"], []]);

    const other = await firing();
    other.setRule({ id: "gas", repeatS: 0 });
    await other.pass(24 * HOUR, 10 * MINUTE);
    expect(await other.notifications.links.use(tokenIn(other), eightHours)).toEqual({ kind: "unknown" });
    expect(other.silenced).toEqual([]);
  });

  test("of several alerts silences each rule on each device; where no silence fits in any more it still works", async () => {
    const world = await createWorld({ publicUrl: PUBLIC, mostSilences: 2 });
    await world.happen(
      { kind: "firing", ruleId: "gas", device: "kitchen" },
      { kind: "firing", ruleId: "heat", device: "kitchen" },
    );
    await world.pass(MINUTE);
    const { links } = world.notifications;
    const tokens = world.attempts.map((_, at) => tokenIn(world, at));
    for (const token of tokens) await links.use(token, { silenceForMs: HOUR });
    expect([...world.silenced].sort()).toEqual([
      "gas kitchen for 1 h by link (hook)",
      "heat kitchen for 1 h by link (hook)",
    ]);
    await world.happen({ kind: "firing", ruleId: "gas", device: "cellar" });
    await world.pass(MINUTE);
    const last = tokenIn(world, world.attempts.length - 1);
    expect(await links.use(last, { silenceForMs: HOUR })).toEqual({ kind: "full" });
    expect(await links.use(last, "acknowledge")).toMatchObject({ kind: "done" });
  });

  test("says why it does nothing: made up, too old, over, acknowledged by somebody else, of a deleted channel", async () => {
    const world = await firing();
    world.setRule({ id: "gas", repeatS: 3_600 });
    const { links } = world.notifications;
    const token = tokenIn(world);
    expect(await links.use(`${token.slice(1)}x`, "acknowledge")).toEqual({ kind: "unknown" });
    await world.happen({ kind: "acknowledged", ruleId: "gas", device: "kitchen" });
    expect(await links.use(token, "acknowledge")).toEqual({ kind: "acknowledged" });
    await world.happen({ kind: "resolved", ruleId: "gas", device: "kitchen" });
    expect(await links.use(token, "acknowledge")).toEqual({ kind: "over" });
    await world.happen({ kind: "firing", ruleId: "gas", device: "kitchen", episode: 2 });
    expect(await links.use(token, "acknowledge")).toEqual({ kind: "over" });
    await world.pass(MINUTE);
    const second = tokenIn(world, world.attempts.length - 1);
    expect(links.stateOf(second)).toMatchObject({ kind: "open" });
    await world.pass(24 * HOUR, 10 * MINUTE);
    expect(await links.use(second, "acknowledge")).toEqual({ kind: "unknown" });
    const third = tokenIn(world, world.attempts.length - 1);
    expect(links.stateOf(third)).toMatchObject({ kind: "open" });
    await world.channels.remove(idsOf(world)[0] ?? "");
    expect(await links.use(third, "acknowledge")).toEqual({ kind: "unknown" });
    expect(world.acknowledged).toEqual([]);
  });

  test("is the same at each attempt, and another one after a restart", async () => {
    const world = await createWorld({ publicUrl: PUBLIC });
    world.receive(idsOf(world)[0] ?? "", () => DOWN);
    await world.happen({ kind: "firing", ruleId: "gas", device: "kitchen" });
    await world.pass(5_000);
    expect(new Set(world.attempts.map((_, at) => tokenIn(world, at))).size).toBe(1);
    const again = await world.restart();
    expect(tokenIn(again)).not.toBe(tokenIn(world));
    expect(again.notifications.links.stateOf(tokenIn(again))).toMatchObject({ kind: "open" });
    expect(again.attempts[0]?.message.id).toBe(world.attempts[0]?.message.id);
  });
});

test("the heartbeat calls once a minute while the hub is well, and says once that it fails", async () => {
  const clock = createManualClock();
  const log = createMemoryLog();
  let outcome: SendOutcome = SENT;
  let isWell = true;
  let calls = 0;
  const call = (): Promise<SendOutcome> => {
    calls++;
    return Promise.resolve(outcome);
  };
  const heartbeat = createHeartbeat({ call, isWell: () => isWell, clock, log });
  const minutes = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      clock.advance(MINUTE);
      await settle(clock);
    }
  };
  await minutes(3);
  expect(calls).toBe(3);
  isWell = false;
  await minutes(3);
  expect(calls).toBe(3);
  isWell = true;
  outcome = DOWN;
  await minutes(3);
  outcome = SENT;
  await minutes(1);
  expect(log.lines.map(({ event }) => event)).toEqual(["the heartbeat cannot be sent", "the heartbeat is sent again"]);
  heartbeat.close();
  expect(clock.timers()).toBe(0);
});
