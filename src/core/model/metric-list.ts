/** The metrics of one reading, in their order. */

import type { MetricValue } from "../../contract/readings.ts";
import { setCached } from "./bounded-map.ts";

/** Of one reading. */
export const MAX_METRICS = 64;

/** What the hub reads of metrics; a Map has it too. */
export interface ReadingMetrics {
  readonly size: number;
  /** One list for all readings with these names in this order, where the dialect knows them: what was found out about it once holds again. */
  readonly names?: readonly string[];
  get(name: string): MetricValue | undefined;
  keys(): Iterable<string>;
  forEach(run: (value: MetricValue, name: string) => void): void;
  [Symbol.iterator](): Iterator<[string, MetricValue]>;
}

/** One JSON object. */
export const metricsJson = (metrics: ReadingMetrics): string => JSON.stringify(Object.fromEntries(metrics));

/** Two lists side by side: a Map of fourteen metrics is a kilobyte of garbage for each reading. */
export class MetricList implements ReadingMetrics {
  readonly names: readonly string[];
  readonly values: readonly MetricValue[];

  constructor(names: readonly string[], values: readonly MetricValue[]) {
    this.names = names;
    this.values = values;
  }

  get size(): number {
    return this.names.length;
  }

  get(name: string): MetricValue | undefined {
    return this.values[this.names.indexOf(name)];
  }

  keys(): Iterable<string> {
    return this.names;
  }

  forEach(run: (value: MetricValue, name: string) => void): void {
    for (let index = 0; index < this.names.length; index++) {
      const value = this.values[index];
      if (value !== undefined) run(value, this.names[index] ?? "");
    }
  }

  *[Symbol.iterator](): Iterator<[string, MetricValue]> {
    for (const [index, name] of this.names.entries()) {
      const value = this.values[index];
      if (value !== undefined) yield [name, value];
    }
  }
}

/** Gives readings of the same names in the same order one list of them. */
export function createNameLists(): (names: readonly string[]) => readonly string[] | undefined {
  const known = new Map<string, readonly string[]>();
  /** Undefined: a name comes twice. */
  return (names) => {
    const key = names.join("\n");
    const same = known.get(key);
    if (same !== undefined) return same;
    if (new Set(names).size !== names.length) return undefined;
    setCached(known, key, names, MAX_LISTS);
    return names;
  };
}

const MAX_LISTS = 1_000;
