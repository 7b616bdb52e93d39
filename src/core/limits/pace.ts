/** How many messages and bytes a second each key may send, with a burst of some seconds' worth. */
import { setNewest } from "../model/bounded-map.ts";
import type { Clock } from "../ports/clock.ts";

export interface Pace {
  /** ms until one more may come; 0: now. */
  waitMs(): number;
  /** One has come. */
  spend(bytes: number): void;
}

export interface Paces {
  /** Undefined: there is no limit. The same for the same key. */
  of(key: string): Pace | undefined;
}

export interface PacesOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  /** 0: no limit. */
  readonly messagesPerS: number;
  readonly bytesPerS: number;
}

/** What may come at once. */
export const BURST_S = 10;
/** Beyond so many keys those that were asked for longest ago start afresh. */
const MOST_KEYS = 20_000;

export function createPaces({ clock, messagesPerS, bytesPerS }: PacesOptions): Paces {
  const paces = new Map<string, Pace>();
  function create(): Pace {
    const messages = createBucket(messagesPerS);
    const bytes = createBucket(bytesPerS);
    return {
      waitMs: () => {
        const nowMs = clock.monotonicMs();
        return Math.max(messages.waitMs(nowMs), bytes.waitMs(nowMs));
      },
      spend: (size) => {
        messages.spend(1);
        bytes.spend(size);
      },
    };
  }
  return {
    of: (key) => {
      if (messagesPerS === 0 && bytesPerS === 0) return undefined;
      const pace = paces.get(key) ?? create();
      setNewest(paces, key, pace, MOST_KEYS);
      return pace;
    },
  };

  /** May be overdrawn by one message, so that one larger than the burst comes through too. */
  function createBucket(perS: number) {
    let left = perS * BURST_S;
    let atMs = clock.monotonicMs();
    return {
      waitMs: (nowMs: number): number => {
        if (perS === 0) return 0;
        left = Math.min(perS * BURST_S, left + ((nowMs - atMs) * perS) / 1_000);
        atMs = nowMs;
        return left > 0 ? 0 : Math.ceil((1 - left) * (1_000 / perS));
      },
      spend: (amount: number): void => {
        left -= amount;
      },
    };
  }
}
