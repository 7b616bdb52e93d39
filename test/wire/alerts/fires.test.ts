/** A fire is told at once: whatever clocks say, and however much else comes in. */
import { expect, onTestFinished, test } from "vitest";
import { openLoad } from "../../../bench/generator/load.ts";
import type { Condition } from "../../../src/contract/alerts.ts";
import type { ChannelAnswer, RulesAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { spawnHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { ruleFields, webhook } from "../../support/notify/alert-records.ts";
import { type AlertScenario, openAlertScenario, post } from "../../support/notify/alert-scenario.ts";
import { openReceiver } from "../../support/notify/receiver.ts";
import { pause, until } from "../../support/until.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface WrongClocks {
  /** Of the board against true time; undefined: it sends no instants. */
  readonly boardMs: number | undefined;
  /** The same when it burns. */
  readonly boardThenMs?: number;
  /** The hub's clock at its start, against true time. */
  readonly hubMs?: number;
  /** How the hub's clock is set before it burns. */
  readonly stepMs?: number;
}

const TRUE_MS = Date.UTC(2026, 10, 22, 12);

/** What is sent about a fire that begins after some quiet readings, and ends. */
async function fireWith({ boardMs, boardThenMs = boardMs, hubMs = 0, stepMs = 0 }: WrongClocks): Promise<string[]> {
  const scenario = await openAlertScenario({ nowMs: TRUE_MS + hubMs });
  const { clock, connectBoard, pass, stepWall } = scenario;
  const board = await connectBoard("kitchen");
  const startedMs = clock.monotonicMs();
  const send = async (flameDetected: boolean, wrongMs: number | undefined): Promise<void> => {
    const atMs = TRUE_MS + clock.monotonicMs() - startedMs;
    await board.send({ flameDetected, ...(wrongMs !== undefined && { ts: Math.round(atMs + wrongMs) }) });
    await pass(5 * SECOND_MS);
  };
  for (let reading = 0; reading < 3; reading++) await send(false, boardMs);
  if (stepMs !== 0) stepWall(stepMs);
  await pass(2 * SECOND_MS); // the hub looks at its clock each second
  expect(firesOf(scenario)).toEqual([]);
  await send(true, boardThenMs);
  await until("it is told", () => firesOf(scenario).length > 0);
  expect(firesOf(scenario)).toEqual(["CRITICAL: Flame, kitchen"]);
  await send(true, boardThenMs);
  await send(false, boardThenMs);
  await pass(MINUTE_MS);
  await until("it is over", () => firesOf(scenario).length > 1);
  return firesOf(scenario);
}

/** That the hub's clock jumped is told, too. */
const firesOf = ({ titles }: AlertScenario): string[] => titles().filter((title) => title.includes("Flame"));

test.each<[string, WrongClocks]>([
  [
    "the hub's clock is four minutes fast, and NTP sets it right",
    { boardMs: 0, hubMs: 4 * MINUTE_MS, stepMs: -4 * MINUTE_MS },
  ],
  ["the same, and the board sends no instants", { boardMs: undefined, hubMs: 4 * MINUTE_MS, stepMs: -4 * MINUTE_MS }],
  ["the board is four minutes fast, and NTP sets it right", { boardMs: 4 * MINUTE_MS, boardThenMs: 0 }],
  ["the board gives instants of tomorrow", { boardMs: 0, boardThenMs: DAY_MS }],
  ["the board gives instants that are four minutes ahead", { boardMs: 4 * MINUTE_MS }],
  ["the hub's clock falls back to 1970", { boardMs: 0, stepMs: -TRUE_MS }],
  ["the hub's clock jumps to the next year", { boardMs: 0, stepMs: 365 * DAY_MS }],
  ["the board's clock says 1970", { boardMs: -TRUE_MS }],
])("a fire is one message that it burns and one that it is over: %s", async (_, clocks) => {
  expect(await fireWith(clocks)).toEqual(["CRITICAL: Flame, kitchen", "Over: Flame, kitchen"]);
});

test("a simulated board that never reached a time server is judged when its readings come", async () => {
  const { addRule, simulate, pass, titles, log, clock } = await openAlertScenario();
  await addRule(ruleFields("Air", { kind: "above", metric: "co2", threshold: 1 }));
  const fromMs = clock.nowMs();
  await simulate({ scenarios: ["clock-1970"] });
  await pass(MINUTE_MS);
  expect(titles()).toEqual(["CRITICAL: Air, board-01"]);
  const [{ at = "" } = {}] = await log();
  expect(Date.parse(at) - fromMs).toBeLessThan(10 * SECOND_MS);
});

const FIRES = 15;
const APART_MS = 120;
const READINGS_A_SECOND = 1_000;
/** Five times what is promised. */
const MOST_MS = 5_000;
const BURNS: Condition = { kind: "equals", metric: "burning", value: true };

test(`while ${READINGS_A_SECOND} readings a second come, each of ${FIRES} fires is with its receiver within ${MOST_MS / 1_000} s of its PUBACK`, async () => {
  const receivedMs = new Map<string, number>();
  const receiver = await openReceiver({
    respond: ({ url }, response) => {
      if (!receivedMs.has(url)) receivedMs.set(url, performance.now());
      response.writeHead(204).end();
    },
  });
  onTestFinished(receiver.close);
  const hub = await spawnHub();
  // The boards of the load have flames, too.
  const { rules } = (await ask<RulesAnswer>(hub, "/api/rules")).body;
  for (const { id } of rules) expect((await ask(hub, `/api/rules/${id}`, { method: "DELETE" })).status).toBe(204);
  for (let fire = 0; fire < FIRES; fire++) {
    // A channel each, since one takes one message a second.
    const { id } = await post<ChannelAnswer>(hub, "/api/channels", webhook(`${receiver.url}/f${fire}`));
    const fields = { scope: { devices: [`f${fire}`] }, channels: [id] };
    await post(hub, "/api/rules", ruleFields(`Fire ${fire}`, BURNS, fields));
  }
  const load = await openLoad({ host: hub.mqttHost, port: hub.mqttPort, boards: 50, qos: 1 });
  onTestFinished(() => load.close());
  const loaded = load.run({ ratePerSecond: READINGS_A_SECOND, durationMs: (FIRES + 4) * APART_MS });
  const board = await connectJs(hub.mqttUrl);
  const burn = async (fire: number): Promise<number> => {
    await pause(fire * APART_MS); // so that the load lasts
    await board.publish(`devices/f${fire}/telemetry`, '{"burning":true}', { qos: 1 });
    return performance.now();
  };
  const acknowledgedMs = await Promise.all(Array.from({ length: FIRES }, (_, fire) => burn(fire)));
  await until("each is received", () => receivedMs.size === FIRES);
  const { acknowledged, elapsedMs } = await loaded;
  expect(acknowledged / elapsedMs).toBeGreaterThan((0.8 * READINGS_A_SECOND) / 1_000);
  const tookMs = acknowledgedMs.map((ms, fire) => (receivedMs.get(`/f${fire}`) ?? Number.POSITIVE_INFINITY) - ms);
  expect(Math.max(...tookMs)).toBeLessThanOrEqual(MOST_MS);
});
