/** The families that the simulator speaks beside Aerie's own dialect. */
import { CUSTOM } from "./custom.ts";
import { ESPHOME } from "./esphome.ts";
import type { SimulatedFamily } from "./family.ts";
import { HOMIE_4, HOMIE_5 } from "./homie.ts";
import { SHELLY_1, SHELLY_2 } from "./shelly.ts";
import { SPARKPLUG } from "./sparkplug.ts";
import { TASMOTA } from "./tasmota.ts";
import { THINGSBOARD } from "./thingsboard.ts";
import { ZIGBEE2MQTT } from "./zigbee2mqtt.ts";

export const SIMULATED_FAMILIES = {
  tasmota: TASMOTA,
  shelly1: SHELLY_1,
  shelly2: SHELLY_2,
  zigbee2mqtt: ZIGBEE2MQTT,
  esphome: ESPHOME,
  homie4: HOMIE_4,
  homie5: HOMIE_5,
  thingsboard: THINGSBOARD,
  sparkplug: SPARKPLUG,
  custom: CUSTOM,
} as const satisfies Record<string, SimulatedFamily>;

export type SimulatedFamilyName = keyof typeof SIMULATED_FAMILIES;

/** What `--family` may be. `native`: Aerie's own stations. `all`: every family, and native stations, in equal shares. */
export const FAMILY_CHOICES = ["native", ...Object.keys(SIMULATED_FAMILIES), "all"] as const;

export const isSimulatedFamily = (name: string): name is SimulatedFamilyName => Object.hasOwn(SIMULATED_FAMILIES, name);

/** How many devices each has: all in equal shares, the first ones one more where it does not come out even. */
export function sharesOf(
  family: string,
  devices: number,
): { native: number; families: [SimulatedFamilyName, number][] } {
  if (isSimulatedFamily(family)) return { native: 0, families: [[family, devices]] };
  if (family !== "all") return { native: devices, families: [] };
  const names = Object.keys(SIMULATED_FAMILIES).filter(isSimulatedFamily);
  const kinds = names.length + 1;
  const shareOf = (index: number): number => Math.floor(devices / kinds) + (index < devices % kinds ? 1 : 0);
  return {
    native: shareOf(0),
    families: names
      .map((name, index): [SimulatedFamilyName, number] => [name, shareOf(index + 1)])
      .filter(([, share]) => share > 0),
  };
}
