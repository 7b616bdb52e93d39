/** The form in which a discovery document is kept on disk: what was announced, who did it, and what Aerie decided about it. */
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import { KEYS } from "./abbreviations.ts";
import type { ObservedKind } from "./values.ts";

/** What is decided once and holds for good. */
export interface EntityDecision {
  /** Its metric. */
  readonly name: string;
  /** What it turned out to send, where it does not say so. */
  readonly observed?: ObservedKind;
}

export interface LearnedDocument {
  /** Id of the publisher, whose document it is. */
  readonly by: string;
  /** Topics in it that its publisher may not use itself. */
  readonly denied: readonly string[];
  /** By the entity's id in the document. */
  readonly entities: ReadonlyMap<string, EntityDecision>;
  readonly document: JsonObject;
}

const VERSION = 1;

export function writeLearned({ by, denied, entities, document }: LearnedDocument): string {
  const decided = [...entities].map(([id, { name, observed }]) =>
    observed === undefined ? [id, name] : [id, name, observed],
  );
  return JSON.stringify({ v: VERSION, by, denied, entities: decided, document });
}

/** Undefined: it is of another version. */
export function readLearned(data: string): LearnedDocument | undefined {
  const json = parsed(data);
  if (!isObject(json) || json["v"] !== VERSION) return undefined;
  const { by, denied, entities, document } = json;
  if (typeof by !== "string" || !isObject(document)) return undefined;
  return {
    by,
    denied: listOf(denied).filter(isText),
    entities: new Map(listOf(entities).flatMap(decisionOf)),
    document,
  };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const isText = (value: unknown): value is string => typeof value === "string";

function decisionOf(value: unknown): [string, EntityDecision][] {
  const [id, name, observed] = listOf(value);
  if (!isText(id) || !isText(name)) return [];
  const isKind = observed === "number" || observed === "boolean" || observed === "text";
  return [[id, isKind ? { name, observed } : { name }]];
}

/** Of these nothing is read now or could be later. */
const USELESS: ReadonlySet<string> = new Set([
  "default_entity_id",
  "enabled_by_default",
  "entity_picture",
  "force_update",
  "icon",
  "object_id",
  "origin",
  "qos",
]);
const MAX_DEPTH = 6;

/** Without what is of no use, and without what nests deeper than any document does. */
export const withoutUseless = (document: JsonObject): JsonObject =>
  useful(document, (key, value) => {
    if (fullName(key) !== "components" || !isObject(value)) return upTo(value, MAX_DEPTH);
    return each(value, (component) => (isObject(component) ? useful(component, (_, of) => upTo(of, MAX_DEPTH)) : null));
  });

const fullName = (key: string): string => KEYS.get(key) ?? key;

const useful = (json: JsonObject, map: (key: string, value: unknown) => unknown): JsonObject =>
  Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => (USELESS.has(fullName(key)) ? [] : [[key, map(key, value)]])),
  );

const each = (json: JsonObject, map: (value: unknown) => unknown): JsonObject =>
  Object.fromEntries(Object.entries(json).map(([key, value]) => [key, map(value)]));

function upTo(value: unknown, depth: number): unknown {
  if (!isObject(value) && !Array.isArray(value)) return value;
  if (depth === 0) return null;
  return isObject(value) ? each(value, (of) => upTo(of, depth - 1)) : value.map((of: unknown) => upTo(of, depth - 1));
}
