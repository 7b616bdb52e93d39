/** The port between a connection and the reader of its packets. Types only. */

export interface PacketReader {
  /** The largest packet that may be announced at the moment. */
  maxBytes(): number;
  /** False: a packet that begins with this byte cannot be one of this client, and its rest need not be awaited. */
  mayBegin(first: number): boolean;
  /** One packet: bytes[from, to) behind the fixed header. False: not now; it is offered again after `resume`. */
  packet(first: number, bytes: Buffer, from: number, to: number): boolean;
  /** The bytes, of which `first` is the first, are not a packet that may come; the reader is to end the connection. */
  unreadable(why: "too large" | "malformed", announcedBytes: number, first: number): void;
  /** `packet` threw, which is a fault of the hub. */
  failed(cause: unknown): void;
  /** The socket takes bytes again. */
  drained(): void;
  /** Called once, after everything that came before was offered. */
  closed(): void;
}
