/** The metrics of one reading, in their order. Checks no names and no values. */
import type { MetricValue } from "../../contract/readings.ts";

/** What is asked of a reading's metrics; a Map answers it too. */
export interface ReadingMetrics {
  readonly size: number;
  /** The names. The same list for every reading of a shape, where a dialect knows that it is one: what was found out about it once is true again. */
  readonly shape?: readonly string[];
  get(name: string): MetricValue | undefined;
  keys(): Iterable<string>;
  forEach(run: (value: MetricValue, name: string) => void): void;
  [Symbol.iterator](): Iterator<[string, MetricValue]>;
}

/** Two lists side by side: a Map of fourteen metrics is a kilobyte of garbage for each reading. */
export class MetricList implements ReadingMetrics {
  readonly shape: readonly string[];
  readonly values: readonly MetricValue[];

  constructor(shape: readonly string[], values: readonly MetricValue[]) {
    this.shape = shape;
    this.values = values;
  }

  get size(): number {
    return this.shape.length;
  }

  get(name: string): MetricValue | undefined {
    return this.values[this.shape.indexOf(name)];
  }

  keys(): Iterable<string> {
    return this.shape;
  }

  forEach(run: (value: MetricValue, name: string) => void): void {
    for (let place = 0; place < this.shape.length; place++) {
      const value = this.values[place];
      if (value !== undefined) run(value, this.shape[place] ?? "");
    }
  }

  *[Symbol.iterator](): Iterator<[string, MetricValue]> {
    for (const [place, name] of this.shape.entries()) {
      const value = this.values[place];
      if (value !== undefined) yield [name, value];
    }
  }
}

/** Gives readings of the same names in the same order one list of them. */
export function createShapes(): (names: readonly string[]) => readonly string[] | undefined {
  const known = new Map<string, readonly string[]>();
  /** Undefined: a name comes twice. */
  return (names) => {
    const key = names.join("\n");
    const former = known.get(key);
    if (former !== undefined) return former;
    if (new Set(names).size !== names.length) return undefined;
    if (known.size >= MAX_SHAPES) known.clear();
    known.set(key, names);
    return names;
  };
}

const MAX_SHAPES = 1_000;
