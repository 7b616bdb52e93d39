/** Topics of the native dialect, `devices/<deviceId>/…` → device and channel. */

import type { DeviceId } from "../../contract/readings.ts";
import { setCached } from "../../core/model/bounded-map.ts";
import { isMetricName, NO_METRICS, parseDeviceId } from "../../core/model/device-id.ts";
import type { Fault } from "../../core/model/result.ts";

/** What a topic says: which device, and what its payload is. */
export type Address =
  | { readonly channel: Exclude<Channel, "commands">; readonly deviceId: DeviceId; readonly metric: string }
  | { readonly channel: "elsewhere" }
  | { readonly channel: "refused"; readonly deviceId: DeviceId | undefined; readonly fault: Fault };

export type Channel = "telemetry" | "metric" | "status" | "attributes" | "commands";

/** Boards publish to the same few topics again and again. */
const addresses = new Map<string, Address>();
const MAX_ADDRESSES = 20_000;

/** Refused or `elsewhere` where the topic is not one of the dialect. */
export function addressOf(topic: string): Address {
  const former = addresses.get(topic);
  if (former !== undefined) return former;
  const address = parseTopic(topic);
  if (address.channel === "elsewhere" || address.channel === "refused") return address;
  setCached(addresses, topic, address, MAX_ADDRESSES);
  return address;
}

function parseTopic(topic: string): Address {
  if (!topic.startsWith("devices/")) return { channel: "elsewhere" };
  const [, id = "", channelName, metric, ...rest] = topic.split("/", 6);
  const deviceId = parseDeviceId(id);
  if (!deviceId.ok) return { channel: "refused", deviceId: undefined, fault: deviceId.fault };
  const channel = channelOf(channelName, metric, rest.join("/"));
  if (channel === undefined) return { channel: "refused", deviceId: deviceId.value, fault: { code: "TOPIC_UNKNOWN" } };
  if (channel === "commands") return { channel: "elsewhere" };
  if (channel === "metric" && (!isMetricName(metric ?? "") || NO_METRICS.has(metric ?? ""))) {
    return { channel: "refused", deviceId: deviceId.value, fault: nameFault(metric ?? "") };
  }
  return { channel, deviceId: deviceId.value, metric: metric ?? "" };
}

function channelOf(channel: string | undefined, metric: string | undefined, rest: string): Channel | undefined {
  // `commands/<id>` and `commands/<id>/reply` are carried; what they mean comes later.
  if (channel === "commands" && metric !== undefined && (rest === "" || rest === "reply")) return "commands";
  if (rest !== "") return undefined;
  if (channel === "telemetry") return metric === undefined ? "telemetry" : "metric";
  if (metric !== undefined) return undefined;
  return channel === "status" || channel === "attributes" ? channel : undefined;
}

const nameFault = (name: string): Fault => ({ code: "METRIC_NAME_INVALID", metric: name.slice(0, 80) });
