/** Reads what a bridge publishes of itself: its state, and which devices and groups it has. */
import type { DeviceId } from "../../contract/readings.ts";
import type { DialectMessage } from "../../core/dialects/dialect.ts";
import type { LearnedPart, ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import { deviceIdOf } from "../payload/names.ts";
import { decode, isObject, type JsonObject, parseJson, withoutEnd } from "../payload/payload-text.ts";
import { createSamePayload } from "../payload/same-payload.ts";
import { NOTHING, onlineOf, partsOf, refused, refusedAs } from "./device-reader.ts";
import { type Entity, entityJson } from "./entity.ts";
import { type EntityBook, MAX_NAME_CHARS } from "./entity-book.ts";
import { exposedMetrics } from "./exposes.ts";

/** `base`: the topic before `/bridge/…`. Of a base topic that nobody knows yet, a message that is none of a bridge is only carried. */
export type BridgeReader = (base: string, message: DialectMessage) => ParsedMessage;

export interface BridgeReaders {
  readonly state: BridgeReader;
  readonly info: BridgeReader;
  readonly devices: BridgeReader;
  readonly groups: BridgeReader;
}

const ELSEWHERE: ParsedMessage = { kind: "elsewhere" };
/** After it has said that it is there, a bridge sends its lists; until version 1.18 the devices' cached states come first. */
const LIST_AWAITED_MS = 60_000;
/** Of one list. A Zigbee network has a few hundred. */
const MAX_ENTITIES = 5_000;
const ADDRESS = /^0x[0-9a-f]{16}$/i;
const COORDINATOR = "Coordinator";
const MAINS = "Mains (single phase)";

export const isAddress = (name: string): boolean => ADDRESS.test(name);

export function createBridgeReaders(book: EntityBook): BridgeReaders {
  const isSame = createSamePayload();

  function state(base: string, { payload, receivedAtMs }: DialectMessage): ParsedMessage {
    if (payload.length === 0) return NOTHING;
    const online = onlineOf(payload);
    if (online === undefined) return refusedAs("STATUS_INVALID");
    const bridge = book.stateOf(base);
    bridge.said = online ? "online" : "offline";
    if (online) bridge.listAwaitedUntilMs = receivedAtMs + LIST_AWAITED_MS;
    return NOTHING;
  }

  function info(base: string, message: DialectMessage): ParsedMessage {
    const isKnown = book.isKnown(base);
    if (message.payload.length === 0 || isRepeated(base, message)) return NOTHING;
    const json = jsonOf(message.payload);
    if (!json.ok) return isKnown ? refused(undefined, json.fault) : ELSEWHERE;
    const coordinator = isObject(json.value) ? json.value["coordinator"] : undefined;
    if (!isObject(json.value) || !(isObject(coordinator) || isKnown)) {
      return isKnown ? refusedAs("PAYLOAD_WRONG_SHAPE", "an object belongs here") : ELSEWHERE;
    }
    book.stateOf(base).listAwaitedUntilMs = message.receivedAtMs + LIST_AWAITED_MS;
    if (isKnown || !isObject(coordinator)) return NOTHING;
    const address = textOf(coordinator["ieee_address"]);
    const deviceId = address === undefined ? deviceIdOf("zigbee", base, "bridge") : idOf(address);
    return partsOf(learned(deviceId, { ...NO_ENTITY, kind: "bridge", base, name: COORDINATOR, isListed: false }));
  }

  function devices(base: string, message: DialectMessage): ParsedMessage {
    const isKnown = book.isKnown(base);
    if (message.payload.length === 0 || isRepeated(base, message)) return NOTHING;
    const json = jsonOf(message.payload);
    if (!json.ok) return isKnown ? refused(undefined, json.fault) : ELSEWHERE;
    if (!Array.isArray(json.value)) {
      return isKnown ? refusedAs("PAYLOAD_WRONG_SHAPE", "a list of devices belongs here") : ELSEWHERE;
    }
    const entities = entitiesOf(json.value, (each) => deviceEntity(base, each));
    // Each list has at least the coordinator.
    if (entities.size === 0) return isKnown ? NOTHING : ELSEWHERE;
    const parts = listParts(base, entities, "device", message);
    return { kind: "parts", parts: [...parts, ...excessPart(json.value.length)] };
  }

  function groups(base: string, message: DialectMessage): ParsedMessage {
    if (message.payload.length === 0 || isRepeated(base, message)) return NOTHING;
    const json = jsonOf(message.payload);
    if (!json.ok) return refused(undefined, json.fault);
    if (!Array.isArray(json.value)) return refusedAs("PAYLOAD_WRONG_SHAPE", "a list of groups belongs here");
    const entities = entitiesOf(json.value, (each) => groupEntity(base, each));
    return { kind: "parts", parts: listParts(base, entities, "group", message) };
  }

  function groupEntity(base: string, group: JsonObject): [DeviceId, Entity] | undefined {
    const { id } = group;
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0) return undefined;
    const name = textOf(group["friendly_name"]) ?? String(id);
    return [book.groupId(base, id), { ...NO_ENTITY, kind: "group", base, name }];
  }

  /** What the list teaches, and which devices do not stand in it any more. */
  function listParts(
    base: string,
    entities: ReadonlyMap<DeviceId, Entity>,
    kind: "device" | "group",
    { publisher }: DialectMessage,
  ): Part[] {
    const parts: Part[] = [];
    for (const [deviceId, entity] of entities) {
      const others = book.otherBases(deviceId, base);
      const isOwn = others.every((other) => publisher.mayPublish(`${other}/bridge/devices`));
      if (isOwn) parts.push(learned(deviceId, entity));
      else
        parts.push({ kind: "refused", deviceId, fault: { code: "ANNOUNCED_BY_ANOTHER", detail: others.join(", ") } });
    }
    for (const deviceId of book.present(base)) {
      const former = book.entityOf(deviceId, base);
      if (former?.kind !== kind || entities.has(deviceId)) continue;
      parts.push(learned(deviceId, { ...former, isGone: true }));
      if (book.otherBases(deviceId, base).length === 0) parts.push({ kind: "status", deviceId, online: false });
    }
    return parts;
  }

  const isRepeated = (base: string, { topic, payload, receivedAtMs, dup }: DialectMessage): boolean =>
    isSame(topic, payload, receivedAtMs) && dup !== true && book.isKnown(base);

  return { state, info, devices, groups };
}

