/** Makes entities of a discovery document, whichever form it has: of one entity, or of a device with its components. */
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import { DEVICE_KEYS, KEYS, ORIGIN_KEYS } from "./abbreviations.ts";
import { type Config, configOf, isSet, textIn, wordsIn } from "./config.ts";
import { DEVICE_FORM, type DiscoveryTopic } from "./discovery-topic.ts";

export interface EntityConfig {
  /** The object id, or the component's key in a document of a device. */
  readonly id: string;
  readonly component: string;
  readonly config: Config;
}

export interface DiscoveryDocument {
  readonly device: Config;
  readonly originName: string | undefined;
  /** Without components that were removed. */
  readonly entities: readonly EntityConfig[];
  /** It only says that a document of the other form follows. */
  readonly isMigration: boolean;
}

/** Components of one document. */
const MAX_ENTITIES = 512;

/** Options of a document of a device that hold for each of its components. */
const SHARED = [
  "availability",
  "availability_mode",
  "availability_template",
  "availability_topic",
  "command_topic",
  "encoding",
  "payload_available",
  "payload_not_available",
  "qos",
  "state_topic",
];

export function documentOf(json: JsonObject, topic: DiscoveryTopic): DiscoveryDocument {
  const root = configOf(json, KEYS);
  const base = textIn(root, "~");
  return {
    device: configOf(root.get("device"), DEVICE_KEYS),
    originName: wordsIn(configOf(root.get("origin"), ORIGIN_KEYS), "name"),
    entities: topic.component === DEVICE_FORM ? componentsOf(root, base) : entityOf(root, base, topic),
    isMigration: isSet(root, "migrate_discovery"),
  };
}

/** `{}` removes it. */
const entityOf = (root: Map<string, unknown>, base: string | undefined, topic: DiscoveryTopic): EntityConfig[] =>
  root.size === 0 ? [] : [{ id: topic.object, component: topic.component, config: withBase(root, base) }];

function componentsOf(root: Config, base: string | undefined): EntityConfig[] {
  const components = root.get("components");
  if (!isObject(components)) return [];
  const shared = SHARED.flatMap((key) => (root.has(key) ? [[key, root.get(key)] as const] : []));
  return Object.entries(components)
    .slice(0, MAX_ENTITIES)
    .flatMap(([id, json]) => {
      const own = configOf(json, KEYS);
      const component = wordsIn(own, "platform");
      // One that holds its platform alone is removed.
      if (component === undefined || own.size === 1) return [];
      const config = new Map([...shared, ...own]);
      return [{ id, component, config: withBase(config, textIn(own, "~") ?? base) }];
    });
}

/** `~` at either end of a topic stands for the base; the entries of the availability are expanded, too. */
function withBase(config: Map<string, unknown>, base: string | undefined): Config {
  for (const [key, value] of config) {
    if (key.endsWith("topic") && typeof value === "string") config.set(key, basedOn(base, value));
  }
  const availability = config.get("availability");
  if (availability === undefined) return config;
  const entries: unknown[] = Array.isArray(availability) ? availability : [availability];
  const expanded = entries.slice(0, MAX_AVAILABILITY).map((each) => {
    const entry = configOf(each, KEYS);
    const topic = textIn(entry, "topic");
    return topic === undefined ? entry : entry.set("topic", basedOn(base, topic));
  });
  return config.set("availability", expanded);
}

/** Entries of the list of one entity. */
const MAX_AVAILABILITY = 8;

/** Each topic of a document may have the base in it. */
const MAX_BASE_CHARS = 1_024;

function basedOn(base: string | undefined, topic: string): string {
  if (base === undefined || base.length > MAX_BASE_CHARS) return topic;
  if (topic.startsWith("~")) return `${base}${topic.slice(1)}`;
  return topic.endsWith("~") ? `${topic.slice(0, -1)}${base}` : topic;
}
