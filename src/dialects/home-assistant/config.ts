/** Values of a discovery document by their full names, read liberally: boards write `"false"`, 0 and `[]` where something else belongs. */
import { isObject } from "../payload/payload-text.ts";

/** A Map, because the names come from the wire. */
export type Config = ReadonlyMap<string, unknown>;

const NONE: Config = new Map();

/** Where both names are there, the full one counts. */
export function configOf(json: unknown, keys: ReadonlyMap<string, string>): Map<string, unknown> {
  if (!isObject(json)) return new Map(NONE);
  const config = new Map<string, unknown>();
  for (const [key, value] of Object.entries(json)) {
    const full = keys.get(key) ?? key;
    if (full === key || !config.has(full)) config.set(full, value);
  }
  return config;
}

/** As Home Assistant makes text of it. Undefined: it is not there, or is no text. */
export function textIn(config: Config, key: string): string | undefined {
  const value = config.get(key);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : undefined;
}

/** Text that says something. */
export function wordsIn(config: Config, key: string): string | undefined {
  const text = textIn(config, key)?.trim();
  return text === "" ? undefined : text;
}

export function numberIn(config: Config, key: string): number | undefined {
  const text = wordsIn(config, key);
  const number = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

const YES: ReadonlySet<string> = new Set(["true", "yes", "on", "1", "enable"]);

export const isSet = (config: Config, key: string): boolean => YES.has(textIn(config, key)?.toLowerCase() ?? "");

/** A list of texts; a text alone is a list of one. */
export function textsIn(config: Config, key: string): string[] {
  const value = config.get(key);
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((each) => (typeof each === "string" || typeof each === "number" ? [String(each)] : []));
}