const NO_ENTITY = { isListed: true, isGone: false, metrics: new Map() } as const;

function excessPart(length: number): Part[] {
  if (length <= MAX_ENTITIES) return [];
  const detail = `the list has ${length}, of which the first ${MAX_ENTITIES} are read`;
  return [{ kind: "refused", deviceId: undefined, fault: { code: "TOO_MANY_DEVICES", detail } }];
}

/** Two of one address: the later one. */
function entitiesOf(
  list: readonly unknown[],
  read: (each: JsonObject) => [DeviceId, Entity] | undefined,
): Map<DeviceId, Entity> {
  const entities = new Map<DeviceId, Entity>();
  for (const each of list.slice(0, MAX_ENTITIES)) {
    const entity = isObject(each) ? read(each) : undefined;
    if (entity !== undefined) entities.set(...entity);
  }
  return entities;
}

function deviceEntity(base: string, device: JsonObject): [DeviceId, Entity] | undefined {
  const address = textOf(device["ieee_address"]);
  if (address === undefined || !isAddress(address)) return undefined;
  const definition = isObject(device["definition"]) ? device["definition"] : {};
  const { type, power_source: powerSource } = device;
  const texts: [keyof Entity, string | undefined][] = [
    ["model", textOf(definition["model"]) ?? textOf(device["model_id"])],
    ["vendor", textOf(definition["vendor"]) ?? textOf(device["manufacturer"])],
    ["description", textOf(definition["description"])],
    ["powerSource", textOf(powerSource)],
    ["firmware", textOf(device["software_build_id"])],
  ];
  const entity: Entity = {
    ...NO_ENTITY,
    kind: type === COORDINATOR ? "bridge" : "device",
    base,
    name: textOf(device["friendly_name"]) ?? address,
    // As Zigbee2MQTT tells those that it pings from those that it waits for.
    ...(((type === "Router" && powerSource !== "Battery") || powerSource === MAINS) && { isMainsPowered: true }),
    ...Object.fromEntries(texts.filter(([, text]) => text !== undefined)),
    metrics: exposedMetrics(definition["exposes"]),
  };
  return [idOf(address), entity];
}

export const idOf = (address: string): DeviceId => deviceIdOf("zigbee", address.toLowerCase());

export const learned = (deviceId: DeviceId, entity: Entity): LearnedPart => ({
  kind: "learned",
  family: "zigbee",
  deviceId,
  key: entity.base,
  data: entityJson(entity),
});

const jsonOf = (payload: Uint8Array): ReturnType<typeof parseJson> => parseJson(decode(withoutEnd(payload)));

/** Names of manufacturers may hold the NUL that ended them. */
const textOf = (value: unknown): string | undefined => {
  const text = typeof value === "string" ? value.split("\0", 1)[0]?.slice(0, MAX_NAME_CHARS) : undefined;
  return text === "" ? undefined : text;
};
