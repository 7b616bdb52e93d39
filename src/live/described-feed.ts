/** Sends to browsers which devices are described in another way now, at most once a second. */
import type { Clock } from "../core/ports/clock.ts";

export interface DescribedFeed {
  changed(deviceId: string): void;
  close(): void;
}

export interface DescribedFeedOptions {
  readonly clock: Pick<Clock, "after">;
  /** False: nobody would get it. */
  readonly isWanted: () => boolean;
  readonly send: (devices: string[]) => void;
}

const SEND_EVERY_MS = 1_000;
/** Changes that come together are one. */
const GATHER_MS = 50;
/** In one event. The others wait for the next. */
const MOST_AT_ONCE = 250;

export function createDescribedFeed({ clock, isWanted, send }: DescribedFeedOptions): DescribedFeed {
  /** Bounded by the number of devices. */
  const waiting = new Set<string>();
  let stop: (() => void) | undefined;

  function sendNext(): void {
    stop = undefined;
    if (!isWanted()) waiting.clear();
    if (waiting.size === 0) return;
    const some = [...waiting].slice(0, MOST_AT_ONCE);
    for (const deviceId of some) waiting.delete(deviceId);
    send(some);
    stop = clock.after(SEND_EVERY_MS, sendNext);
  }

  return {
    changed: (deviceId) => {
      if (!isWanted()) return;
      waiting.add(deviceId);
      stop ??= clock.after(GATHER_MS, sendNext);
    },
    close: () => stop?.(),
  };
}
