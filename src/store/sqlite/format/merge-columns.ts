/** Merges rows into columns, in the order of (instant, n), and cuts columns into parts. */
import type { MetricValue } from "../../../contract/readings.ts";
import type { ReadingPosition } from "../../../core/ports/history.ts";
import type { Values } from "./metric-column.ts";
import { type Columns, keptReceipt } from "./segment-format.ts";

export interface SealRow extends ReadingPosition {
  readonly receivedAtMs: number;
  readonly metrics: { readonly [metric: string]: MetricValue };
}

export function mergeRows(before: Columns | undefined, rows: readonly SealRow[]): Columns {
  const at = [...(before?.at ?? []), ...rows.map(({ atMs }) => atMs)];
  const n = [...(before?.n ?? []), ...rows.map((row) => row.n)];
  const receivedAt = [...(before?.receivedAt ?? []), ...rows.map((row) => keptReceipt(row.atMs, row.receivedAtMs))];
  const metrics = new Map<string, Values>();
  const first = before?.at.length ?? 0;
  for (const [name, values] of before?.metrics ?? []) {
    metrics.set(name, values.concat(new Array(rows.length).fill(undefined)));
  }
  for (const [index, row] of rows.entries()) {
    for (const [name, value] of Object.entries(row.metrics)) {
      let values = metrics.get(name);
      if (values === undefined) {
        values = new Array(at.length).fill(undefined);
        metrics.set(name, values);
      }
      values[first + index] = value;
    }
  }
  return inOrder({ at, n, receivedAt, metrics });
}

/** Unchanged if they are in order already, which is nearly always so. */
function inOrder(columns: Columns): Columns {
  const { at, n, receivedAt, metrics } = columns;
  const compare = (a: number, b: number): number => (at[a] ?? 0) - (at[b] ?? 0) || (n[a] ?? 0) - (n[b] ?? 0);
  let sorted = true;
  for (let index = 1; sorted && index < at.length; index++) sorted = compare(index - 1, index) < 0;
  if (sorted) return columns;
  const order = at.map((_, index) => index).sort(compare);
  const pick = <T>(values: readonly T[]): T[] => order.map((index) => values[index] as T);
  return {
    at: pick(at),
    n: pick(n),
    receivedAt: pick(receivedAt),
    metrics: new Map([...metrics].map(([name, values]) => [name, pick(values)])),
  };
}

/** Parts of about equal length: at least `least` readings and less than twice that, if there are so many. A part has only the metrics that occur in it. */
export function cut(columns: Columns, least: number): Columns[] {
  const { length } = columns.at;
  const many = Math.max(1, Math.floor(length / least));
  const parts: Columns[] = [];
  for (let part = 0; part < many; part++) {
    parts.push(slice(columns, Math.floor((length * part) / many), Math.floor((length * (part + 1)) / many)));
  }
  return parts;
}

function slice({ at, n, receivedAt, metrics }: Columns, from: number, to: number): Columns {
  const some = [...metrics]
    .map(([name, values]): [string, Values] => [name, values.slice(from, to)])
    .filter(([, values]) => values.some((value) => value !== undefined));
  return {
    at: at.slice(from, to),
    n: n.slice(from, to),
    receivedAt: receivedAt.slice(from, to),
    metrics: new Map(some),
  };
}

/** Removes the readings of the range, or only the given metrics of them. */
export function filterColumns(
  columns: Columns,
  { fromMs, toMs, metrics }: { fromMs: number; toMs: number; metrics: readonly string[] | undefined },
): Columns {
  const isIn = columns.at.map((at) => at >= fromMs && at < toMs);
  const cleared = [...columns.metrics].map(([name, values]): [string, Values] => [
    name,
    metrics === undefined || metrics.includes(name)
      ? values.map((value, index) => (isIn[index] ? undefined : value))
      : values,
  ]);
  const keeps = columns.at.map((_, index) => cleared.some(([, values]) => values[index] !== undefined));
  const pick = <T>(values: readonly T[]): T[] => values.filter((_, index) => keeps[index]);
  return {
    at: pick(columns.at),
    n: pick(columns.n),
    receivedAt: pick(columns.receivedAt),
    metrics: new Map(
      cleared
        .map(([name, values]): [string, Values] => [name, pick(values)])
        .filter(([, values]) => values.some((value) => value !== undefined)),
    ),
  };
}
