/** What happens in a house, played to a real hub by simulated boards: each trouble is one message, and what is none sends none. */
import { describe, expect, test } from "vitest";
import { encodeBacklog, type SensedReading } from "../../../firmware-sim/board/reading.ts";
import { fireAt } from "../../../firmware-sim/scenarios/fire.ts";
import type { RulePresetsAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { ruleFields } from "../../support/notify/alert-records.ts";
import { nextTurn, openAlertScenario, post } from "../../support/notify/alert-scenario.ts";
import { PUBACK } from "../../support/packets/packets.ts";
import { until } from "../../support/until.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const sum = (one: number, other: number): number => one + other;

test("a gas leak is a warning, then critical, then over, one message each; what is between the thresholds is none", async () => {
  const { hub, addRule, simulate, pass, titles, receiver } = await openAlertScenario();
  const above = (threshold: number, clear: number) => ({ kind: "above" as const, metric: "ch4Ppm", threshold, clear });
  await addRule(ruleFields("Gas", above(500, 100), { severity: "warning" }));
  await addRule(ruleFields("Gas leak", above(2_000, 800)));
  await simulate({ scenarios: ["gas-leak"], intervalMs: 10 * SECOND_MS });
  await pass(8 * MINUTE_MS, 10 * SECOND_MS);
  expect(titles()).toEqual([
    "Warning: Gas, board-01",
    "CRITICAL: Gas leak, board-01",
    "Over: Gas leak, board-01",
    "Over: Gas, board-01",
  ]);
  const values = (await readingsOf(hub, "board-01")).map(({ metrics }) => Number(metrics["ch4Ppm"]));
  expect(values.filter((value) => value > 800 && value < 2_000).length).toBeGreaterThan(10);
  expect(receiver.faults).toEqual([]);
});

test("a fire is seen without a rule of the owner, at the first reading; carbon monoxide by a preset that was switched on, after its minute", async () => {
  const { hub, simulate, pass, entries, titles, log } = await openAlertScenario();
  await simulate({ scenarios: ["fire"] });
  await pass(5 * SECOND_MS);
  const { presets } = (await ask<RulePresetsAnswer>(hub, "/api/rules/presets")).body;
  const offered = presets.find(({ id }) => id === "carbon-monoxide:coPpm");
  expect(offered?.fits).toEqual(["board-01"]);
  for (const rule of offered?.rules ?? []) if (rule.severity === "critical") await post(hub, "/api/rules", rule);
  await pass(5 * MINUTE_MS);
  expect(titles()).toEqual([
    "CRITICAL: Flame, board-01",
    "CRITICAL: Carbon monoxide is dangerous, board-01",
    "Over: Flame, board-01",
    "Over: Carbon monoxide is dangerous, board-01",
  ]);
  expect(entries()[0]?.text).toMatch(/^board-01: Flame is true\. Look there at once/);
  expect(entries()[2]?.text).toBe("board-01: Flame was true");
  const [flame, monoxide] = await log();
  const apartMs = Date.parse(monoxide?.at ?? "") - Date.parse(flame?.at ?? "");
  // Both by what the scenario does: when the flame is seen, and 100 ppm are passed.
  const seenMs = msWhen((ms) => fireAt(ms).flame >= 0.25);
  const passedMs = msWhen((ms) => 260 * fireAt(ms).smoke > 100);
  expect(Math.abs(apartMs - (passedMs + MINUTE_MS - seenMs))).toBeLessThanOrEqual(12 * SECOND_MS);
});

function msWhen(holds: (elapsedMs: number) => boolean): number {
  let elapsedMs = 0;
  while (!holds(elapsedMs)) elapsedMs += 100;
  return elapsedMs;
}

const MOST_MESSAGES = 24;

test("a board whose connection comes and goes is no storm: each time is reported, gathered; with five minutes of patience nothing is", async () => {
  const { addRule, simulate, pass, entries, log, receiver } = await openAlertScenario();
  const offline = { kind: "presence", state: "offline" } as const;
  const impatient = await addRule(ruleFields("Offline", offline, { severity: "warning" }));
  await addRule(ruleFields("Offline for long", offline, { severity: "warning", forS: 300 }));
  const simulation = await simulate({ scenarios: ["wifi-flap"], intervalMs: 2 * SECOND_MS });
  await pass(8 * MINUTE_MS, 2 * SECOND_MS);
  await simulation.stop();
  await pass(4 * MINUTE_MS, 20 * SECOND_MS);
  const fired = (await log()).filter(({ kind }) => kind === "firing");
  expect(fired.length).toBeGreaterThan(12);
  expect(new Set(fired.map(({ ruleId }) => ruleId))).toEqual(new Set([impatient]));
  // Twenty in an hour, then one each three minutes: fewer than one for each time that it comes or goes.
  expect(receiver.messages.length).toBeLessThanOrEqual(MOST_MESSAGES);
  const told = entries().filter(({ kind }) => kind === "firing" || kind === "passed");
  expect(told.map(({ text }) => Number(/It happened (\d+) times/.exec(text)?.[1] ?? 1)).reduce(sum)).toBe(fired.length);
});

describe("a board that falls silent", () => {
  const METRIC_RULES = [
    ruleFields("No temperature", { kind: "noData", metric: "temperature", intervals: 3 }),
    ruleFields("No humidity", { kind: "noData", metric: "humidity", intervals: 3 }),
  ];

  test("is one message by the rule that is on from the start, and none for its metrics, in whichever order the rules were made", async () => {
    const { clock, connectBoard, addRule, rest, titles } = await openAlertScenario();
    for (const rule of METRIC_RULES) await addRule(rule);
    const board = await connectBoard("boiler");
    const intervalMs = 15 * MINUTE_MS;
    await board.send({ temperature: 61.5, humidity: 40 });
    await rest(MINUTE_MS); // each half minute all devices are looked at for how regular they are
    clock.skip(intervalMs - MINUTE_MS);
    for (let passedMs = 0; passedMs <= DAY_MS + 3 * HOUR_MS; passedMs += intervalMs) {
      await board.send({ temperature: 61.5, humidity: 40 });
      clock.skip(intervalMs);
    }
    await board.send({ temperature: 61.5, humidity: 40 });
    await board.client.vanish();
    await rest(3 * intervalMs - MINUTE_MS);
    expect(titles()).toEqual([]);
    await rest(2 * MINUTE_MS + HOUR_MS);
    expect(titles()).toEqual(["Warning: Board is silent, boiler"]);
    const again = await connectBoard("boiler");
    await again.send({ temperature: 61.5, humidity: 40 });
    await rest(MINUTE_MS);
    await until("it is over", () => titles().length > 1);
    expect(titles()).toEqual(["Warning: Board is silent, boiler", "Over: Board is silent, boiler"]);
  });

  test("is one message of a rule about presence, and none for its metrics", async () => {
    const { connectBoard, addRule, pass, rest, titles } = await openAlertScenario();
    for (const rule of METRIC_RULES) await addRule(rule);
    await addRule(ruleFields("Offline", { kind: "presence", state: "offline" }));
    const board = await connectBoard("boiler");
    for (let reading = 0; reading < 12; reading++) {
      await board.send({ temperature: 61.5, humidity: 40 });
      await pass(5 * SECOND_MS);
    }
    await board.client.vanish();
    await rest(10 * MINUTE_MS);
    expect(titles()).toEqual(["CRITICAL: Offline, boiler"]);
  });
});

test("a board in deep sleep is not missed while it wakes; when it wakes no more it is one message", async () => {
  const { boardClock, simulate, rest, titles } = await openAlertScenario();
  let ticks = 0;
  const counting = (run: () => void) => () => {
    ticks++;
    run();
  };
  const simulation = await simulate({
    scenarios: ["deep-sleep"],
    intervalMs: 15 * MINUTE_MS,
    clock: {
      ...boardClock,
      after: (ms, run) => boardClock.after(ms, ms > MINUTE_MS ? counting(run) : run),
      every: (ms, run) => boardClock.every(ms, counting(run)),
    },
  });
  const readings = (): number => simulation.summary().kinds.telemetry.acknowledged;
  const asleep = (): boolean => simulation.summary().connected === 0;
  await until("it sleeps for the first time", () => readings() === 1 && asleep());
  const known = { ticks, readings: readings() };
  const afterStep = async (): Promise<void> => {
    await nextTurn();
    if (ticks === known.ticks) return;
    await until("it has sent, and sleeps", () => readings() > known.readings && asleep(), { everyMs: 0 });
    Object.assign(known, { ticks, readings: readings() });
  };
  // Before it is known for a day, it is not missed anyway.
  await rest(DAY_MS, { afterStep, stepMs: MINUTE_MS });
  await rest(1.5 * HOUR_MS, { afterStep });
  expect(readings()).toBeGreaterThan(100);
  expect(titles()).toEqual([]);
  await simulation.stop();
  await rest(HOUR_MS);
  expect(titles()).toEqual(["Warning: Board is silent, board-01"]);
});

const BACKLOG_MINUTES = 120;

test("a backlog of two hours with a fire in it is reported once, as over, with its own time, and alarms nobody now", async () => {
  const { clock, connectBoard, rest, settle, titles, log, alerts, hub } = await openAlertScenario();
  const panel = await connectJs(hub.mqttUrl, { clientId: "panel", keepalive: 0 });
  await panel.subscribe("aerie/alerts/#", 1);
  const board = await connectBoard("shed");
  await board.send({ flameDetected: false, temperature: 18 });
  clock.skip(BACKLOG_MINUTES * MINUTE_MS);
  const beganMs = clock.nowMs() - BACKLOG_MINUTES * MINUTE_MS;
  const kept: SensedReading[] = Array.from({ length: BACKLOG_MINUTES }, (_, minute) => ({
    atMs: beganMs + minute * MINUTE_MS,
    metrics: { flameDetected: minute >= 30 && minute < 40, temperature: 18 },
  }));
  const send = (payload: string) => board.client.publish("devices/shed/telemetry", payload, { qos: 1 });
  // The oldest first, as the simulator's boards do, in messages of which one ends while it burns.
  for (let from = 0; from < kept.length; from += 35) await send(encodeBacklog(kept.slice(from, from + 35), "iso"));
  await settle();
  expect(titles()).not.toContain("CRITICAL: Flame, shed");
  await board.send({ flameDetected: false, temperature: 18 });
  await rest(2 * MINUTE_MS);
  expect(titles()).toEqual(["Was, and is over: Flame, shed"]);
  expect(await log()).toMatchObject([
    { kind: "passed", from: instantOf(beganMs + 30 * MINUTE_MS), to: instantOf(beganMs + 40 * MINUTE_MS) },
  ]);
  expect([await alerts(), panel.received]).toEqual([[], []]);
});

test("what is delivered twice is no second alert: by its packet with DUP=1, by its instant, and as a board that loses PUBACKs sends it", async () => {
  const { hub, addRule, simulate, pass, rest, titles } = await openAlertScenario();
  const client = await connectRaw(hub, { clientId: "shed" });
  let sent = 0;
  const send = async (flameDetected: boolean, packetId: number, more: { dup?: true; timestamp?: string } = {}) => {
    const { dup = false, ...fields } = more;
    const payload = JSON.stringify({ flameDetected, ...fields });
    client.publish({ topic: "devices/shed/telemetry", payload, qos: 1, packetId, dup });
    await client.packets(PUBACK, ++sent);
  };
  const once = ["CRITICAL: Flame, shed", "Over: Flame, shed"];
  const told = (count: number) => until(`${count} are told`, () => titles().length === count);
  await send(true, 1);
  await told(1);
  await pass(5 * SECOND_MS);
  await send(false, 2);
  await send(true, 1, { dup: true });
  await rest(MINUTE_MS + 5 * SECOND_MS); // a flame is over after a minute without
  await told(2);
  expect(titles()).toEqual(once);

  const timestamp = instantOf(Date.UTC(2026, 10, 22, 12, 2));
  await send(true, 3, { timestamp });
  await told(3);
  await pass(5 * SECOND_MS);
  await send(false, 4);
  await send(true, 5, { timestamp });
  await rest(MINUTE_MS + 5 * SECOND_MS); // a flame is over after a minute without
  await told(4);
  expect(titles()).toEqual([...once, ...once]);

  await addRule(ruleFields("Air", { kind: "above", metric: "co2", threshold: 1 }));
  const simulation = await simulate({ scenarios: ["duplicate"] });
  await pass(MINUTE_MS);
  expect(simulation.summary().kinds.redelivery.acknowledged).toBeGreaterThan(4);
  expect(titles().slice(2 * once.length)).toEqual(["CRITICAL: Air, board-01"]);
});

const instantOf = (atMs: number): string => new Date(atMs).toISOString();
