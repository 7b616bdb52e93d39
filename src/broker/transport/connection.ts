/** One network connection: bytes in, packets out, and back-pressure in both directions. */
import type { Duplex } from "node:stream";
import type { ByteBudget } from "../../core/ingest/byte-budget.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { Framer } from "../packets/framing.ts";
import type { ConnectionState } from "./connection-state.ts";
import type { Flusher } from "./flusher.ts";
import type { Hold, PacketReader } from "./packet-reader.ts";
import type { Peer } from "./peer.ts";
import { Traffic } from "./traffic.ts";

/** Beyond it, deliveries wait in the session instead of in the socket. */
const MAX_BEHIND_BYTES = 64 * 1024;
/** Beyond it, nothing more is read from a client that does not read its answers. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** Small packets are copied into one buffer; writev pays for large ones. */
const MAX_COPIED_BYTES = 64 * 1024;
/** One client's packets, before others have their turn. */
const SLICE_MS = 10;
const PACKETS_A_LOOK = 8;
/** A larger packet is gathered only within the budget that all connections share. */
const FREE_BYTES = 16 * 1024;
/** For the last packet to be read before the connection is torn down. [MQTT-4.13.1-1] */
const LINGER_MS = 2_000;

const OPEN: ConnectionState = { kind: "open" };
const PEER_GONE: ConnectionState = { kind: "peer gone" };

export class Connection {
  readonly peer: Peer;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #flusher: Flusher;
  /** The budget for packets that are not complete yet. */
  readonly #gathering: ByteBudget;
  #gatheredBytes = 0;
  #cancelWait: (() => void) | undefined;
  readonly #framer = new Framer();
  #reader: PacketReader | undefined;
  #out: Uint8Array[] = [];
  #outBytes = 0;
  /** When the first drain of this turn came; undefined: none came. */
  #drainingSinceMs: number | undefined;
  /** A drain is put off until the next turn. */
  #isDrainPut = false;
  #state: ConnectionState = OPEN;
  /** Undefined: it is read from. */
  #heldBy: Hold | undefined;
  #isWorking = false;
  /** When bytes came last, or reading began again; keep-alive counts from it. */
  heardMs: number;
  /** Since when the socket has not emptied; undefined: it is not behind. */
  behindSinceMs: number | undefined;
  readonly traffic: Traffic;

  constructor(stream: Duplex, peer: Peer, clock: Clock, flusher: Flusher, gathering: ByteBudget) {
    this.#stream = stream;
    this.peer = peer;
    this.#clock = clock;
    this.#flusher = flusher;
    this.#gathering = gathering;
    this.heardMs = clock.monotonicMs();
    this.traffic = new Traffic(this.heardMs);
  }

