/** Reads `tasmota/discovery/<MAC>/config` and `…/sensors`, which a board retains. */
import type { DeviceId } from "../../contract/readings.ts";
import type { DialectMessage } from "../../core/dialects/dialect.ts";
import type { LearnedPart, ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import type { AttributeChanges } from "../payload/attribute-changes.ts";
import { mayReplace } from "../payload/own-device.ts";
import { isObject, jsonObjectOf } from "../payload/payload-text.ts";
import { aboutBoard } from "./about-board.ts";
import { readAnnouncement } from "./announcement.ts";
import { KEYS, type TasmotaMemory } from "./tasmota-memory.ts";
import type { DiscoveryTopic } from "./tasmota-topic.ts";
import { createUnitChanges } from "./unit-changes.ts";

export type DiscoveryReader = (topic: DiscoveryTopic, message: DialectMessage) => ParsedMessage;

export interface DiscoveryReaderParts {
  readonly memory: TasmotaMemory;
  readonly attributes: AttributeChanges;
}

export function createDiscoveryReader({ memory, attributes }: DiscoveryReaderParts): DiscoveryReader {
  const unitChanges = createUnitChanges(memory);

  function config(mac: string, { payload, publisher, receivedAtMs }: DialectMessage): (Part | undefined)[] {
    const former = memory.deviceOfMac(mac);
    const json = jsonObjectOf(payload);
    if (!json.ok) return [{ kind: "refused", deviceId: former, fault: json.fault }];
    const read = readAnnouncement(json.value, mac, publisher, memory);
    if (!read.ok) return [{ kind: "refused", deviceId: former, fault: read.fault }];
    const { deviceId, topic, announcement } = read.value;
    return [
      former === undefined || former === deviceId ? undefined : learned(former, KEYS.announcement, undefined),
      learned(deviceId, KEYS.announcement, JSON.stringify(announcement)),
      deviceId === `tasmota:${topic}` ? undefined : learned(deviceId, KEYS.name, JSON.stringify({ name: topic })),
      attributes.partOf(deviceId, [...aboutBoard(json.value), ["mac", mac]], receivedAtMs),
    ];
  }

  /** What it measures at its start, in which units. The values come again on `SENSOR`, and are read there. */
  function sensors(mac: string, { payload, publisher, receivedAtMs }: DialectMessage): (Part | undefined)[] {
    const deviceId = memory.deviceOfMac(mac);
    const json = jsonObjectOf(payload);
    if (!json.ok) return [{ kind: "refused", deviceId, fault: json.fault }];
    if (deviceId === undefined) return [];
    if (!mayReplace(memory.announcementOf(deviceId)?.owner, deviceId, publisher)) return [ofAnother(deviceId, mac)];
    const { sn } = json.value;
    return isObject(sn) ? [unitChanges(deviceId, sn, receivedAtMs)] : [];
  }

  /** With SetOption19 it takes its document back. */
  function cleared(mac: string, document: DiscoveryTopic["document"], { publisher }: DialectMessage): Part[] {
    const deviceId = memory.deviceOfMac(mac);
    if (deviceId === undefined) return [];
    if (!mayReplace(memory.announcementOf(deviceId)?.owner, deviceId, publisher)) return [ofAnother(deviceId, mac)];
    return document === "config" ? [learned(deviceId, KEYS.announcement, undefined)] : [];
  }

  return ({ mac, document }, message) => {
    const parts = message.payload.length > 0 ? { config, sensors }[document](mac, message) : undefined;
    const all = parts ?? cleared(mac, document, message);
    return { kind: "parts", parts: all.filter((part) => part !== undefined) };
  };
}

const learned = (deviceId: DeviceId, key: string, data: string | undefined): LearnedPart => ({
  kind: "learned",
  family: "tasmota",
  deviceId,
  key,
  data,
});

const ofAnother = (deviceId: DeviceId, mac: string): Part => ({
  kind: "refused",
  deviceId,
  fault: { code: "ANNOUNCED_BY_ANOTHER", detail: `the board ${mac}` },
});
