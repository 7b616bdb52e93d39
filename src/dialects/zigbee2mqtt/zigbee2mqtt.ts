/** The Zigbee2MQTT dialect: bridges, each with a base topic of its own, and the devices and groups that they speak for. */
import type { MetricInfo } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { Dialect, DialectMessage, TopicReader } from "../../core/dialects/dialect.ts";
import type { ParsedMessage } from "../../core/dialects/parsed-message.ts";
import { deviceIdOf } from "../payload/names.ts";
import { isObject, type JsonObject, jsonObjectOf, plainTextOf } from "../payload/payload-text.ts";
import { type BridgeReader, createBridgeReaders, idOf, isAddress, learned } from "./bridge-reader.ts";
import { createDeviceMemories } from "./device-memory.ts";
import {
  NOTHING,
  readAction,
  readAttribute,
  readAvailability,
  readNothing,
  readState,
  type Subject,
} from "./device-reader.ts";
import type { Entity } from "./entity.ts";
import { createEntityBook, DEFAULT_BASE } from "./entity-book.ts";
import { infoOf, isEventName } from "./exposes.ts";

/** `<base>/bridge/info` and `…/devices` tell of a bridge whose base topic nobody knows yet. */
const ANNOUNCEMENT = /^(.+)\/bridge\/(info|devices)$/;
/** Commands for a device: `set`, `set/<property>`, `<endpoint>/set`; `get` alike. */
const COMMAND = /(^|\/)(set|get)(\/|$)/;
const BRIDGE = "bridge/";

export function createZigbee2mqtt(): Dialect {
  const book = createEntityBook();
  const memoryOf = createDeviceMemories();
  const bridge = createBridgeReaders(book);

  function claim(topic: string): TopicReader | undefined {
    const base = book.baseOf(topic);
    const [, announced = "", what] = ANNOUNCEMENT.exec(topic) ?? [];
    if (announced !== "" && announced !== base && !isOfDevice(base, announced)) {
      return bridgeReader(what === "info" ? bridge.info : bridge.devices, announced);
    }
    if (base === undefined) return undefined;
    const rest = topic.slice(base.length + 1);
    return rest.startsWith(BRIDGE) ? claimOfBridge(base, rest.slice(BRIDGE.length)) : claimOfEntity(base, rest);
  }

  /** A base topic below another is a bridge of its own, and what is below a device is not. */
  const isOfDevice = (base: string | undefined, announced: string): boolean =>
    base !== undefined && book.find(base, announced.slice(base.length + 1)) !== undefined;

  function claimOfBridge(base: string, channel: string): TopicReader {
    switch (channel) {
      case "state":
        return bridgeReader(bridge.state, base);
      case "info":
        return bridgeReader(bridge.info, base);
      case "devices":
        return bridgeReader(bridge.devices, base);
      case "groups":
        return bridgeReader(bridge.groups, base);
      default:
        return readNothing; // logging, requests and responses; `definitions` are as large as they are useless here
    }
  }

  function claimOfEntity(base: string, rest: string): TopicReader | undefined {
    const found = book.find(base, rest);
    if (found !== undefined) return claimOfSubTopic(base, found.deviceId, found.subTopic);
    if (!book.hasList(base)) return claimOfUnlisted(base, rest);
    // Leftovers of devices that were removed or renamed. Below a base topic of one's own choice something else may stand.
    return base === DEFAULT_BASE ? readNothing : undefined;
  }

  function claimOfSubTopic(base: string, deviceId: DeviceId, subTopic: string): TopicReader {
    const subjectNow = (): Subject => ({
      deviceId,
      entity: book.entityOf(deviceId, base),
      memory: memoryOf(deviceId),
    });
    if (subTopic === "") return (message) => readState(subjectNow(), message);
    if (subTopic === "availability") return (message) => readAvailability(subjectNow(), message);
    if (COMMAND.test(subTopic)) return readNothing;
    if (subTopic === "action") return (message) => readAction(subjectNow(), message);
    return (message) => readAttribute(subTopic, subjectNow(), message);
  }

  /** The bridge has not said which devices it has: the name is all that there is, unless it is the address, or the message names it. */
  function claimOfUnlisted(base: string, rest: string): TopicReader {
    if (COMMAND.test(rest)) return readNothing;
    const name = rest.endsWith("/availability") ? rest.slice(0, rest.lastIndexOf("/")) : rest;
    const subject = (deviceId: DeviceId): Subject => ({ deviceId, entity: undefined, memory: memoryOf(deviceId) });
    const namedId = isAddress(name) ? idOf(name) : namedIdOf(base, name);
    return (message) => {
      if (message.receivedAtMs < book.stateOf(base).listAwaitedUntilMs) return NOTHING;
      if (name !== rest) return readAvailability(subject(namedId), message);
      if (!plainTextOf(message.payload).startsWith("{")) return NOTHING; // a single attribute, or of another program
      const device = deviceIn(message);
      const address = device?.["ieeeAddr"];
      const deviceId = typeof address === "string" && isAddress(address) ? idOf(address) : namedId;
      return withEntity(readState(subject(deviceId), message), deviceId, unlistedEntity(base, name, device));
    };
  }

  return {
    family: "zigbee",
    claim,
    learn: book.learn,
    nameOf: (deviceId) => book.anyEntityOf(deviceId)?.name,
    metricInfo: (deviceId, metric) => {
      const exposed = book.anyEntityOf(deviceId)?.metrics.get(metric);
      return exposed === undefined ? usualInfo(metric) : infoOf(exposed);
    },
    baseTopics: book.bases,
    presenceOf: (deviceId) => {
      const entity = book.anyEntityOf(deviceId);
      if (entity === undefined) return undefined;
      return { radio: { bridge: book.saidOf(entity.base), isMainsPowered: entity.isMainsPowered === true } };
    },
  };
}

const bridgeReader =
  (read: BridgeReader, base: string): TopicReader =>
  (message) =>
    read(base, message);

const namedIdOf = (base: string, name: string): DeviceId =>
  base === DEFAULT_BASE ? deviceIdOf("zigbee", name) : deviceIdOf("zigbee", base, name);

/** What `include_device_information` adds to each message. */
function deviceIn({ payload }: DialectMessage): JsonObject | undefined {
  const json = jsonObjectOf(payload);
  const device = json.ok ? json.value["device"] : undefined;
  return isObject(device) ? device : undefined;
}

function unlistedEntity(base: string, name: string, device: JsonObject | undefined): Entity {
  const { model, powerSource, softwareBuildID } = device ?? {};
  return {
    kind: device === undefined && !isAddress(name) ? "named" : "device",
    base,
    name,
    isListed: false,
    isGone: false,
    ...(typeof model === "string" && { model: model.slice(0, 256) }),
    ...(typeof powerSource === "string" && { powerSource: powerSource.slice(0, 256) }),
    ...(typeof softwareBuildID === "string" && { firmware: softwareBuildID.slice(0, 256) }),
    metrics: new Map(),
  };
}

/** The name is learned with the first reading. */
function withEntity(parsed: ParsedMessage, deviceId: DeviceId, entity: Entity): ParsedMessage {
  if (parsed.kind !== "parts" || !parsed.parts.some(({ kind }) => kind === "telemetry")) return parsed;
  return { kind: "parts", parts: [learned(deviceId, entity), ...parsed.parts] };
}

/** Without a definition: what each device has. */
function usualInfo(metric: string): MetricInfo | undefined {
  if (isEventName(metric)) return { label: "Action", kind: "event", unit: "" };
  return metric === "linkquality" ? { label: "Link quality", kind: "number", unit: "lqi", range: [0, 255] } : undefined;
}
