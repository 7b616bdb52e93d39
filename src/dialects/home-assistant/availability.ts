/** Knows from the availability topics of a device's entities whether it is there. */
import { MAX_TEXT } from "../../core/expression/source.ts";
import { type Config, textIn, wordsIn } from "./config.ts";
import { isTopicFilter } from "./topic-index.ts";
import { availabilityEntries } from "./topic-rights.ts";
import { resultOf, type TemplateInput, type ValueTemplate, valueTemplateOf } from "./value-template.ts";
import { scalarText } from "./values.ts";

export interface AvailabilityTopic {
  readonly topic: string;
  readonly template: ValueTemplate | undefined;
  readonly online: string;
  readonly offline: string;
}

/** Of an entity: most entities of a device have the same. */
export interface Availability {
  /** The same for the same topics, words and mode. */
  readonly key: string;
  readonly mode: "all" | "any" | "latest";
  readonly topics: readonly AvailabilityTopic[];
}

export interface FoundAvailability {
  /** Undefined: the entity has none. */
  readonly availability: Availability | undefined;
  readonly notUnderstood: readonly string[];
}

const MAX_WORD_CHARS = 256;
const NONE: FoundAvailability = { availability: undefined, notUnderstood: [] };

/** A topic with its words, as the entity has them: what is the same for all entities is parsed once. */
interface Written {
  readonly topic: string;
  readonly template: string | undefined;
  readonly online: string;
  readonly offline: string;
}

/** `denied`: topics that its publisher may not use. `known`: what was found of other entities of the same document. */
export function availabilityOf(
  config: Config,
  denied: ReadonlySet<string>,
  known: Map<string, FoundAvailability>,
): FoundAvailability {
  const written = [
    ...writtenIn(config, "availability_topic", "availability_template", denied),
    ...availabilityEntries(config).flatMap((entry) => writtenIn(entry, "topic", "value_template", denied)),
  ];
  if (written.length === 0) return NONE;
  const said = wordsIn(config, "availability_mode");
  const mode = said === "all" || said === "any" ? said : "latest";
  const key = JSON.stringify([mode, written]);
  const found = known.get(key) ?? parsed(key, mode, written);
  known.set(key, found);
  return found;
}

function writtenIn(entry: Config, topicKey: string, templateKey: string, denied: ReadonlySet<string>): Written[] {
  const topic = textIn(entry, topicKey) ?? "";
  if (denied.has(topic) || !isTopicFilter(topic)) return [];
  const online = (textIn(entry, "payload_available") ?? "online").slice(0, MAX_WORD_CHARS);
  const offline = (textIn(entry, "payload_not_available") ?? "offline").slice(0, MAX_WORD_CHARS);
  // One character more than a template may have says that it is too long.
  return [{ topic, template: wordsIn(entry, templateKey)?.slice(0, MAX_TEXT + 1), online, offline }];
}

function parsed(key: string, mode: Availability["mode"], written: readonly Written[]): FoundAvailability {
  const notUnderstood: string[] = [];
  const topics = written.flatMap(({ topic, template: text, online, offline }): AvailabilityTopic[] => {
    const template = text === undefined ? undefined : valueTemplateOf(text);
    if (template?.ok === false) {
      notUnderstood.push(`availability: ${template.reason} (at character ${template.at + 1}): ${text?.slice(0, 120)}`);
      return [];
    }
    return [{ topic, template: template?.value, online, offline }];
  });
  return { availability: topics.length === 0 ? undefined : { key, mode, topics }, notUnderstood };
}

/** Undefined: it says neither. */
export function isOnline({ template, online, offline }: AvailabilityTopic, input: TemplateInput): boolean | undefined {
  const result = template === undefined ? undefined : resultOf(template, input);
  if (result !== undefined && result.kind !== "value") return undefined;
  const value = result === undefined ? input.text : result.value;
  const text = typeof value === "boolean" ? (value ? "True" : "False") : scalarText(value);
  if (text === online || text === offline) return text === online;
  const lower = text?.toLowerCase();
  return lower === online.toLowerCase() || lower === offline.toLowerCase() ? lower === online.toLowerCase() : undefined;
}

/** What was heard of one availability. */
export interface HeardAvailability {
  /** By index of its topics. */
  readonly said: Map<number, boolean>;
  latest: boolean | undefined;
}

/** Undefined: nothing was heard of it. Of topics that were not heard nothing is assumed. */
export function verdictOf({ mode, topics }: Availability, { said, latest }: HeardAvailability): boolean | undefined {
  if (mode === "latest" || said.size === 0) return latest;
  const words = [...said.values()];
  if (mode === "all") return words.every(Boolean);
  if (words.some(Boolean)) return true;
  return said.size === topics.length ? false : undefined;
}
