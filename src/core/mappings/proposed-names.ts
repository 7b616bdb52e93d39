/** Names of the catalogue, and units, for the numbers of topics that one mapping would read. */

import type { MappingFields } from "../../contract/mappings.ts";
import { METRICS } from "../../contract/metrics.ts";
import { isMetricName } from "../model/device-id.ts";
import { metricOf, unitOf } from "./known-quantities.ts";
import { isCollection, type SplitTopic } from "./split-topic.ts";

const MOST_ENTRIES = 64;
const MAX_NAME_CHARS = 64;

/** A number with the name that a reading by the mapping gives it. */
interface NamedNumber {
  readonly name: string;
  /** Undefined: it is true or false. */
  readonly value: number | undefined;
  /** What it measures, where that is another level of the topic. */
  readonly quantity: string;
  /** The level that gives the name says nothing of it. */
  readonly isNameless: boolean;
  /** That have it, by the rest of the topic. */
  readonly devices: Set<string>;
}

/** `topics` are of this mapping, which has no names yet. */
export function proposedNames(
  { topic, values }: MappingFields,
  topics: readonly SplitTopic[],
): { rename: Record<string, string>; units: Record<string, string> } {
  // In a tree of values names are paths, and what they measure is all that the catalogue would say.
  if (topic.includes("{metric+}")) return { rename: {}, units: {} };
  return namesOf(numbersOf(topic.split("/"), values, topics));
}

/** Of each name one. */
function numbersOf(
  pattern: readonly string[],
  valuesAt: string | undefined,
  topics: readonly SplitTopic[],
): NamedNumber[] {
  const found = new Map<string, NamedNumber>();
  const metricAt = pattern.indexOf("{metric}");
  const nameAt = metricAt < 0 ? pattern.findLastIndex((level) => level !== "" && !level.startsWith("{")) : metricAt;

  function add(number: Omit<NamedNumber, "devices">, device: string): void {
    const former = found.get(number.name);
    if (former === undefined) found.set(number.name, { ...number, devices: new Set([device]) });
    else former.devices.add(device);
  }

  for (const { known, levels, isNamed, quantityAt } of topics) {
    const { payload, values = "", numbers } = known.facts;
    const level = levels[nameAt] ?? "";
    for (const { name: inPayload, value } of numbers) {
      if (isNamed) {
        const name = metricAt < 0 && payload === "json" ? values.slice(values.lastIndexOf(".") + 1) : level;
        const quantity = metricAt < 0 ? (levels[quantityAt ?? nameAt] ?? name) : name;
        const isNameless = metricAt < 0 && isCollection(name);
        add({ name, value, quantity, isNameless }, levels.filter((_, at) => at !== nameAt).join("/"));
      } else {
        const name = values === "" || values === valuesAt ? inPayload : `${values}.${inPayload}`;
        add({ name, value, quantity: name, isNameless: false }, "");
      }
    }
  }
  return [...found.values()];
}

function namesOf(numbers: readonly NamedNumber[]) {
  const rename: Record<string, string> = {};
  const units: Record<string, string> = {};
  /** By the name that they will have. */
  const taken = new Map(numbers.map(({ name, devices }) => [name, [devices]]));
  for (const { name, value, quantity, isNameless, devices } of numbers) {
    if (Object.keys(rename).length + Object.keys(units).length >= MOST_ENTRIES) break;
    if (name === "" || name.length > MAX_NAME_CHARS) continue;
    const known = metricOf(quantity);
    const unit = unitOf(quantity);
    const other = known !== undefined && isOf(known, value) ? known : isNameless ? "value" : undefined;
    const others = taken.get(other ?? "") ?? [];
    // Two metrics of one device do not get one name.
    if (other !== undefined && other !== name && !others.some((some) => meet(some, devices))) {
      rename[name] = other;
      taken.set(other, [...others, devices]);
    } else if (known === undefined && unit !== undefined && isMetricName(name)) units[name] = unit;
  }
  return { rename, units };
}

const meet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some((each) => b.has(each));

/** Whether a value can be of that metric, whose unit would be shown with it. */
function isOf(metric: string, value: number | undefined): boolean {
  const { kind, range = undefined } = METRICS.get(metric) ?? {};
  if (kind === "boolean") return value === undefined || value === 0 || value === 1;
  return value !== undefined && (range === undefined || (value >= range[0] && value <= range[1]));
}
