/** The means of one metric over the last steps, in numbers that thousands of rings share. To add a value costs nanoseconds. */
import { SPARK_STEP_MS, SPARK_STEPS } from "../../contract/fleet/sparklines.ts";

/** Where a ring's numbers are: a mean of each step, then how many values each is of. */
interface Slot {
  readonly numbers: Float32Array;
  readonly offset: number;
}

export interface KeptRing {
  readonly newestStep: number;
  /** As a slot has them. */
  readonly numbers: Float32Array;
}

/** A small array of its own would take as much again. */
const SLOTS_OF_BLOCK = 256;
const NUMBERS = 2 * SPARK_STEPS;

export interface SparkRings {
  ring(): SparkRing;
  /** Its numbers may be another's from now on. */
  free(ring: SparkRing): void;
}

export function createSparkRings(): SparkRings {
  const free: Slot[] = [];

  function addBlock(): void {
    const numbers = new Float32Array(SLOTS_OF_BLOCK * NUMBERS);
    for (let index = SLOTS_OF_BLOCK - 1; index >= 0; index--) free.push({ numbers, offset: index * NUMBERS });
  }

  return {
    ring: () => {
      if (free.length === 0) addBlock();
      const slot = free.pop();
      if (slot === undefined) throw new Error("a block has slots");
      return new SparkRing(slot);
    },
    free: (ring) => void free.push(ring.slot),
  };
}

const NONE = Number.NEGATIVE_INFINITY;

export const stepOf = (atMs: number): number => Math.floor(atMs / SPARK_STEP_MS);

/** Steps before 1970 are negative: a hub whose clock begins there has them. */
const indexOf = (step: number): number => ((step % SPARK_STEPS) + SPARK_STEPS) % SPARK_STEPS;

export class SparkRing {
  readonly slot: Slot;
  /** The newest step with a value, counted from 1970. */
  #newest = NONE;

  constructor(slot: Slot) {
    this.slot = slot;
  }

  clear(): void {
    this.#newest = NONE;
  }

  /** All of it, to be put into another ring; undefined: it has no value. */
  kept(): KeptRing | undefined {
    const { numbers, offset } = this.slot;
    if (this.#newest === NONE) return undefined;
    return { newestStep: this.#newest, numbers: numbers.slice(offset, offset + NUMBERS) };
  }

  restore({ newestStep, numbers }: KeptRing): void {
    this.slot.numbers.set(numbers.subarray(0, NUMBERS), this.slot.offset);
    this.#newest = newestStep;
  }

  /** What the store has of a step. It may have more than came here; what it does not have yet is not lost. */
  fill(atMs: number, mean: number, count: number, nowMs: number): void {
    const step = stepOf(atMs);
    if (!this.#reach(step, nowMs)) return;
    const { numbers, offset } = this.slot;
    const index = offset + indexOf(step);
    if ((numbers[index + SPARK_STEPS] ?? 0) > count) return;
    numbers[index] = mean;
    numbers[index + SPARK_STEPS] = count;
  }

  /** At its own instant: one that comes late is added to its step, one that is older than all steps is left out. */
  add(value: number, atMs: number, nowMs: number): void {
    const step = stepOf(atMs);
    if (step !== this.#newest && !this.#reach(step, nowMs)) return;
    const { numbers, offset } = this.slot;
    const index = offset + indexOf(step);
    const count = (numbers[index + SPARK_STEPS] ?? 0) + 1;
    const mean = numbers[index] ?? 0;
    numbers[index + SPARK_STEPS] = count;
    numbers[index] = mean + (value - mean) / count;
  }

  /** The last steps up to this one, the oldest first; NaN: no value. */
  means(lastStep: number): Float64Array {
    const means = new Float64Array(SPARK_STEPS).fill(Number.NaN);
    const { numbers, offset } = this.slot;
    for (let at = 0; at < SPARK_STEPS; at++) {
      const step = lastStep - SPARK_STEPS + 1 + at;
      if (step > this.#newest || step <= this.#newest - SPARK_STEPS) continue;
      const index = offset + indexOf(step);
      if (numbers[index + SPARK_STEPS] !== 0) means[at] = numbers[index] ?? Number.NaN;
    }
    return means;
  }

  /** Whether the ring has this step, from now on. A board's clock may be a step ahead. */
  #reach(step: number, nowMs: number): boolean {
    const last = stepOf(nowMs) + 1;
    if (this.#newest > last) this.clear(); // the hub's clock was ahead
    // An import may have what is older than all steps.
    if (step > last || step < last - SPARK_STEPS || step <= this.#newest - SPARK_STEPS) return false;
    if (step <= this.#newest) return true;
    const { numbers, offset } = this.slot;
    for (let each = Math.max(this.#newest + 1, step - SPARK_STEPS + 1); each <= step; each++) {
      const index = offset + indexOf(each);
      numbers[index] = 0;
      numbers[index + SPARK_STEPS] = 0;
    }
    this.#newest = step;
    return true;
  }
}
