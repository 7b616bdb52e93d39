/** The dialect of everything that announces itself by Home Assistant's discovery, such as ESPHome. */
import type { Dialect } from "../../core/dialects/dialect.ts";
import { createDeviceMemory } from "./device-memory.ts";
import { discoveryTopicOf } from "./discovery-topic.ts";
import { readDocument } from "./document-reader.ts";
import { infoOfMetric, nameOfDevice } from "./known-device.ts";
import { readStates } from "./state-reader.ts";

export interface HomeAssistantOptions {
  /** The first levels of discovery topics. */
  readonly prefix?: string;
}

export function createHomeAssistant({ prefix = "homeassistant" }: HomeAssistantOptions = {}): Dialect {
  const memory = createDeviceMemory(prefix);

  return {
    family: "ha",
    claim: (topic) => {
      const discovery = discoveryTopicOf(topic, prefix);
      if (discovery !== undefined) return (message) => readDocument(discovery, message, memory);
      const uses = memory.uses(topic);
      return uses.length === 0 ? undefined : (message) => readStates(uses, message);
    },
    learn: memory.learn,
    nameOf: (deviceId) => {
      const device = memory.device(deviceId);
      return device && nameOfDevice(device);
    },
    metricInfo: (deviceId, metric) => {
      const device = memory.device(deviceId);
      return device && infoOfMetric(device, metric);
    },
  };
}
