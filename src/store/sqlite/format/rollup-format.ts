/** Encodes hours or days of one device, many in one compressed row, metric by metric. */

import { DAY_MS, HOUR_MS } from "../../../core/model/utc-day.ts";
import type { Rollup } from "../../../core/ports/history.ts";
import { ByteCursor } from "./byte-cursor.ts";
import { ByteWriter } from "./byte-writer.ts";
import { readColumn, type Values, writeColumn } from "./metric-column.ts";
import { decimalsOf, readNumbers, writeNumbers } from "./number-column.ts";
import { openBytes, readSections, sealBytes, writeSections } from "./sealed-bytes.ts";

/** The first byte of each. */
export const ROLLUP_VERSION = 1;

/** A row of level 1 holds hours, a row of level 2 days: few enough to add a day quickly, many enough to read a year from few rows. */
export const LEVELS = {
  hour: { level: 1, widthMs: HOUR_MS, slots: 8 * 24 },
  day: { level: 2, widthMs: DAY_MS, slots: 128 },
} as const;

export type Level = keyof typeof LEVELS;

export const blockMs = (level: Level): number => LEVELS[level].widthMs * LEVELS[level].slots;

/** By metric, then by index of the hour or day in the block. */
export type Block = Map<string, (Rollup | undefined)[]>;

export function encodeBlock(block: Block): Buffer {
  const out = new ByteWriter();
  writeSections(out, block, writeSlots);
  return sealBytes(ROLLUP_VERSION, out.written());
}

/** `metrics`: those to decode; undefined: all. Throws a SegmentError where the bytes are damaged. */
export function decodeBlock(bytes: Buffer, level: Level, metrics?: readonly string[]): Block {
  const from = new ByteCursor(openBytes(ROLLUP_VERSION, bytes));
  const block: Block = new Map();
  for (const [name, section] of readSections(from)) {
    if (metrics === undefined || metrics.includes(name)) block.set(name, readSlots(new ByteCursor(section), level));
  }
  return block;
}

function writeSlots(out: ByteWriter, slots: readonly (Rollup | undefined)[]): void {
  const slotIndexes: number[] = [];
  const there: Rollup[] = [];
  for (const [slot, rollup] of slots.entries()) {
    if (rollup === undefined) continue;
    slotIndexes.push(slot);
    there.push(rollup);
  }
  out.varint(there.length);
  writeNumbers(out, slotIndexes);
  writeColumn(
    out,
    optional(there, ({ texts }) => texts || undefined),
  );
  writeColumn(
    out,
    optional(there, ({ last }) => (typeof last === "string" ? last : undefined)),
  );
  writeNumbers(
    out,
    there.map(({ lastAtMs }) => lastAtMs),
  );
  writeNumbers(
    out,
    there.map(({ count }) => count),
  );
  // The minimum, maximum and last value of one hour, and the minimum of the next, are close: one column of small deltas.
  const near = there.flatMap(({ min, max, last }) => [min, max, typeof last === "string" ? max : last]);
  writeNumbers(out, near);
  writeNumbers(out, shortSums(there, decimalsOf(near)));
}

function readSlots(from: ByteCursor, level: Level): (Rollup | undefined)[] {
  const many = from.varint();
  const slotIndexes = readNumbers(from, many);
  const texts = readColumn(from, many);
  const lastTexts = readColumn(from, many);
  const lastAt = readNumbers(from, many);
  const counts = readNumbers(from, many);
  const near = readNumbers(from, many * 3);
  const sums = readNumbers(from, many);
  const slots: (Rollup | undefined)[] = new Array(LEVELS[level].slots).fill(undefined);
  for (let index = 0; index < many; index++) {
    const lastText = lastTexts[index];
    slots[slotIndexes[index] ?? 0] = {
      count: counts[index] ?? 0,
      sum: sums[index] ?? 0,
      min: near[index * 3] ?? 0,
      max: near[index * 3 + 1] ?? 0,
      texts: Number(texts[index] ?? 0),
      last: typeof lastText === "string" ? lastText : (near[index * 3 + 2] ?? 0),
      lastAtMs: lastAt[index] ?? 0,
    };
  }
  return slots;
}

const optional = (there: readonly Rollup[], pick: (rollup: Rollup) => Values[number]): Values => there.map(pick);

/** A sum may be rounded by less than what adding so many doubles may lose anyway. */
const SUM_TOLERANCE = 1e-11;

/** A sum of decimals has as many decimals. The rounding error of doubles behind them would cost eight bytes. */
function shortSums(there: readonly Rollup[], decimals: number | undefined): number[] {
  const sums = there.map(({ sum }) => sum);
  if (decimals === undefined) return sums;
  const power = 10 ** decimals;
  return there.map(({ sum, count, min, max }) => {
    const short = Math.round(sum * power) / power;
    const tolerance = SUM_TOLERANCE * count * Math.max(Math.abs(min), Math.abs(max));
    return Math.abs(short - sum) <= tolerance ? short : sum;
  });
}
