/** Decides whose a message is: by the publisher's credential, by the topic's prefix, or by what the Shelly calls itself. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Publisher } from "../../core/dialects/dialect.ts";
import type { LearnedPart } from "../../core/dialects/parsed-message.ts";
import { fault, ok, type Result } from "../../core/model/result.ts";
import { deviceIdOf } from "../payload/names.ts";
import { mayReplace, ownDeviceOf } from "../payload/own-device.ts";
import { type Identity, KEYS, type ShellyMemory } from "./shelly-memory.ts";
import { ROOT } from "./shelly-topic.ts";

export interface Identified {
  readonly deviceId: DeviceId;
  /** What is known of it only since this message. */
  readonly learned: LearnedPart | undefined;
}

/**
 * An id never changes: a prefix stays with the device that was first heard there, and a Shelly that comes with another prefix is known by
 * its `src`. Only its own credential, or whoever spoke for it first, may bring it under another prefix.
 */
export function identify(
  memory: ShellyMemory,
  prefix: string,
  src: string | undefined,
  publisher: Publisher,
): Result<Identified> {
  const known =
    ownDeviceOf("shelly", publisher) ??
    memory.deviceOfPrefix(prefix) ??
    (src === undefined ? undefined : memory.deviceOfSrc(src));
  const deviceId = known ?? deviceIdOf("shelly", src ?? nameOf(prefix));
  const former = memory.identityOf(deviceId);
  const isNamed = src === undefined || src === nameOf(prefix) || src === former?.src;
  if (former?.prefix === prefix && isNamed) return ok({ deviceId, learned: undefined });
  if (former !== undefined && former.prefix !== prefix && !mayReplace(former.owner, deviceId, publisher)) {
    return fault("ANNOUNCED_BY_ANOTHER", `${deviceId} publishes to ${former.prefix.slice(0, 80)}`);
  }
  const name = src ?? former?.src;
  return ok({
    deviceId,
    learned: identityPart(deviceId, { owner: publisher.id, prefix, ...(name !== undefined && { src: name }) }),
  });
}

/** Of the first generation: its topics say its id. */
export function identifyGen1(memory: ShellyMemory, id: string, publisher: Publisher): Identified {
  const prefix = `${ROOT}${id}`;
  const deviceId = ownDeviceOf("shelly", publisher) ?? memory.deviceOfPrefix(prefix) ?? deviceIdOf("shelly", id);
  const isNamed = deviceId === `shelly:${id}` || memory.identityOf(deviceId) !== undefined;
  return { deviceId, learned: isNamed ? undefined : identityPart(deviceId, { owner: publisher.id, prefix }) };
}

const nameOf = (prefix: string): string => (prefix.startsWith(ROOT) ? prefix.slice(ROOT.length) : prefix);

const identityPart = (deviceId: DeviceId, identity: Identity): LearnedPart => ({
  kind: "learned",
  family: "shelly",
  deviceId,
  key: KEYS.identity,
  data: JSON.stringify(identity),
});
