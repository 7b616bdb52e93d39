/** Finds the devices that a Zigbee bridge of Tasmota speaks for: `{"ZbReceived":{"0x5480":{"Device":"0x5480","Temperature":20.3}}}`. */
import type { DeviceId } from "../../contract/readings.ts";
import { deviceIdOf } from "../payload/names.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import { textOf } from "./tasmota-memory.ts";

export interface ZigbeeDevice {
  readonly deviceId: DeviceId;
  /** What it is called with SetOption83 or ZbName. */
  readonly name: string | undefined;
  /** Without its address and name. */
  readonly values: JsonObject;
}

export const ZIGBEE_KEY = "ZbReceived";

const IS_ADDRESS = /^0x[0-9A-Fa-f]{4}$/;
const MAX_DEVICES = 64;
/** Of one device, in one message. */
const MAX_VALUES = 256;
const MAX_NAME_CHARS = 128;
const NO_METRICS: ReadonlySet<string> = new Set(["Device", "Name", "Endpoint", "Group", "Cluster", "IEEEAddr"]);
/** Attributes that Tasmota knows by number only, `0500?00`. */
const IS_NAMED = /^[A-Za-z]/;

export function zigbeeDevices(json: JsonObject, bridge: DeviceId): ZigbeeDevice[] {
  const received = json[ZIGBEE_KEY];
  if (!isObject(received)) return [];
  const ofBridge = bridge.slice(bridge.indexOf(":") + 1);
  return Object.entries(received)
    .slice(0, MAX_DEVICES)
    .flatMap(([key, device]) => {
      if (!isObject(device)) return [];
      const address = textOf(device["Device"]);
      const name = textOf(device["Name"])
        ?.replaceAll(/\p{Cc}/gu, "")
        .slice(0, MAX_NAME_CHARS);
      const values = Object.entries(device)
        .slice(0, MAX_VALUES)
        .filter(([field]) => IS_NAMED.test(field) && !NO_METRICS.has(field));
      return [
        {
          deviceId: deviceIdOf("tasmota", ofBridge, address !== undefined && IS_ADDRESS.test(address) ? address : key),
          name,
          values: Object.fromEntries(values),
        },
      ];
    });
}
