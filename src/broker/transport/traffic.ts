/** Counts what one connection brings and takes, and says at which rate. */

/** What a person is shown of it. */
export interface TrafficFacts {
  /** Messages a second from the client, over the last 5 to 10 seconds. */
  readonly inPerS: number;
  /** To the client. */
  readonly outPerS: number;
  /** Since it connected, with all packets. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const MARK_EVERY_MS = 5_000;

interface Mark {
  readonly atMs: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
}

export class Traffic {
  messagesIn = 0;
  messagesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Rates are since the former of the two. */
  #former: Mark;
  #latter: Mark;

  constructor(nowMs: number) {
    this.#former = this.#latter = { atMs: nowMs, messagesIn: 0, messagesOut: 0 };
  }

  /** To be called from time to time. */
  mark(nowMs: number): void {
    if (nowMs - this.#latter.atMs < MARK_EVERY_MS) return;
    this.#former = this.#latter;
    this.#latter = { atMs: nowMs, messagesIn: this.messagesIn, messagesOut: this.messagesOut };
  }

  facts(nowMs: number): TrafficFacts {
    const { atMs, messagesIn, messagesOut } = this.#former;
    const overS = Math.max(1, (nowMs - atMs) / 1_000);
    return {
      inPerS: (this.messagesIn - messagesIn) / overS,
      outPerS: (this.messagesOut - messagesOut) / overS,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
    };
  }
}
