/** The credential and the rights of a connection, as dialects ask for them. */
import type { DeviceId } from "../../contract/readings.ts";
import { type MqttIdentity, mayPublish, maySubscribe } from "../access/mqtt-access.ts";
import { setCached } from "../model/bounded-map.ts";
import { hasFamilyPrefix } from "../model/device-id.ts";
import type { Publisher } from "./dialect.ts";

/** A last will that was kept through a restart: its client's rights are not known any more. */
const UNKNOWN: Publisher = { id: "unknown", deviceId: undefined, mayPublish: () => false, maySubscribe: () => false };

const known = new Map<MqttIdentity, Publisher>();
const MAX_KNOWN = 10_000;

export function publisherOf(who: MqttIdentity | undefined): Publisher {
  if (who === undefined) return UNKNOWN;
  const former = known.get(who);
  if (former !== undefined) return former;
  const publisher: Publisher = {
    id: idOf(who),
    deviceId: who.kind === "board" ? (who.deviceId as DeviceId) : undefined,
    mayPublish: (topic) => mayPublish(who, topic),
    maySubscribe: (filter) => maySubscribe(who, filter),
  };
  setCached(known, who, publisher, MAX_KNOWN);
  return publisher;
}

/**
 * A board speaks for itself, and for what stands behind it (`tasmota:bridge.0x5480`), whatever its topics look like and its messages say:
 * below its own topics it may write `…/bridge/devices` or `…/events/rpc`, too.
 */
export function maySpeakFor({ deviceId: own }: Publisher, deviceId: DeviceId): boolean {
  if (own === undefined || deviceId === own || deviceId.startsWith(`${own}.`)) return true;
  // Who described a topic as one of a device was entitled to it, and so was the owner who mapped it.
  if (deviceId.startsWith("ha:") || !hasFamilyPrefix(deviceId)) return true;
  return deviceId === `homie:${own}`;
}

function idOf(who: MqttIdentity): string {
  switch (who.kind) {
    case "anybody":
      return "anybody";
    case "board":
      return `board:${who.deviceId}`;
    case "application":
      return `application:${who.id}`;
  }
}
