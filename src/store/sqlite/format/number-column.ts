/**
 * Encodes a column of doubles as bytes, exactly: one value for all, decimals as deltas of whole numbers, or unchanged. −0 becomes 0.
 * The bytes are compressed later.
 */
import type { ByteCursor } from "./byte-cursor.ts";
import type { ByteWriter } from "./byte-writer.ts";

const CONSTANT = 0;
const AS_THEY_ARE = 1;
/** The mode is this plus the number of decimals. */
const SCALED = 16;

const MOST_DECIMALS = 12;
/** Scaled values stay below this, so that a double holds twice their deltas exactly. */
const SCALED_LIMIT = 2 ** 51;
const POWERS = Array.from({ length: MOST_DECIMALS + 1 }, (_, decimals) => 10 ** decimals);

export function writeNumbers(out: ByteWriter, values: ArrayLike<number>): void {
  const first = values[0] ?? 0;
  if (isConstant(values, first)) {
    out.byte(CONSTANT);
    out.double(first + 0);
    return;
  }
  const decimals = decimalsOf(values);
  if (decimals === undefined) {
    out.byte(AS_THEY_ARE);
    for (let index = 0; index < values.length; index++) out.double((values[index] ?? 0) + 0);
    return;
  }
  out.byte(SCALED + decimals);
  const power = POWERS[decimals] ?? 1;
  let former = 0;
  for (let index = 0; index < values.length; index++) {
    const scaled = Math.round((values[index] ?? 0) * power);
    const delta = scaled - former;
    out.varint(delta < 0 ? -2 * delta - 1 : 2 * delta);
    former = scaled;
  }
}

export function readNumbers(from: ByteCursor, count: number): Float64Array {
  const values = new Float64Array(count);
  const mode = from.byte();
  if (mode === CONSTANT) return values.fill(from.double());
  if (mode === AS_THEY_ARE) {
    for (let index = 0; index < count; index++) values[index] = from.double();
    return values;
  }
  const power = POWERS[mode - SCALED];
  if (power === undefined) throw new Error(`a column of unknown format ${mode}`);
  let scaled = 0;
  for (let index = 0; index < count; index++) {
    const delta = from.varint();
    // zigzag: odd ones are negative
    scaled += delta % 2 === 0 ? delta / 2 : -(delta + 1) / 2;
    values[index] = scaled / power;
  }
  return values;
}

function isConstant(values: ArrayLike<number>, first: number): boolean {
  for (let index = 1; index < values.length; index++) if (values[index] !== first) return false;
  return true;
}

/** The smallest number of decimals with which scaling every value is exact; undefined: there is none. */
export function decimalsOf(values: ArrayLike<number>): number | undefined {
  let decimals = 0;
  let power = 1;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    while (!isExact(value, power)) {
      const next = POWERS[++decimals];
      if (next === undefined) return undefined;
      power = next;
    }
  }
  if (decimals === 0) return 0;
  // With more decimals, an earlier value may exceed what a double scales exactly.
  for (let index = 0; index < values.length; index++) if (!isExact(values[index] ?? 0, power)) return undefined;
  return decimals;
}

function isExact(value: number, power: number): boolean {
  const scaled = Math.round(value * power);
  return scaled < SCALED_LIMIT && scaled > -SCALED_LIMIT && scaled / power === value;
}