  start(reader: PacketReader): void {
    this.#reader = reader;
    const stream = this.#stream;
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("drain", () => this.#drained());
    stream.on("end", () => this.#ended());
    stream.on("error", () => undefined); // "close" follows
    stream.on("close", () => this.#ended());
  }

  /** The hub holds the client back: it is not the client that is silent. */
  get isHeld(): boolean {
    return this.#heldBy !== undefined;
  }

  /** Nothing is read any more. */
  get isEnding(): boolean {
    const { kind } = this.#state;
    return kind !== "open" && kind !== "peer gone";
  }

  /** It holds a part of the budget for a large packet that is not complete yet. */
  get isGathering(): boolean {
    return this.#gatheredBytes > 0;
  }

  /** Nothing more is written until it has emptied, so that a slow reader is seen to read. */
  get isBehind(): boolean {
    return this.#stream.writableNeedDrain || this.#outBytes > MAX_BEHIND_BYTES;
  }

  send(bytes: Uint8Array): void {
    if (this.#state.kind !== "open") return;
    if (this.#out.length === 0) this.#flusher.add(this);
    this.#out.push(bytes);
    this.#outBytes += bytes.length;
    this.traffic.bytesOut += bytes.length;
    // So many bytes are written at once: at the end of a turn that read from fifty publishers more would not fit.
    if (this.#outBytes >= MAX_COPIED_BYTES) this.flush();
  }

  flush(): void {
    const out = this.#out;
    const bytes = this.#outBytes;
    if (out.length === 0) return;
    this.#out = [];
    this.#outBytes = 0;
    const stream = this.#stream;
    if (stream.destroyed) return;
    const [only] = out;
    if (out.length === 1 && only !== undefined) stream.write(only);
    else if (bytes <= MAX_COPIED_BYTES) stream.write(Buffer.concat(out, bytes));
    else {
      stream.cork();
      for (const each of out) stream.write(each);
      stream.uncork();
    }
    if (!stream.writableNeedDrain) this.#reader?.drained();
    else this.behindSinceMs ??= this.#clock.monotonicMs();
  }

  /** Resumes reading, if this is what holds it back. */
  release(hold: Hold): void {
    if (this.#heldBy !== hold) return;
    this.#heldBy = undefined;
    this.restartKeepAlive();
    this.#work();
    if (this.#heldBy === undefined && !this.isEnding) this.#stream.resume();
  }

  /** Restarts the keep-alive: a client that had to wait for the hub was not silent. */
  restartKeepAlive(): void {
    this.heardMs = this.#clock.monotonicMs();
  }

  /** Writes what is left, reads nothing more, and closes. */
  end(): void {
    if (this.isEnding) return;
    const isPeerGone = this.#state.kind === "peer gone";
    this.#state = { kind: "ending", sinceMs: this.#clock.monotonicMs() }; // before the last write, after which more could be sent
    this.flush();
    this.#framer.clear();
    this.#releaseGathered();
    this.#stream.resume(); // what still comes is thrown away: unread, it would reset the connection under the last packet
    this.#stream.end();
    if (isPeerGone) this.#close();
  }

  destroy(): void {
    this.#stream.destroy();
    this.#close();
  }

  /** To be called from time to time. */
  tidy(): void {
    const state = this.#state;
    if (state.kind === "open" || state.kind === "peer gone") return;
    if (this.#clock.monotonicMs() - state.sinceMs >= LINGER_MS) this.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.isEnding) return;
    this.heardMs = this.#clock.monotonicMs();
    this.traffic.bytesIn += chunk.length;
    this.#framer.push(chunk);
    this.#work();
  }

  /** Offers the packets that are there, one by one, until one is refused for now. */
  #work(): void {
    const reader = this.#reader;
    if (reader === undefined || this.#isWorking || this.#heldBy !== undefined) return;
    this.#isWorking = true;
    const beganMs = this.#clock.monotonicMs();
    let count = 0;
    while (this.#heldBy === undefined && !this.isEnding) {
      if (++count % PACKETS_A_LOOK === 0 && this.#clock.monotonicMs() - beganMs > SLICE_MS) this.#endTurn();
      else if (this.#behindBytes() > MAX_UNREAD_BYTES) this.#hold("unread answers");
      else if (!this.#next(reader)) break;
    }
    this.#isWorking = false;
    if (this.#state.kind === "peer gone" && this.#heldBy === undefined) this.#close();
  }

  /** Offers the next packet. False: there is none. */
  #next(reader: PacketReader): boolean {
    const framer = this.#framer;
    const frame = framer.next(reader.maxBytes());
    if (frame === "packet") {
      if (this.#gatheredBytes > 0) this.#releaseGathered(); // it is complete
      const hold = this.#offer(reader);
      if (hold !== undefined) this.#hold(hold);
      else if (!this.isEnding) framer.take();
      return true;
    }
    if (frame !== "more") reader.unreadable(frame, framer.announced, framer.first);
    else if (framer.first !== 0 && !reader.mayBegin(framer.first)) reader.unreadable("malformed", 0, framer.first);
    else this.#gather();
    return false;
  }

  #endTurn(): void {
    this.#hold("turn");
    this.#clock.soon(() => this.release("turn"));
  }

  /**
   * Waits for the rest of a packet. The bytes of a large one are acquired before it is gathered, so that what has begun
   * can be completed; while the budget is used up, the connection waits its turn.
   */
  #gather(): void {
    const { needBytes } = this.#framer;
    if (needBytes <= FREE_BYTES || this.#gatheredBytes > 0) return;
    if (!this.#gathering.isFull()) {
      this.#gatheredBytes = needBytes;
      return this.#gathering.acquire(needBytes);
    }
    this.#hold("gathering");
    this.#cancelWait ??= this.#gathering.onAvailable(() => {
      this.#cancelWait = undefined;
      this.release("gathering");
    });
  }

  #releaseGathered(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    const bytes = this.#gatheredBytes;
    this.#gatheredBytes = 0;
    if (bytes > 0) this.#gathering.release(bytes);
  }

  /** A fault of the hub's ends this connection only. */
  #offer(reader: PacketReader): Hold | undefined {
    const { first, bytes, from, to } = this.#framer;
    try {
      return reader.packet(first, bytes, from, to);
    } catch (cause) {
      reader.failed(cause);
      return undefined;
    }
  }

  #hold(hold: Hold): void {
    this.#heldBy = hold;
    this.#stream.pause();
  }

  #behindBytes(): number {
    return this.#stream.destroyed ? 0 : this.#outBytes + this.#stream.writableLength;
  }

  /** A system that takes all bytes at once drains at once: after a while, other connections have their turn first. */
  #drained(): void {
    this.behindSinceMs = undefined;
    const nowMs = this.#clock.monotonicMs();
    if (this.#drainingSinceMs === undefined) {
      this.#drainingSinceMs = nowMs;
      this.#clock.soon(() => {
        this.#drainingSinceMs = undefined;
        if (this.#isDrainPut) this.#drained();
      });
    }
    this.#isDrainPut = nowMs - this.#drainingSinceMs > SLICE_MS;
    if (this.#isDrainPut) return;
    this.#reader?.drained();
    this.release("unread answers"); // if there are still too many, it is held again
  }

  #ended(): void {
    const { kind } = this.#state;
    if (kind === "closed") return;
    if (kind === "open") this.#state = PEER_GONE;
    if (kind === "ending" || this.#heldBy === undefined) this.#close();
    else if (this.#stream.destroyed) this.release("unread answers"); // nobody will read them
  }

  #close(): void {
    const state = this.#state;
    if (state.kind === "closed") return;
    const sinceMs = state.kind === "ending" ? state.sinceMs : this.#clock.monotonicMs();
    this.#state = { kind: "closed", sinceMs };
    this.#releaseGathered();
    if (!this.#stream.destroyed) {
      this.flush();
      this.#stream.end();
    }
    this.#out = [];
    this.#outBytes = 0;
    this.#reader?.closed();
  }
}
