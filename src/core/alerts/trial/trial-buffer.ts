/** Gathers stored readings for a trial, which wants them in the order in which they came: stored are they by their instants. */
import type { MetricValue } from "../../../contract/readings.ts";
import type { DeviceTrial } from "./device-trial.ts";

export interface TrialBuffer {
  readonly count: number;
  /** Values in the order of `trialMetrics`; NaN or undefined: it does not have it. */
  push(atMs: number, receivedAtMs: number): void;
  /** Of the reading that was pushed last. */
  set(metric: number, value: MetricValue): void;
  /** `count` values of a metric, from `first` on, of the readings that were pushed last: from `from` on. */
  setAll(metric: number, from: number, values: ArrayLike<MetricValue | undefined>, first: number, count: number): void;
  /** Passes on what came before that time; the rest came later than what is stored behind it. */
  passOn(trial: DeviceTrial, untilMs: number): void;
}

const FIRST_SIZE = 8_192;
/** A board may bring weeks at once. */
const MOST_KEPT = 500_000;

type Column = Float64Array | (MetricValue | undefined)[];

/** `isText`: values may be texts. */
export function createTrialBuffer(metrics: number, isText: boolean): TrialBuffer {
  let size = FIRST_SIZE;
  let at = new Float64Array(size);
  let received = new Float64Array(size);
  let values: Column[] = Array.from({ length: metrics }, () => newColumn(undefined));
  let count = 0;

  function newColumn(before: Column | undefined): Column {
    if (isText) return before === undefined ? new Array<MetricValue | undefined>(size) : before;
    const column = new Float64Array(size).fill(Number.NaN);
    if (before instanceof Float64Array) column.set(before);
    return column;
  }

  function grow(): void {
    size *= 2;
    const [formerAt, formerReceived] = [at, received];
    at = new Float64Array(size);
    at.set(formerAt);
    received = new Float64Array(size);
    received.set(formerReceived);
    values = values.map(newColumn);
  }

  function push(atMs: number, receivedAtMs: number): void {
    if (count === size) grow();
    at[count] = atMs;
    received[count] = receivedAtMs;
    for (const column of values) clear(column, count);
    count++;
  }

  function setAt(metric: number, index: number, value: MetricValue): void {
    const column = values[metric];
    if (column instanceof Float64Array) {
      if (typeof value !== "string") column[index] = Number(value);
    } else if (column !== undefined) column[index] = value;
  }

  function passOn(trial: DeviceTrial, untilMs: number): void {
    const columns = { at, received, values };
    if (isInOrder(untilMs)) {
      trial.take({ ...columns, count });
      count = 0;
      return;
    }
    const order = Array.from({ length: count }, (_, index) => index).sort(
      (a, b) => (received[a] ?? 0) - (received[b] ?? 0) || a - b,
    );
    const from = order.findIndex((index) => (received[index] ?? 0) >= untilMs);
    const ready = from < 0 || count - from > MOST_KEPT ? order : order.slice(0, from);
    trial.take({ ...columns, count: ready.length }, ready);
    keep(order.slice(ready.length).sort((a, b) => a - b));
  }

  function isInOrder(untilMs: number): boolean {
    for (let index = 1; index < count; index++) if ((received[index] ?? 0) < (received[index - 1] ?? 0)) return false;
    return count === 0 || (received[count - 1] ?? 0) < untilMs;
  }

  /** `indices` ascend, so that none is overwritten before it is moved. */
  function keep(indices: readonly number[]): void {
    for (const [to, from] of indices.entries()) {
      at[to] = at[from] ?? 0;
      received[to] = received[from] ?? 0;
      for (const column of values) move(column, from, to);
    }
    count = indices.length;
  }

  return {
    get count() {
      return count;
    },
    push,
    set: (metric, value) => setAt(metric, count - 1, value),
    setAll: (metric, from, found, first, length) => {
      const column = values[metric];
      if (column instanceof Float64Array && found instanceof Float64Array) {
        column.set(found.subarray(first, first + length), from);
        return;
      }
      for (let index = 0; index < length; index++) {
        const value = found[first + index];
        if (value !== undefined) setAt(metric, from + index, value);
      }
    },
    passOn,
  };
}

function clear(column: Column, index: number): void {
  if (column instanceof Float64Array) column[index] = Number.NaN;
  else column[index] = undefined;
}

function move(column: Column, from: number, to: number): void {
  if (column instanceof Float64Array) column[to] = column[from] ?? Number.NaN;
  else column[to] = column[from];
}
