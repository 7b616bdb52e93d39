/** Which device a discovery document is about, and what it says of it. */
import type { AttributeValue } from "../../contract/readings.ts";
import { type Config, textsIn, wordsIn } from "./config.ts";
import { DEVICE_FORM, type DiscoveryTopic } from "./discovery-topic.ts";
import type { DiscoveryDocument, EntityConfig } from "./document.ts";

/**
 * The first identifier, else a MAC address, else the node, else what the unique ids of its components share, else the object id:
 * the same for all documents of a device.
 */
export function identifierOf({ device, entities }: DiscoveryDocument, { node, object }: DiscoveryTopic): string {
  const [identifier] = textsIn(device, "identifiers").filter((text) => text.trim() !== "");
  return identifier?.trim() ?? connectionOf(device) ?? node ?? sharedStart(entities) ?? object;
}

/** A MAC address without its colons, as those are written who have it as their identifier. */
function connectionOf(device: Config): string | undefined {
  const pairs = pairsOf(device);
  const [, mac] = pairs.find(([kind]) => kind === "mac") ?? [];
  return mac === undefined ? pairs[0]?.[1] : bareMac(mac);
}

function pairsOf(device: Config): (readonly [string, string])[] {
  const connections = device.get("connections");
  if (!Array.isArray(connections)) return [];
  return connections.flatMap((pair: unknown) => {
    const [kind, value]: unknown[] = Array.isArray(pair) ? pair : [];
    return typeof kind === "string" && typeof value === "string" && value.trim() !== "" ? [[kind, value.trim()]] : [];
  });
}

const bareMac = (mac: string): string => mac.toLowerCase().replaceAll(/[:-]/g, "");

const MAX_CHARS = 256;
/** Shorter ones are shared by chance. */
const LEAST_SHARED = 3;

/** Of the unique ids of several components. */
function sharedStart(entities: readonly EntityConfig[]): string | undefined {
  const ids = entities.flatMap(({ config }) => wordsIn(config, "unique_id")?.slice(0, MAX_CHARS) ?? []);
  const [first, ...others] = ids;
  if (first === undefined || others.length === 0) return undefined;
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length -= 1;
  const shared = first.slice(0, length).replace(/[^A-Za-z0-9]+$/, "");
  return shared.length < LEAST_SHARED ? undefined : shared;
}

/** Each entity's id is compared with each of them. */
const MAX_CALL_NAMES = 32;

/** All by which the device is called: an object id may begin with one of them. */
export function callNamesOf(document: DiscoveryDocument, topic: DiscoveryTopic): string[] {
  const { device, entities } = document;
  const names = [
    identifierOf(document, topic),
    ...textsIn(device, "identifiers"),
    ...pairsOf(device).flatMap(([, value]) => [value, bareMac(value)]),
    topic.node,
    topic.component === DEVICE_FORM ? topic.object : undefined,
    wordsIn(device, "name"),
    sharedStart(entities),
  ];
  const some = new Set(names.flatMap((name) => (name === undefined || name.length > MAX_CHARS ? [] : name)));
  return [...some].slice(0, MAX_CALL_NAMES);
}

/** Home Assistant's key → the attribute. */
const ATTRIBUTES: readonly (readonly [key: string, attribute: string])[] = [
  ["manufacturer", "manufacturer"],
  ["model", "model"],
  ["model_id", "modelId"],
  ["sw_version", "firmware"],
  ["hw_version", "hardware"],
  ["serial_number", "serialNumber"],
  ["configuration_url", "configurationUrl"],
  ["suggested_area", "suggestedArea"],
];

export const ATTRIBUTE_NAMES: readonly string[] = [...ATTRIBUTES.map(([, attribute]) => attribute), "mac"];

/** What the device says of itself; only what is there. */
export function aboutDevice(device: Config): Map<string, AttributeValue> {
  const about = new Map<string, AttributeValue>();
  for (const [key, attribute] of ATTRIBUTES) {
    const text = wordsIn(device, key);
    if (text !== undefined) about.set(attribute, text.slice(0, MAX_CHARS));
  }
  const [, mac] = pairsOf(device).find(([kind]) => kind === "mac") ?? [];
  if (mac !== undefined) about.set("mac", mac.slice(0, MAX_CHARS));
  return about;
}

export const deviceNameOf = (device: Config): string | undefined => wordsIn(device, "name")?.slice(0, MAX_CHARS);
