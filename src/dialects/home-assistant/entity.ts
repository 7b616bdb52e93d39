/** What is known of one entity once its description is read: what it sends where, and what of it is not understood. */
import type { MetricInfo } from "../../contract/metrics.ts";
import type { MetricValue } from "../../contract/readings.ts";
import type { Read } from "../../core/model/metric-value.ts";
import { isSecret } from "../payload/flat-metrics.ts";
import { type Config, textIn, wordsIn } from "./config.ts";
import type { EntityConfig } from "./document.ts";
import { hasWildcard, isTopicFilter } from "./topic-index.ts";
import { isCommandKey } from "./topic-rights.ts";
import { type TemplateInput, type ValueTemplate, valueTemplateOf } from "./value-template.ts";
import type { ObservedKind } from "./values.ts";

/** What one value of a topic says. */
export type Said =
  /** `suffix`: behind the entity's name; empty for its own metric. */
  | { readonly suffix: string; readonly value: Read }
  | { readonly attribute: string; readonly value: MetricValue }
  /** The entity turned out to send this. */
  | { readonly observed: ObservedKind; readonly value: Read };

export interface Source {
  readonly topic: string;
  /** Its publisher may not publish to all topics that match: only what it sends itself counts. */
  readonly isOwnOnly: boolean;
  readonly template: ValueTemplate | undefined;
  /** `value`: of the template, or else the payload as text. */
  readonly read: (value: unknown, input: TemplateInput) => readonly Said[];
}

export interface Entity {
  readonly component: string;
  readonly sources: readonly Source[];
  /** By suffix. */
  readonly infos: ReadonlyMap<string, MetricInfo>;
  readonly notUnderstood: readonly string[];
}

/** Reads the options of one component. */
export interface EntityBuilder {
  readonly config: Config;
  /** Undefined: it has sent nothing yet. */
  readonly observed: ObservedKind | undefined;
  readonly isSettable: boolean;
  template(key: string): ValueTemplate | undefined;
  /** Nothing, where the entity has no such topic, or its template is not understood. */
  source(topicKey: string, templateKey: string, read: Source["read"]): void;
  describe(suffix: string, info: Omit<MetricInfo, "label">): void;
  /** It is reported to the owner. */
  leaveOut(what: string): void;
}

export interface EntityOptions extends Pick<EntityBuilder, "observed"> {
  readonly entity: EntityConfig;
  readonly deviceName: string | undefined;
  readonly denied: ReadonlySet<string>;
}

/** Of these nothing is read, and nobody misses it. */
const IGNORED = new Set(["json_attributes_topic", "availability_topic"]);
/** Of a template that is shown. */
const MAX_SHOWN = 120;

export function buildEntity(options: EntityOptions, describe: ((builder: EntityBuilder) => void) | undefined): Entity {
  const { entity, observed, denied } = options;
  const { config, component, id } = entity;
  const sources: Source[] = [];
  const infos = new Map<string, MetricInfo>();
  const notUnderstood: string[] = [];
  const known = new Set<string>(IGNORED);

  const leaveOut = (what: string): void => void notUnderstood.push(`${component} ${id}: ${what}`);

  const templates = new Map<string, ValueTemplate | undefined>();

  function template(key: string): ValueTemplate | undefined {
    const found = templates.has(key) ? templates.get(key) : parsedTemplate(key);
    templates.set(key, found);
    return found;
  }

  function parsedTemplate(key: string): ValueTemplate | undefined {
    const text = wordsIn(config, key);
    if (text === undefined) return undefined;
    const parsed = valueTemplateOf(text);
    if (parsed.ok) return parsed.value;
    leaveOut(`${key}: ${parsed.reason} (at character ${parsed.at + 1}): ${text.slice(0, MAX_SHOWN)}`);
    return undefined;
  }

  function source(topicKey: string, templateKey: string, read: Source["read"]): void {
    known.add(topicKey);
    const topic = textIn(config, topicKey);
    if (topic === undefined || topic === "") return;
    const isOwnOnly = denied.has(topic);
    if (isOwnOnly && !hasWildcard(topic))
      return leaveOut(`its publisher may not publish to ${topic.slice(0, MAX_SHOWN)}`);
    if (!isTopicFilter(topic))
      return leaveOut(`${topicKey} is no topic that can be read: ${topic.slice(0, MAX_SHOWN)}`);
    const found = template(templateKey);
    if (found !== undefined || wordsIn(config, templateKey) === undefined)
      sources.push({ topic, isOwnOnly, template: found, read });
  }

  if (describe === undefined) leaveOut("Aerie does not read this component");
  else if (isSecret(id)) leaveOut("a secret is not stored");
  else if (config.get("encoding") === "") leaveOut("its payload is no text");
  else {
    describe({
      config,
      observed,
      isSettable: isSettable(config, denied),
      template,
      source,
      describe: (suffix, info) => void infos.set(suffix, { label: labelOf(options, suffix), ...info }),
      leaveOut,
    });
    const isRead = sources.length > 0 || infos.size > 0;
    for (const key of isRead ? config.keys() : []) {
      if (key.endsWith("_topic") && !isCommandKey(key) && !known.has(key)) leaveOut(`${key} is not read`);
    }
  }
  return { component, sources, infos, notUnderstood };
}

function isSettable(config: Config, denied: ReadonlySet<string>): boolean {
  const topic = textIn(config, "command_topic") ?? textIn(config, "set_position_topic");
  return topic !== undefined && topic !== "" && !denied.has(topic);
}

/** What a person reads: the entity's name, without that of its device before it. */
function labelOf({ entity: { config, component }, deviceName }: EntityOptions, suffix: string): string {
  const name = wordsIn(config, "name");
  const own = name === undefined ? undefined : withoutDevice(name, deviceName ?? "");
  const words = own ?? sentence(wordsIn(config, "device_class") ?? component);
  return `${words.slice(0, MAX_LABEL)}${suffix === "" ? "" : ` ${suffix}`}`;
}

const MAX_LABEL = 80;

function withoutDevice(name: string, deviceName: string): string {
  const isBefore = deviceName !== "" && name.toLowerCase().startsWith(`${deviceName.toLowerCase()} `);
  return isBefore ? name.slice(deviceName.length).trim() : name;
}

const sentence = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).replaceAll("_", " ");

/** For `MetricInfo`. */
export const settable = ({ isSettable }: EntityBuilder): { readonly settable?: true } =>
  isSettable ? { settable: true } : {};

export const deviceClass = (config: Config): { readonly deviceClass?: string } => {
  const found = wordsIn(config, "device_class");
  return found === undefined ? {} : { deviceClass: found };
};
