/** Every scenario by the name that --scenario takes. */
import type { Scenario } from "../board/scenario.ts";
import { clock1970 } from "./clock-1970.ts";
import { deepSleep } from "./deep-sleep.ts";
import { duplicate } from "./duplicate.ts";
import { fire } from "./fire.ts";
import { gasLeak } from "./gas-leak.ts";
import { malformed } from "./malformed.ts";
import { pubsubclient } from "./pubsubclient.ts";
import { wifiFlap } from "./wifi-flap.ts";

const BY_NAME = {
  "gas-leak": gasLeak,
  fire,
  "wifi-flap": wifiFlap,
  "clock-1970": clock1970,
  duplicate,
  malformed,
  "deep-sleep": deepSleep,
  pubsubclient,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof BY_NAME;

/** A Map, because names come from the command line. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(Object.entries(BY_NAME));

export const isScenarioName = (name: string): name is ScenarioName => SCENARIOS.has(name);
