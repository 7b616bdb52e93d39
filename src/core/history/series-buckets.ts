/** Aggregates the numbers of one metric in buckets of one width. */
import type { SeriesColumns } from "../../contract/rest.ts";
import type { Rollup } from "../ports/history.ts";
import { meanOf } from "./rollup.ts";

export class SeriesBuckets {
  readonly #widthMs: number;
  readonly #first: number;
  readonly #count: Float64Array;
  readonly #sum: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;

  /** All buckets that [fromMs, toMs) touches. They begin at whole multiples of `widthMs`. */
  constructor(fromMs: number, toMs: number, widthMs: number) {
    this.#widthMs = widthMs;
    this.#first = Math.floor(fromMs / widthMs);
    const many = Math.max(0, Math.floor((toMs - 1) / widthMs) - this.#first + 1);
    this.#count = new Float64Array(many);
    this.#sum = new Float64Array(many);
    this.#min = new Float64Array(many).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(many).fill(Number.NEGATIVE_INFINITY);
  }

  add(atMs: number, value: number): void {
    this.#put(Math.floor(atMs / this.#widthMs) - this.#first, 1, value, value, value);
  }

  /** A rollup that begins before the range is added to the first bucket. */
  merge(startMs: number, { count, sum, min, max }: Rollup): void {
    if (count > 0) this.#put(Math.max(0, Math.floor(startMs / this.#widthMs) - this.#first), count, sum, min, max);
  }

  columns(): SeriesColumns {
    const columns: SeriesColumns = { t: [], mean: [], min: [], max: [], count: [] };
    for (let index = 0; index < this.#count.length; index++) {
      const bucket = {
        count: this.#count[index] ?? 0,
        sum: this.#sum[index] ?? 0,
        min: this.#min[index] ?? 0,
        max: this.#max[index] ?? 0,
      };
      if (bucket.count === 0) continue;
      columns.t.push((this.#first + index) * this.#widthMs);
      // Rounding must not put a mean outside its extremes.
      columns.mean.push(Math.min(bucket.max, Math.max(bucket.min, meanOf(bucket))));
      columns.min.push(bucket.min);
      columns.max.push(bucket.max);
      columns.count.push(bucket.count);
    }
    return columns;
  }

  #put(index: number, count: number, sum: number, min: number, max: number): void {
    if (index < 0 || index >= this.#count.length) return;
    this.#count[index] = (this.#count[index] ?? 0) + count;
    this.#sum[index] = (this.#sum[index] ?? 0) + sum;
    if (min < (this.#min[index] ?? 0)) this.#min[index] = min;
    if (max > (this.#max[index] ?? 0)) this.#max[index] = max;
  }
}
