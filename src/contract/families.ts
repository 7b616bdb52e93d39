/** The families of boards that Aerie understands beside its own. */

/** In the order in which they claim topics. `ha`: everything that announces itself by Home Assistant discovery, such as ESPHome. */
export const FAMILIES = ["tasmota", "shelly", "zigbee", "homie", "sparkplug", "thingsboard", "ha", "mapping"] as const;

export type Family = (typeof FAMILIES)[number];

/** Of a device. Aerie's own boards are `native`. */
export const DEVICE_FAMILIES = ["native", ...FAMILIES] as const;
export type DeviceFamily = (typeof DEVICE_FAMILIES)[number];

/** The families whose boards may have a credential of their own. The others speak for many devices, and are applications. */
export const CREDENTIAL_FAMILIES = ["native", "tasmota", "shelly", "esphome", "homie", "thingsboard"] as const;

export type CredentialFamily = (typeof CREDENTIAL_FAMILIES)[number];

/** As a person reads them. */
export const FAMILY_NAMES: Readonly<Record<CredentialFamily, string>> = {
  native: "Aerie",
  tasmota: "Tasmota",
  shelly: "Shelly",
  esphome: "ESPHome",
  homie: "Homie",
  thingsboard: "ThingsBoard",
};
