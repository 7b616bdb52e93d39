/** Cuts a stream of bytes into packets, and holds no more bytes than is allowed. [MQTT-2.2] */

/**
 * Whether a client's packet can begin so: a client that speaks HTTP or TLS is refused at once, not when the length that its
 * bytes happen to announce has come. [MQTT-2.2.2-2]
 */
export function isFirstByte(first: number): boolean {
  const flags = first & 15;
  switch (first >> 4) {
    case 1: // CONNECT
    case 4: // the acknowledgements, PINGREQ, DISCONNECT, AUTH
    case 5:
    case 7:
    case 12:
    case 14:
    case 15:
      return flags === 0;
    case 3: // PUBLISH
      return (flags & 6) !== 6;
    case 6: // PUBREL, SUBSCRIBE, UNSUBSCRIBE; MQTT 3.1 has DUP there too
    case 8:
    case 10:
      return (flags & 7) === 2;
    default:
      return false;
  }
}

/** First letters of HTTP's methods. No first packet of MQTT begins with them. */
const HTTP_LETTERS = new Set([..."CDGHOPT"].map((letter) => letter.charCodeAt(0)));
const TLS_HANDSHAKE = 0x16;
/** The second byte of TLS, its version, would be read as the length. */
const TLS_LENGTH = 3;

/** What speaks where a CONNECT should come, in words; undefined: MQTT, or nothing that is known. */
export function foreignProtocol(first: number, lengthBytes = TLS_LENGTH): string | undefined {
  if (HTTP_LETTERS.has(first)) return "it speaks HTTP, which has a port of its own (AERIE_HTTP_PORT)";
  if (first !== TLS_HANDSHAKE || lengthBytes !== TLS_LENGTH) return undefined;
  return "it speaks TLS where MQTT is spoken without; MQTT over TLS has a port of its own (AERIE_MQTTS_PORT)";
}

export type Frame =
  /** A whole packet lies in `bytes` from `from` to `to`. */
  | "packet"
  /** More bytes have to come; `first` is set where some are there, else 0. */
  | "more"
  /** It announces more bytes than are allowed; `announced` says how many. */
  | "too large"
  /** Its length takes more than four bytes. */
  | "malformed";

/** After so many small chunks their bytes are joined. */
const MAX_CHUNKS = 64;

/**
 * `push` bytes, then `next` until it answers "more". A packet that `next` found is found again until `take`, so that
 * a reader that cannot take it yet can come back.
 */
export class Framer {
  bytes: Buffer = EMPTY;
  /** First byte of the fixed header. */
  first = 0;
  /** Where the packet's rest lies in `bytes`. */
  from = 0;
  to = 0;
  announced = 0;
  #at = 0;
  /** Further chunks of a packet that is not complete yet, after `bytes`. */
  #chunks: Buffer[] = [];
  #chunksBytes = 0;
  /** Bytes of the packet at `#at`, as far as known, that must be there before it can be read. */
  #need = 0;

  push(chunk: Buffer): void {
    if (this.#at === this.bytes.length && this.#chunks.length === 0) {
      this.bytes = chunk;
      this.#at = 0;
      return;
    }
    this.#chunks.push(chunk);
    this.#chunksBytes += chunk.length;
    if (this.#waitingBytes() >= this.#need || this.#chunks.length >= MAX_CHUNKS) this.#join();
  }

  next(maxBytes: number): Frame {
    if (this.#chunks.length > 0 && this.#waitingBytes() >= this.#need) this.#join();
    const { bytes } = this;
    const start = this.#at;
    const length = bytes.length;
    if (start >= length) return this.#rest();
    let at = start + 1;
    let remaining = 0;
    let factor = 1;
    for (;;) {
      if (at >= length) return this.#wait(at - start + 1);
      const byte = bytes[at++] ?? 0;
      remaining += (byte & 127) * factor;
      if ((byte & 128) === 0) break;
      factor *= 128;
      if (factor === 128 ** 4) return "malformed";
    }
    if (remaining > maxBytes) {
      this.announced = remaining;
      return "too large";
    }
    if (at + remaining > length) return this.#wait(at - start + remaining);
    this.first = bytes[start] ?? 0;
    this.from = at;
    this.to = at + remaining;
    return "packet";
  }

  /** The packet that `next` found is done with. */
  take(): void {
    this.#at = this.to;
    this.#need = 0;
  }

  /** Bytes of the packet that is not complete yet, as far as its header is there; 0: none has begun. */
  get needBytes(): number {
    return this.#need;
  }

  clear(): void {
    this.#chunks = [];
    this.#chunksBytes = 0;
    this.#rest();
  }

  #waitingBytes(): number {
    return this.bytes.length - this.#at + this.#chunksBytes;
  }

  /** All is taken: nothing holds on to the bytes. */
  #rest(): Frame {
    this.bytes = EMPTY;
    this.#at = 0;
    this.#need = 0;
    this.first = 0;
    return "more";
  }

  #wait(need: number): Frame {
    this.#need = need;
    this.first = this.bytes[this.#at] ?? 0;
    return "more";
  }

  #join(): void {
    this.bytes = Buffer.concat([this.bytes.subarray(this.#at), ...this.#chunks]);
    this.#at = 0;
    this.#chunks = [];
    this.#chunksBytes = 0;
  }
}

const EMPTY = Buffer.alloc(0);
