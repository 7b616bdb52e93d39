/** The dialect of Shelly: its topics of all generations, and what comes on them. */
import type { Dialect, TopicReader } from "../../core/dialects/dialect.ts";
import { createAttributeChanges } from "../payload/attribute-changes.ts";
import { createRecentValues } from "../payload/recent-values.ts";
import { createAnnouncementReader } from "./announcement.ts";
import { createGen1Reader } from "./gen1-messages.ts";
import { createLaterReader } from "./later-messages.ts";
import { metricInfoOf } from "./metric-info.ts";
import { createShellyMemory } from "./shelly-memory.ts";
import { type ShellyTopic, shellyTopicOf } from "./shelly-topic.ts";

/** A change comes as a notification and as the status of its component, at once. */
const SAME_VALUE_MS = 2_000;

export function createShelly(): Dialect {
  const memory = createShellyMemory();
  const parts = { memory, attributes: createAttributeChanges(), recent: createRecentValues(SAME_VALUE_MS) };
  const readGen1 = createGen1Reader(parts);
  const later = createLaterReader(parts);
  const readAnnouncement = createAnnouncementReader(parts);

  function readerOf(topic: ShellyTopic): TopicReader {
    switch (topic.kind) {
      case "gen1":
        return (message) => readGen1(topic, message);
      case "announce":
        return (message) => readAnnouncement(topic.prefix, message);
      case "online":
        return (message) => later.online(topic.prefix, message);
      case "rpc":
        return (message) => later.rpc(topic.prefix, message);
      case "component":
        return (message) => later.component(topic, message);
    }
  }

  return {
    family: "shelly",
    claim: (topic) => {
      const found = shellyTopicOf(topic, (prefix) => memory.deviceOfPrefix(prefix) !== undefined);
      return found && readerOf(found);
    },
    learn: memory.learn,
    nameOf: memory.nameOf,
    metricInfo: (deviceId, metric) => metricInfoOf(metric, memory.temperatureUnitsOf(deviceId).at(-1)?.temperature),
  };
}
