/** Encodes readings of one device as one compressed row, column by column, exactly. */
import type { MetricValue } from "../../../contract/readings.ts";
import { ByteCursor } from "./byte-cursor.ts";
import { ByteWriter } from "./byte-writer.ts";
import { readColumn, readNumericColumn, toList, type Values, writeColumn } from "./metric-column.ts";
import { readNumbers, writeNumbers } from "./number-column.ts";
import { openBytes, readSections, SegmentError, sealBytes, writeSections } from "./sealed-bytes.ts";

/** The first byte of each; readers refuse any other version and name it. */
export const SEGMENT_VERSION = 1;

/** In ascending (at, n). `undefined` in a metric's values: the reading does not have it. */
export interface Columns {
  /** Epoch ms. */
  readonly at: number[];
  readonly n: number[];
  /** Epoch ms; what `keptReceipt` says. */
  readonly receivedAt: number[];
  readonly metrics: Map<string, Values>;
}

/** A time of receipt this close to the instant is not stored. */
const RECEIPT_NEAR_MS = 5_000;

/**
 * The time of receipt to the second if it is more than 5 s from the instant, else the instant. To be called once for a row:
 * applied to its own result, it may lose precision.
 */
export const keptReceipt = (atMs: number, receivedAtMs: number): number =>
  Math.abs(receivedAtMs - atMs) > RECEIPT_NEAR_MS ? Math.floor(receivedAtMs / 1_000) * 1_000 : atMs;

export function encodeSegment({ at, n, receivedAt, metrics }: Columns): Buffer {
  const out = new ByteWriter();
  out.varint(at.length);
  writeNumbers(out, at);
  writeNumbers(out, n);
  writeColumn(
    out,
    receivedAt.map((received, index) => (received === at[index] ? undefined : Math.floor(received / 1_000))),
  );
  writeSections(out, metrics, writeColumn);
  return sealBytes(SEGMENT_VERSION, out.written());
}

/** An inflated segment. Its columns are decoded on demand. */
export class Segment {
  readonly count: number;
  readonly at: Float64Array;
  readonly n: Float64Array;
  readonly #receivedAt: Values;
  readonly #columns: ReadonlyMap<string, Buffer>;

  /** Throws a SegmentError with a text if the bytes are damaged or of an unknown version. */
  constructor(bytes: Buffer) {
    try {
      const from = new ByteCursor(openBytes(SEGMENT_VERSION, bytes));
      this.count = from.varint();
      this.at = readNumbers(from, this.count);
      this.n = readNumbers(from, this.count);
      this.#receivedAt = readColumn(from, this.count);
      this.#columns = readSections(from);
    } catch (cause) {
      throw cause instanceof SegmentError ? cause : new SegmentError(`damaged: ${(cause as Error).message}`);
    }
  }

  receivedAt(index: number): number {
    const seconds = this.#receivedAt[index];
    return typeof seconds === "number" ? seconds * 1_000 : (this.at[index] ?? 0);
  }

  names(): Iterable<string> {
    return this.#columns.keys();
  }

  has(name: string): boolean {
    return this.#columns.has(name);
  }

  values(name: string): Values {
    const bytes = this.#columns.get(name);
    return bytes === undefined ? new Array(this.count).fill(undefined) : readColumn(new ByteCursor(bytes), this.count);
  }

  /** Booleans as 0 and 1; NaN where there is no number. Undefined: no reading has one. */
  numbers(name: string): Float64Array | undefined {
    const bytes = this.#columns.get(name);
    return bytes === undefined ? undefined : readNumericColumn(new ByteCursor(bytes), this.count);
  }

  columns(): Columns {
    return {
      at: toList(this.at),
      n: toList(this.n),
      receivedAt: Array.from({ length: this.count }, (_, index) => this.receivedAt(index)),
      metrics: new Map([...this.names()].map((name) => [name, this.values(name)])),
    };
  }
}

/** The metrics of the reading at `index`, in the order of the columns. */
export function metricsAt(columns: ReadonlyMap<string, Values>, index: number): { [metric: string]: MetricValue } {
  // Metric names begin with a letter, so none of them is a special property of objects.
  const metrics: { [metric: string]: MetricValue } = {};
  columns.forEach((values, name) => {
    const value = values[index];
    if (value !== undefined) metrics[name] = value;
  });
  return metrics;
}
