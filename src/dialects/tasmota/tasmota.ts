/** The dialect of Tasmota: its topics, by their form or by its discovery, and what comes on them. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Dialect, DialectMessage, DialectPresence, TopicReader } from "../../core/dialects/dialect.ts";
import { createAttributeChanges } from "../payload/attribute-changes.ts";
import { deviceIdOf } from "../payload/names.ts";
import { ownDeviceOf } from "../payload/own-device.ts";
import { createRecentValues } from "../payload/recent-values.ts";
import { createBoardReader } from "./board-messages.ts";
import { createDiscoveryReader } from "./discovery-messages.ts";
import { metricInfoOf } from "./metric-info.ts";
import { createTasmotaMemory } from "./tasmota-memory.ts";
import { boardTopicOf, type Channel, channelOf, discoveryTopicOf } from "./tasmota-topic.ts";

/** A command is answered on `RESULT` and on `POWER`, and with SetOption59 on `STATE`. */
const SAME_VALUE_MS = 2_000;
const PREFIX = "tasmota:";
const ZIGBEE_UNITS = { temperature: "C", pressure: "hPa" } as const;

export function createTasmota(): Dialect {
  const memory = createTasmotaMemory();
  const attributes = createAttributeChanges();
  const readBoard = createBoardReader({ memory, attributes, recent: createRecentValues(SAME_VALUE_MS) });
  const readDiscovery = createDiscoveryReader({ memory, attributes });

  function claim(topic: string): TopicReader | undefined {
    const discovery = discoveryTopicOf(topic);
    if (discovery !== undefined) return (message) => readDiscovery(discovery, message);
    const board = boardTopicOf(topic);
    if (board !== undefined) {
      const deviceId = deviceIdOf("tasmota", board.name);
      return reader(deviceId, board.channel, board.name);
    }
    return claimByBase(topic);
  }

  function claimByBase(topic: string): TopicReader | undefined {
    const end = topic.lastIndexOf("/") + 1;
    const base = memory.baseOf(topic.slice(0, end));
    if (base === undefined) return undefined;
    for (const prefix of base.prefixes) {
      const channel = channelOf(prefix, topic.slice(end));
      if (channel !== undefined) return reader(base.deviceId, channel, undefined);
    }
    return undefined;
  }

  const reader = (deviceId: DeviceId, channel: Channel, name: string | undefined): TopicReader => {
    return (message: DialectMessage) =>
      readBoard({ deviceId: ownDeviceOf("tasmota", message.publisher) ?? deviceId, channel, name }, message);
  };

  return {
    family: "tasmota",
    claim,
    learn: memory.learn,
    nameOf: (deviceId) => memory.announcementOf(deviceId)?.name ?? nameInTopics(deviceId),
    metricInfo: (deviceId, metric) =>
      metricInfoOf(metric, {
        units: memory.unitsOf(deviceId).at(-1) ?? (memory.bridgeOf(deviceId) === undefined ? {} : ZIGBEE_UNITS),
        relays: memory.announcementOf(deviceId)?.relays ?? [],
      }),
    presenceOf,
  };

  function presenceOf(deviceId: DeviceId): DialectPresence | undefined {
    const bridge = memory.bridgeOf(deviceId);
    if (bridge === undefined) return undefined;
    const isOnline = memory.isOnline(bridge);
    const said = isOnline === undefined ? undefined : isOnline ? "online" : "offline";
    return { radio: { bridge: said, isMainsPowered: false } };
  }

  function nameInTopics(deviceId: DeviceId): string | undefined {
    const [first] = memory.announcementOf(deviceId)?.relays ?? [];
    const name = first ?? memory.nameOf(deviceId);
    if (name !== undefined) return name;
    // An id with a hash does not say what it was made of.
    return deviceId.includes("~") ? undefined : deviceId.slice(PREFIX.length);
  }
}
