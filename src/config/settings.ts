/** Every setting of the hub: types, flags and docs/configuration.md come from this table. */
import { DEVICE_SETTINGS } from "./device-settings.ts";
import { HUB_SETTINGS } from "./hub-settings.ts";
import { LISTEN_SETTINGS } from "./listen-settings.ts";
import { MQTT_SETTINGS } from "./mqtt-settings.ts";
import type { Setting } from "./setting.ts";
import { TRAFFIC_SETTINGS } from "./traffic-settings.ts";

export const SETTINGS = {
  ...LISTEN_SETTINGS,
  ...HUB_SETTINGS,
  ...TRAFFIC_SETTINGS,
  ...MQTT_SETTINGS,
  ...DEVICE_SETTINGS,
} as const;

type Settings = typeof SETTINGS;

export type Config = { readonly [Name in keyof Settings]: Settings[Name] extends Setting<infer T> ? T : never };

export const flagOf = (env: string): string => env.slice("AERIE_".length).toLowerCase().replaceAll("_", "-");

const LIMITS = Object.entries(SETTINGS).filter(([, { env }]) => env.startsWith("AERIE_MAX_")) as [
  keyof Config,
  Setting<unknown>,
][];

/** The limits that refuse messages or connections, by the names that refusals have for them. */
export function limitsOf(config: Config): Record<string, number> {
  const limits = LIMITS.flatMap(([name, { env }]) => {
    const value = config[name];
    return typeof value === "number" ? [[env, value] as const] : [];
  });
  return Object.fromEntries(limits);
}

/** The highest value that each of these limits may have. */
export const LIMIT_MAXIMA: Readonly<Record<string, number>> = Object.fromEntries(
  LIMITS.flatMap(([, { env, max }]) => (max === undefined ? [] : [[env, max] as const])),
);
