/** The port between a connection and the reader of its packets. Types only. */

/** Why nothing is read from a client at the moment. Its packets are offered in order, so there is one reason at a time. */
export type Hold =
  /** It had its part of this turn of the event loop. */
  | "turn"
  /** It does not read its answers. */
  | "unread answers"
  /** A large packet of it waits for the budget of packets that are not complete yet. */
  | "gathering"
  /** Its credential is being checked. */
  | "credential"
  /** Its session is being written to the journal. */
  | "journal"
  /** It sends faster than it may. */
  | "pace"
  /** As many of its messages as are allowed are not acknowledged yet. */
  | "in flight"
  /** So many bytes are read, and not on disk yet, that all clients wait. */
  | "byte budget";

export interface PacketReader {
  /** The largest packet that may be announced at the moment. */
  maxBytes(): number;
  /** False: a packet that begins with this byte cannot be one of this client, and its rest need not be awaited. */
  mayBegin(first: number): boolean;
  /**
   * One packet: bytes[from, to) behind the fixed header. Undefined: it was taken. Otherwise it is offered again when the
   * connection is released from what holds it back.
   */
  packet(first: number, bytes: Buffer, from: number, to: number): Hold | undefined;
  /** The bytes, of which `first` is the first, are not a packet that may come; the reader is to end the connection. */
  unreadable(why: "too large" | "malformed", announcedBytes: number, first: number): void;
  /** `packet` threw, which is a fault of the hub. */
  failed(cause: unknown): void;
  /** The socket takes bytes again. */
  drained(): void;
  /** Called once, after everything that came before was offered. */
  closed(): void;
}
