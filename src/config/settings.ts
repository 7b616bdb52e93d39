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

/** The limits that refuse messages or connections, by the names that refusals have for them. */
export function limitsOf(config: Config): Record<string, number> {
  const limits = Object.entries(SETTINGS).flatMap(([name, { env }]) => {
    const value = config[name as keyof Config];
    return env.startsWith("AERIE_MAX_") && typeof value === "number" ? [[env, value] as const] : [];
  });
  return Object.fromEntries(limits);
}
