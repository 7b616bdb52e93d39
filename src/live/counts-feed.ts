/** Sends the counts of the fleet to browsers as they change, at most one event a second. */
import type { FleetCounts } from "../contract/fleet/states.ts";
import type { Clock } from "../core/ports/clock.ts";

export interface CountsFeed {
  changed(counts: FleetCounts): void;
  /** For a browser that has just connected. */
  now(): FleetCounts;
  close(): void;
}

export interface CountsFeedOptions {
  readonly clock: Pick<Clock, "after" | "monotonicMs">;
  readonly send: (counts: FleetCounts) => void;
}

const SEND_EVERY_MS = 1_000;
/** Changes that come together are one: a new device is offline until the commit that brought it is over. */
const GATHER_MS = 50;

export function createCountsFeed({ clock, send }: CountsFeedOptions): CountsFeed {
  let counts: FleetCounts = { all: 0, alarm: 0, late: 0, offline: 0, asleep: 0, new: 0, clock: 0 };
  let sentAtMs = Number.NEGATIVE_INFINITY;
  let stop: (() => void) | undefined;

  function sendNow(): void {
    stop = undefined;
    sentAtMs = clock.monotonicMs();
    send(counts);
  }

  return {
    changed: (now) => {
      counts = now;
      stop ??= clock.after(Math.max(GATHER_MS, sentAtMs + SEND_EVERY_MS - clock.monotonicMs()), sendNow);
    },
    now: () => counts,
    close: () => stop?.(),
  };
}
