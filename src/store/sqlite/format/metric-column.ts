/** Encodes the values of one metric as bytes, exactly, of any type, with missing ones. */
import type { MetricValue } from "../../../contract/readings.ts";
import { fromColumn, toColumn } from "../../../core/model/text-column.ts";
import type { ByteCursor } from "./byte-cursor.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { readNumbers, writeNumbers } from "./number-column.ts";

export type Values = (MetricValue | undefined)[];

/** Present in every reading, in none, or in those of a bitmap. */
const ALL = 0;
const NONE = 1;
const SOME = 2;

const NUMBERS = 0;
const BOOLEANS = 1;
const TEXTS = 2;
/** One byte per value with its kind; then the numbers, the booleans and the texts. */
const MIXED = 3;

const kindOf = (value: MetricValue): number =>
  typeof value === "number" ? NUMBERS : typeof value === "boolean" ? BOOLEANS : TEXTS;

export function writeColumn(out: ByteWriter, values: Values): void {
  const isWhole = !values.includes(undefined);
  const there = isWhole ? (values as MetricValue[]) : values.filter((value) => value !== undefined);
  if (there.length === 0) return out.byte(NONE);
  if (there.length === values.length) out.byte(ALL);
  else {
    out.byte(SOME);
    writeBits(out, values, (value) => value !== undefined);
  }
  const kind = kindOf(there[0] ?? 0);
  if (there.every((value) => kindOf(value) === kind)) {
    out.byte(kind);
    writeKind(out, kind, there);
    return;
  }
  out.byte(MIXED);
  for (const value of there) out.byte(kindOf(value));
  for (const each of [NUMBERS, BOOLEANS, TEXTS]) {
    const some = there.filter((value) => kindOf(value) === each);
    if (some.length > 0) writeKind(out, each, some);
  }
}

function writeKind(out: ByteWriter, kind: number, values: readonly MetricValue[]): void {
  if (kind === NUMBERS) writeNumbers(out, values as number[]);
  else if (kind === BOOLEANS) writeBits(out, values, (value) => value === true);
  else writeTexts(out, values as string[]);
}

export function readColumn(from: ByteCursor, count: number): Values {
  const presence = readPresence(from, count);
  if (presence === "none") return new Array(count).fill(undefined);
  const there = readThere(from, presence === "all" ? count : presence.many);
  if (presence === "all") return there;
  const values: Values = new Array(count).fill(undefined);
  let position = 0;
  for (let index = 0; index < count; index++) if (hasBit(presence.bits, index)) values[index] = there[position++];
  return values;
}

/** Booleans as 0 and 1; NaN for a missing value or text. Much faster than `readColumn` if all are numbers. */
export function readNumericColumn(from: ByteCursor, count: number): Float64Array {
  const presence = readPresence(from, count);
  if (presence === "none") return new Float64Array(count).fill(Number.NaN);
  const numbers = readNumericThere(from, presence === "all" ? count : presence.many);
  if (presence === "all") return numbers;
  const values = new Float64Array(count).fill(Number.NaN);
  let position = 0;
  for (let index = 0; index < count; index++) {
    if (hasBit(presence.bits, index)) values[index] = numbers[position++] ?? Number.NaN;
  }
  return values;
}

function readThere(from: ByteCursor, many: number): Values {
  const kind = from.byte();
  return kind === MIXED ? readMixed(from, many) : readKind(from, kind, many);
}

function readKind(from: ByteCursor, kind: number, many: number): Values {
  if (kind === NUMBERS) return toList(readNumbers(from, many));
  if (kind === TEXTS) return readTexts(from, many);
  if (kind !== BOOLEANS) throw new Error(`a column of unknown kind ${kind}`);
  const bits = from.bytes(Math.ceil(many / 8));
  const values: Values = new Array(many);
  for (let index = 0; index < many; index++) values[index] = hasBit(bits, index);
  return values;
}

function readNumericThere(from: ByteCursor, many: number): Float64Array {
  const kind = from.byte();
  if (kind === NUMBERS) return readNumbers(from, many);
  if (kind === TEXTS) return new Float64Array(many).fill(Number.NaN);
  if (kind === BOOLEANS) {
    const bits = from.bytes(Math.ceil(many / 8));
    return Float64Array.from({ length: many }, (_, index) => Number(hasBit(bits, index)));
  }
  const values = readMixed(from, many);
  return Float64Array.from(values, (value) => (typeof value === "string" ? Number.NaN : Number(value)));
}

function readMixed(from: ByteCursor, many: number): Values {
  const kinds = from.bytes(many);
  const lists = [NUMBERS, BOOLEANS, TEXTS].map((each) => {
    const some = kinds.reduce((sum, one) => sum + (one === each ? 1 : 0), 0);
    return some === 0 ? [] : readKind(from, each, some);
  });
  const positions = [0, 0, 0];
  return [...kinds].map((each) => {
    const position = positions[each] ?? 0;
    positions[each] = position + 1;
    return lists[each]?.[position];
  });
}

type Presence = "all" | "none" | { readonly bits: Buffer; readonly many: number };

function readPresence(from: ByteCursor, count: number): Presence {
  const presence = from.byte();
  if (presence === ALL) return "all";
  if (presence === NONE) return "none";
  const bits = from.bytes(Math.ceil(count / 8));
  let many = 0;
  for (let index = 0; index < count; index++) if (hasBit(bits, index)) many++;
  return { bits, many };
}

/** Spreading an array of doubles takes ten times as long. */
export function toList(numbers: Float64Array): number[] {
  const list: number[] = new Array(numbers.length);
  for (let index = 0; index < numbers.length; index++) list[index] = numbers[index] ?? 0;
  return list;
}

/** Each text once, then the index of each value's text. */
function writeTexts(out: ByteWriter, texts: readonly string[]): void {
  const positions = new Map<string, number>();
  for (const text of texts) if (!positions.has(text)) positions.set(text, positions.size);
  out.varint(positions.size);
  for (const text of positions.keys()) out.text(toColumn(text));
  writeNumbers(
    out,
    texts.map((text) => positions.get(text) ?? 0),
  );
}

function readTexts(from: ByteCursor, many: number): Values {
  const texts = Array.from({ length: from.varint() }, () => fromColumn(from.text()));
  return toList(readNumbers(from, many)).map((position) => texts[position]);
}

function writeBits<T>(out: ByteWriter, values: readonly T[], isSet: (value: T) => boolean): void {
  const bits = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries()) {
    if (isSet(value)) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  }
  out.bytes(bits);
}

const hasBit = (bits: Buffer, index: number): boolean => ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
