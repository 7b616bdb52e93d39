/** A real hub with rules and a webhook that were made over REST, simulated boards on its clock, and time that passes in steps. */
import { expect, onTestFinished } from "vitest";
import type { Clock as BoardClock } from "../../../firmware-sim/helpers/clock.ts";
import { parseBrokerUrl } from "../../../firmware-sim/mqtt/broker-address.ts";
import { type Simulation, type SimulationOptions, startSimulation } from "../../../firmware-sim/simulation.ts";
import type { AlertEvent, Rule, RuleFields } from "../../../src/contract/alerts.ts";
import type { AlertLogAnswer, AlertsAnswer, ChannelsAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { connectJs, type JsClient } from "../clients/mqtt-clients.ts";
import { createShiftedClock, type ShiftedClock } from "../clock/shifted-clock.ts";
import { fastTempDir, type HubAddress, type InProcessHub, startHub } from "../hub/hub.ts";
import { ask } from "../hub/rest.ts";
import { until } from "../until.ts";
import { webhook } from "./alert-records.ts";
import { type KeepingReceiver, openKeepingReceiver, type ReceivedEntry } from "./keeping-receiver.ts";

export interface AlertScenario {
  readonly hub: InProcessHub;
  readonly clock: ShiftedClock;
  readonly receiver: KeepingReceiver;
  /** The hub's clock, as simulated boards see it. */
  readonly boardClock: BoardClock;
  addRule(fields: RuleFields): Promise<string>;
  /** Boards of the simulator that are connected; stopped when the test has ended. */
  simulate(options: Partial<SimulationOptions>): Promise<Simulation>;
  /** A board that sends what the test says, and nothing by itself. */
  connectBoard(deviceId: string): Promise<ScenarioBoard>;
  /** In steps: after each, what boards sent is judged, and what is to be sent of it has arrived. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** Time in which little happens: in steps that the hub does not take for a standstill of its own. */
  rest(ms: number, how?: { afterStep?: () => Promise<void>; stepMs?: number }): Promise<void>;
  /** What is due is sent. */
  settle(): Promise<void>;
  /** The wall clock of the hub and of the simulated boards jumps; no time passes. */
  stepWall(ms: number): void;
  /** The oldest first. */
  log(): Promise<AlertEvent[]>;
  /** What is not normal now. */
  alerts(): Promise<AlertsAnswer["alerts"]>;
  titles(): string[];
  entries(): ReceivedEntry[];
}

export interface ScenarioBoard {
  readonly client: JsClient;
  /** A reading, or an array of them; settles with its PUBACK. */
  send(readings: object): Promise<void>;
}

/** Sunday noon: what rooms are like depends on the time of the day. */
const NOON_MS = Date.UTC(2026, 10, 22, 12);
const STORE_BYTES = 200e6;
const STEP_MS = 5_000;
const REST_STEP_MS = 4_000;
/** Simulated boards start within that. */
const BOOT_MS = 2_000;
/** What has to wait for time to pass is still there after so many looks. */
const MOST_LOOKS = 3;

export async function post<Body>(hub: HubAddress, path: string, body: object): Promise<Body> {
  const answer = await ask<Body>(hub, path, { method: "POST", body });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body;
}

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface AlertScenarioOptions {
  /** Epoch ms that the hub's clock shows at its start. */
  readonly nowMs?: number;
}

export async function openAlertScenario({ nowMs = NOON_MS }: AlertScenarioOptions = {}): Promise<AlertScenario> {
  const machine = createShiftedClock();
  let offsetMs = nowMs - machine.monotonicMs();
  const clock: ShiftedClock = { ...machine, nowMs: () => Math.round(offsetMs + machine.monotonicMs()) };
  const hub = await startHub({ clock, settings: { dataDir: fastTempDir(STORE_BYTES) } });
  const receiver = await openKeepingReceiver();
  await post(hub, "/api/channels", webhook(receiver.url));
  const boardClock: BoardClock = { now: clock.nowMs, after: clock.after, every: clock.every };
  const simulations: Simulation[] = [];

  async function simulate(options: Partial<SimulationOptions>): Promise<Simulation> {
    const simulation = startSimulation({
      address: parseBrokerUrl(hub.mqttUrl) ?? expect.fail(hub.mqttUrl),
      mqttVersion: "3.1.1",
      devices: 1,
      intervalMs: STEP_MS,
      seed: 7,
      prefix: "board",
      qos: 1,
      timestamps: true,
      scenarios: [],
      scenarioDevices: 1,
      clock: boardClock,
      ...options,
    });
    simulations.push(simulation);
    onTestFinished(async () => {
      const stopped = simulation.stop();
      // It waits for the last acknowledgements by its own clock.
      await until("the boards are gone", () => {
        clock.skip(100);
        return Promise.race([stopped.then(() => true), nextTurn().then(() => false)]);
      });
    });
    // No time passes while they connect: the hub waits only some seconds for a CONNECT.
    clock.skip(BOOT_MS);
    await until("the boards are connected", () => simulation.summary().everConnected, { everyMs: 0 });
    return simulation;
  }

  async function connectBoard(deviceId: string): Promise<ScenarioBoard> {
    // mqtt.js pings by the machine's clock.
    const client = await connectJs(hub.mqttUrl, { clientId: deviceId, keepalive: 0 });
    const topic = `devices/${deviceId}/telemetry`;
    return { client, send: (readings) => client.publish(topic, JSON.stringify(readings), { qos: 1 }) };
  }

  /** What was on its way to a board whose radio went off is acknowledged when it is back. */
  function isAcknowledged(simulation: Simulation): boolean {
    const { connected, kinds } = simulation.summary();
    return connected === 0 || Object.values(kinds).every(({ unacknowledged }) => unacknowledged === 0);
  }

  async function settle(): Promise<void> {
    await until("what boards sent is acknowledged", () => simulations.every(isAcknowledged), { everyMs: 0 });
    let before: string | undefined;
    let looks = 0;
    await until(
      "what is due is sent",
      async () => {
        const { channels } = (await ask<ChannelsAnswer>(hub, "/api/channels")).body;
        const now = JSON.stringify([channels.map(({ state }) => state), receiver.attempts()]);
        looks = now === before ? looks + 1 : 0;
        before = now;
        return channels.every(({ state }) => state.kind === "idle") || looks >= MOST_LOOKS;
      },
      { everyMs: 0 },
    );
  }

  return {
    hub,
    clock,
    receiver,
    boardClock,
    addRule: async (fields) => (await post<Rule>(hub, "/api/rules", fields)).id,
    simulate,
    connectBoard,
    pass: async (ms, stepMs = STEP_MS) => {
      for (let left = ms; left > 0; left -= stepMs) {
        clock.pass(Math.min(left, stepMs));
        await settle();
      }
    },
    rest: async (ms, { afterStep = nextTurn, stepMs = REST_STEP_MS } = {}) => {
      for (let left = ms; left > 0; left -= stepMs) {
        clock.skip(Math.min(left, stepMs));
        await afterStep();
      }
      await settle();
    },
    settle,
    stepWall: (ms) => {
      offsetMs += ms;
    },
    log: async () => (await ask<AlertLogAnswer>(hub, "/api/alerts/log?limit=1000")).body.events.toReversed(),
    alerts: async () => (await ask<AlertsAnswer>(hub, "/api/alerts")).body.alerts,
    titles: () => receiver.messages.map(({ title }) => title),
    entries: () => receiver.messages.flatMap(({ entries }) => entries),
  };
}
