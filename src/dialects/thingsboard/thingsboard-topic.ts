/** Topics of ThingsBoard's device and gateway interface → what a message is. thingsboard.io/docs/reference/mqtt-api */
import type { DeviceId } from "../../contract/readings.ts";
import { parseDeviceId } from "../../core/model/device-id.ts";

export type Channel =
  | "telemetry"
  | "attributes"
  | "gateway telemetry"
  | "gateway attributes"
  | "connect"
  | "disconnect"
  /** Requests, answers and firmware: of ThingsBoard, and nothing that a device reports. */
  | "carried";

export interface ThingsboardAddress {
  readonly channel: Channel;
  /** The topic names it. Undefined: the device that sends it. */
  readonly deviceId: DeviceId | undefined;
}

const OF_DEVICE: ReadonlyMap<string, Channel> = new Map([
  ["telemetry", "telemetry"],
  ["attributes", "attributes"],
  ["claim", "carried"],
  ["provision", "carried"],
  ["provision/response", "carried"],
]);
/** With a number at their end. */
const OF_DEVICE_NUMBERED = /^(attributes|rpc)\/(request|response)\/[^/]+$/;

/** `j` and `p` say how the payload is written: JSON, or Protocol Buffers by a description of the device's profile. */
const SHORT: ReadonlyMap<string, Channel> = new Map([
  ["t", "telemetry"],
  ["t/j", "telemetry"],
  ["t/p", "carried"],
  ["a", "attributes"],
  ["a/j", "attributes"],
  ["a/p", "carried"],
]);
const SHORT_CARRIED = /^((a|r)\/re[qs]|fw|sw)\/./;

const OF_GATEWAY: ReadonlyMap<string, Channel> = new Map([
  ["telemetry", "gateway telemetry"],
  ["attributes", "gateway attributes"],
  ["connect", "connect"],
  ["disconnect", "disconnect"],
  ["rpc", "carried"],
  ["claim", "carried"],
  ["provision", "carried"],
  ["provision/response", "carried"],
  ["attributes/request", "carried"],
  ["attributes/response", "carried"],
]);

const PROVISION: ReadonlySet<string> = new Set(["/provision/request", "/provision/response"]);
/** What the session of a board with a credential writes instead of `me`. */
const FAMILY_PREFIX = "thingsboard:";

/** Undefined: the topic is not of ThingsBoard. */
export function thingsboardAddressOf(topic: string): ThingsboardAddress | undefined {
  if (PROVISION.has(topic)) return { channel: "carried", deviceId: undefined };
  const [version, second = "", third = ""] = topic.split("/", 3);
  if (version === "v2") return shortAddress(topic.slice("v2/".length), second);
  if (version !== "v1") return undefined;
  if (second === "gateway") return addressOf(OF_GATEWAY.get(topic.slice("v1/gateway/".length)), undefined);
  if (second !== "devices") return undefined;
  const deviceId = namedIn(third);
  if (third !== "me" && deviceId === undefined) return undefined;
  const rest = topic.slice(`v1/devices/${third}/`.length);
  return addressOf(OF_DEVICE_NUMBERED.test(rest) ? "carried" : OF_DEVICE.get(rest), deviceId);
}

function shortAddress(afterVersion: string, second: string): ThingsboardAddress | undefined {
  const deviceId = namedIn(second);
  const rest = deviceId === undefined ? afterVersion : afterVersion.slice(second.length + 1);
  return addressOf(SHORT_CARRIED.test(rest) ? "carried" : SHORT.get(rest), deviceId);
}

function namedIn(level: string): DeviceId | undefined {
  const parsed = level.startsWith(FAMILY_PREFIX) ? parseDeviceId(level) : undefined;
  return parsed?.ok ? parsed.value : undefined;
}

const addressOf = (channel: Channel | undefined, deviceId: DeviceId | undefined): ThingsboardAddress | undefined =>
  channel && { channel, deviceId };
