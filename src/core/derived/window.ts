/** The numbers of one metric over a time, for averages: at most the newest thousand. */
import { MAX_AVERAGED } from "./terms.ts";

/** Numbers that all windows of the hub may hold: 16 bytes each. */
export interface WindowBudget {
  left: number;
}

/** What is out of a window is removed when so many are. */
const CLEARED_AT_ONCE = 256;

export class Window {
  readonly #overMs: number;
  readonly #budget: WindowBudget;
  #ats: number[] = [];
  #values: number[] = [];
  /** Those before it are out of the window. */
  #first = 0;
  /** Some did not fit into the budget. */
  isIncomplete = false;

  constructor(overMs: number, budget: WindowBudget) {
    this.#overMs = overMs;
    this.#budget = budget;
  }

  get firstMs(): number | undefined {
    return this.#ats[this.#first];
  }

  /** `atMs`: not before the last one. */
  push(atMs: number, value: number): void {
    if (this.#budget.left <= 0) {
      this.isIncomplete = true;
      return;
    }
    this.#budget.left--;
    this.#ats.push(atMs);
    this.#values.push(value);
    this.#drop(atMs);
  }

  /** The last of this instant and value was not stored. */
  remove(atMs: number, value: number): void {
    for (let index = this.#ats.length - 1; index >= this.#first && this.#ats[index] === atMs; index--) {
      if (this.#values[index] !== value) continue;
      this.#ats.splice(index, 1);
      this.#values.splice(index, 1);
      this.#budget.left++;
      return;
    }
  }

  /** Numbers from before those that it has, in their order. Those that are not before them are left out. */
  precede(before: readonly number[], numbers: readonly number[]): void {
    const firstMs = this.firstMs ?? Number.POSITIVE_INFINITY;
    const count = before.findIndex((atMs) => atMs >= firstMs);
    const ats = count < 0 ? before : before.slice(0, count);
    const values = count < 0 ? numbers : numbers.slice(0, count);
    const fitting = Math.min(ats.length, Math.max(0, this.#budget.left));
    this.#budget.left -= fitting;
    this.isIncomplete ||= fitting < ats.length;
    this.#ats = [...ats.slice(ats.length - fitting), ...this.#ats.slice(this.#first)];
    this.#values = [...values.slice(values.length - fitting), ...this.#values.slice(this.#first)];
    this.#first = 0;
  }

  /** Over the time that ends at `atMs`, with what comes then; undefined: there is nothing in it. */
  mean(atMs: number, overMs: number, present: number | undefined): number | undefined {
    const [ats, values] = [this.#ats, this.#values];
    const most = present === undefined ? MAX_AVERAGED : MAX_AVERAGED - 1;
    const from = Math.max(firstBehind(ats, this.#first, atMs - overMs), ats.length - most);
    let sum = 0;
    for (let index = from; index < ats.length; index++) sum += values[index] ?? 0;
    const count = ats.length - from + (present === undefined ? 0 : 1);
    return count === 0 ? undefined : (sum + (present ?? 0)) / count;
  }

  saved(): { readonly ats: number[]; readonly values: number[] } {
    return { ats: this.#ats.slice(this.#first), values: this.#values.slice(this.#first) };
  }

  /** It is no longer used. */
  release(): void {
    this.#budget.left += this.#ats.length;
    this.#ats = [];
    this.#values = [];
    this.#first = 0;
  }

  #drop(nowMs: number): void {
    const ats = this.#ats;
    while (ats.length - this.#first > MAX_AVERAGED || (ats[this.#first] ?? nowMs) <= nowMs - this.#overMs)
      this.#first++;
    if (this.#first < CLEARED_AT_ONCE) return;
    this.#budget.left += this.#first;
    this.#ats = ats.slice(this.#first);
    this.#values = this.#values.slice(this.#first);
    this.#first = 0;
  }
}

/** Index of the first instant that is later than `ms`. */
function firstBehind(sorted: readonly number[], from: number, ms: number): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
