/** Sends refusals one by one, at most four a second; of each kind only the newest waits. */
import type { Refusal } from "../contract/refusal.ts";
import type { Clock } from "../core/ports/clock.ts";

export interface RefusalFeed {
  /** `key`: the same for refusals that are counted together. */
  add(refusal: Refusal, key: string): void;
  close(): void;
}

const SEND_EVERY_MS = 250;
/** Kinds that wait: five seconds' worth. Further ones are left out; the page reads all refusals when it is opened. */
const MAX_WAITING = 20;

export function createRefusalFeed({ clock, send }: { clock: Clock; send: (refusal: Refusal) => void }): RefusalFeed {
  const waiting = new Map<string, Refusal>();
  let stop: (() => void) | undefined;

  function sendNext(): void {
    stop = undefined;
    for (const [key, refusal] of waiting) {
      waiting.delete(key);
      send(refusal);
      stop = clock.after(SEND_EVERY_MS, sendNext);
      return;
    }
  }

  return {
    add: (refusal, key) => {
      waiting.set(key, refusal);
      if (waiting.size > MAX_WAITING) waiting.delete(key);
      if (stop === undefined) sendNext();
    },
    close: () => stop?.(),
  };
}
