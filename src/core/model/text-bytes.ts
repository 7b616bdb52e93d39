/** Gathers text as UTF-8, with few allocations: millions of numbers go through here. */

const ZERO = 48;
const MINUS = 45;
const DOT = 46;
const POWERS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;
const MAX_SMALL = 0x7fff_ffff;

const encoder = new TextEncoder();

export class TextBytes {
  #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;

  constructor(capacityBytes: number) {
    this.#bytes = new Uint8Array(capacityBytes);
  }

  get length(): number {
    return this.#at;
  }

  /** What was gathered; the block is the caller's. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Takes back what came after this length. */
  cutTo(length: number): void {
    this.#at = length;
  }

  bytes(bytes: Uint8Array): void {
    this.#ensureSpace(bytes.length);
    const into = this.#bytes;
    let at = this.#at;
    // A call of `set` costs more than a short loop.
    for (let index = 0; index < bytes.length; index++) into[at++] = bytes[index] ?? 0;
    this.#at = at;
  }

  text(text: string): void {
    this.#ensureSpace(text.length * 3);
    this.#at += encoder.encodeInto(text, this.#bytes.subarray(this.#at)).written;
  }

  byte(code: number): void {
    this.#ensureSpace(1);
    this.#bytes[this.#at++] = code;
  }

  /** As `String` has it, but −0 as 0. */
  number(value: number): void {
    const size = Math.abs(value);
    if (size <= MAX_SMALL) {
      // The fewest decimals that give the number back are those that `String` writes: below 16 digits no others do.
      for (let decimals = 0; decimals < POWERS.length; decimals++) {
        const power = POWERS[decimals] ?? 1;
        const scaled = Math.round(size * power);
        if (scaled > MAX_SMALL) break;
        if (scaled / power === size) return this.#decimal(value < 0, scaled, decimals, power);
      }
    }
    this.text(String(value));
  }

  #decimal(isNegative: boolean, scaled: number, decimals: number, power: number): void {
    this.#ensureSpace(24);
    if (isNegative) this.#bytes[this.#at++] = MINUS;
    const whole = (scaled / power) | 0;
    this.digits(whole, whole < 10 ? 1 : whole < 100 ? 2 : whole < 1_000 ? 3 : digitsOf(whole));
    if (decimals === 0) return;
    this.#bytes[this.#at++] = DOT;
    this.digits(scaled - whole * power, decimals);
  }

  /** A whole number from 0 to 2³¹−1 in so many digits. */
  digits(value: number, count: number): void {
    this.#ensureSpace(count);
    const into = this.#bytes;
    let rest = value | 0;
    for (let at = this.#at + count - 1; at >= this.#at; at--) {
      const upper = (rest / 10) | 0;
      into[at] = ZERO + rest - upper * 10;
      rest = upper;
    }
    this.#at += count;
  }

  #ensureSpace(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + bytes));
    larger.set(this.written());
    this.#bytes = larger;
  }
}

function digitsOf(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) count++;
  return count;
}
