/** Reads what a ByteWriter wrote. Throws if the bytes end too early. */

export class ByteCursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw endsEarly();
    this.#at += 1;
    return value;
  }

  varint(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw endsEarly();
      value |= (byte & 127) << shift;
      if (byte < 128) {
        this.#at = at;
        return value;
      }
    }
    let factor = 2 ** 28;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || factor > 2 ** 53) throw endsEarly();
      value += (byte & 127) * factor;
      if (byte < 128) {
        this.#at = at;
        return value;
      }
      factor *= 128;
    }
  }

  double(): number {
    return this.bytes(8).readDoubleLE(0);
  }

  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw endsEarly();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  text(): string {
    return this.bytes(this.varint()).toString("utf8");
  }
}

const endsEarly = (): Error => new Error("the bytes end too early");
