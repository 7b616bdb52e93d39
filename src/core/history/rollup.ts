/** The arithmetic of hours and days: count, sum, minimum, maximum, last value. */
import type { MetricValue } from "../../contract/readings.ts";
import type { Rollup } from "../ports/history.ts";

/** Aggregates the values of one metric. They must be added in the order of (instant, n): the later of two equal instants is the last. */
export class Aggregate {
  count = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  texts = 0;
  last: number | string = 0;
  lastAtMs = Number.NEGATIVE_INFINITY;
  #sum = 0;
  /** The rounding error of the sum (Neumaier 1974). */
  #lost = 0;

  get sum(): number {
    return this.#sum + this.#lost;
  }

  add(value: MetricValue, atMs: number): void {
    if (typeof value === "string") {
      this.texts++;
      if (atMs >= this.lastAtMs) {
        this.last = value;
        this.lastAtMs = atMs;
      }
    } else this.addNumber(Number(value), atMs);
  }

  addNumber(value: number, atMs: number): void {
    this.count++;
    this.#addToSum(value);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (atMs >= this.lastAtMs) {
      this.last = value;
      this.lastAtMs = atMs;
    }
  }

  merge(rollup: Rollup): void {
    if (rollup.count > 0) {
      this.count += rollup.count;
      this.#addToSum(rollup.sum);
      this.min = Math.min(this.min, rollup.min);
      this.max = Math.max(this.max, rollup.max);
    }
    this.texts += rollup.texts;
    if (rollup.lastAtMs >= this.lastAtMs) {
      this.last = rollup.last;
      this.lastAtMs = rollup.lastAtMs;
    }
  }

  rollup(): Rollup {
    const { count, sum, texts, last, lastAtMs } = this;
    return count === 0
      ? { count, sum: 0, min: 0, max: 0, texts, last, lastAtMs }
      : { count, sum, min: this.min, max: this.max, texts, last, lastAtMs };
  }

  #addToSum(value: number): void {
    const sum = this.#sum + value;
    const lost = Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
    // Beyond the greatest double there is nothing to correct.
    this.#lost = Number.isFinite(lost) ? this.#lost + lost : 0;
  }
}

/** If the sum is beyond the greatest double, the middle between the extremes. */
export function meanOf({ count, sum, min, max }: Pick<Rollup, "count" | "sum" | "min" | "max">): number {
  return Number.isFinite(sum) ? sum / count : min / 2 + max / 2;
}
