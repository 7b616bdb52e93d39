/** A set of simulated stations that starts and stops as one; tests use it as a library. */

import type { Scenario } from "./board/scenario.ts";
import { startStation } from "./board/station.ts";
import { startFamily } from "./families/family-client.ts";
import { SIMULATED_FAMILIES, type SimulatedFamilyName, sharesOf } from "./families/family-list.ts";
import { type Clock, systemClock } from "./helpers/clock.ts";
import { createTally, type Summary } from "./helpers/tally.ts";
import type { BrokerAddress } from "./mqtt/broker-address.ts";
import type { SpokenVersion } from "./mqtt/mqtt-session.ts";
import { SCENARIOS, type ScenarioName } from "./scenarios/scenario-list.ts";

export interface SimulationOptions {
  address: BrokerAddress;
  mqttVersion: SpokenVersion;
  devices: number;
  /** One of `FAMILY_CHOICES`; native where it is left out. */
  family?: string;
  intervalMs: number;
  seed: number;
  /** Device ids are `<prefix>-01`, `<prefix>-02` … */
  prefix: string;
  qos: 0 | 1 | 2;
  timestamps: boolean;
  scenarios: readonly ScenarioName[];
  /** Stations of each scenario; together at most as many as there are native ones. */
  scenarioDevices: number;
  /** Boards boot at chance moments within this; left out: within an interval, of 2 s or more where there are many. */
  bootSpreadMs?: number;
  /** Local time of the rooms; UTC where it is left out. */
  utcOffsetMinutes?: number;
  clock?: Clock;
  /** A line for the person who watches. */
  onNotice?(line: string): void;
}

export interface Simulation {
  /** Clean disconnect of all stations; the same promise however often it is called. */
  stop(): Promise<Summary>;
  summary(): Summary;
}

const STEADY: Scenario = { about: "one reading each interval" };

/**
 * ```ts
 * const simulation = startSimulation({ ...parsed.simulation, devices: 3, intervalMs: 200 });
 * const { kinds } = await simulation.stop();
 * ```
 */
export function startSimulation(options: SimulationOptions): Simulation {
  const {
    clock = systemClock,
    onNotice = () => {},
    utcOffsetMinutes = 0,
    bootSpreadMs = usualSpreadMs(options),
  } = options;
  const { native, families } = sharesOf(options.family ?? "native", options.devices);
  const tally = createTally({
    devices: options.devices,
    clients: families.reduce(clientsOf, native),
    now: clock.now,
  });
  const stations = assignScenarios({ ...options, devices: native }).map(({ deviceId, scenario }, index) =>
    startStation({
      ...options,
      deviceId,
      index,
      bootSpreadMs,
      clock,
      tally,
      onNotice,
      utcOffsetMinutes,
      scenario: SCENARIOS.get(scenario ?? "") ?? STEADY,
    }),
  );
  const clients = families.flatMap(([family, devices]) =>
    startFamily({
      ...options,
      family,
      devices,
      bootSpreadMs,
      clock,
      tally,
      utcOffsetMinutes,
    }),
  );
  let stopped: Promise<Summary> | undefined;
  return {
    stop() {
      stopped ??= Promise.all([...stations, ...clients].map((station) => station.stop())).then(tally.summary);
      return stopped;
    },
    summary: tally.summary,
  };
}

/** A bridge is one client for all of its devices. */
const clientsOf = (sum: number, [family, devices]: [SimulatedFamilyName, number]): number =>
  sum + (SIMULATED_FAMILIES[family].isBridge ? 1 : devices);

/** Boards are not switched on in the same instant; but nobody waits a whole long interval to see the first. */
const usualSpreadMs = ({ devices, intervalMs }: SimulationOptions): number =>
  Math.min(intervalMs, Math.max(2_000, devices * 5));

export interface AssignedStation {
  deviceId: string;
  /** Undefined: steady. */
  scenario: ScenarioName | undefined;
}

/** Who plays what: the first stations the scenarios, in their order; the rest are steady. */
export function assignScenarios(
  options: Pick<SimulationOptions, "devices" | "prefix" | "scenarios" | "scenarioDevices">,
): AssignedStation[] {
  const digits = Math.max(2, String(options.devices).length);
  return Array.from({ length: options.devices }, (_, index) => ({
    deviceId: `${options.prefix}-${String(index + 1).padStart(digits, "0")}`,
    scenario: options.scenarios[Math.floor(index / options.scenarioDevices)],
  }));
}
