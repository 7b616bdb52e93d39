/** Counts of the fleet on their way to browsers: soon, and at most once a second. */
import { expect, test } from "vitest";
import type { FleetCounts } from "../../../src/contract/fleet/states.ts";
import { createCountsFeed } from "../../../src/live/counts-feed.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";

const counts = (all: number): FleetCounts => ({ all, alarm: 0, late: 0, offline: 0, asleep: 0, new: 0, clock: 0 });

test("a change is sent within a moment, later ones once a second as they are then, and the last is never lost", () => {
  const clock = createManualClock();
  const sent: number[] = [];
  const times: number[] = [];
  const send = ({ all }: FleetCounts): void => {
    sent.push(all);
    times.push(clock.monotonicMs());
  };
  const feed = createCountsFeed({ clock, send });
  feed.changed(counts(1));
  feed.changed(counts(2));
  expect(feed.now().all).toBe(2);
  clock.advance(100);
  expect(sent).toEqual([2]);
  for (let all = 3; all <= 40; all++) {
    feed.changed(counts(all));
    clock.advance(50);
  }
  clock.advance(1_000);
  expect(sent.at(-1)).toBe(40);
  expect(times).toEqual([50, 1_050, 2_050]);
  expect(clock.timers()).toBe(0);
});
