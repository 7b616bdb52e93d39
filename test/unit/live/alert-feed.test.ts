/** Changes of alerts on their way to browsers: gathered, bounded, and never lost as they are now. */
import { expect, test } from "vitest";
import type { AlertsEvent } from "../../../src/contract/alerts.ts";
import { createAlertFeed } from "../../../src/live/alert-feed.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";
import { alertOf } from "../core/alerts/shown/alert-of.ts";

const NONE = { critical: 0, warning: 0, info: 0 };
const ONE = { ...NONE, critical: 1 };

function open() {
  const clock = createManualClock();
  const sent: AlertsEvent[] = [];
  const world = { browsers: 1 };
  const feed = createAlertFeed({ clock, isWanted: () => world.browsers > 0, send: (event) => sent.push(event) });
  return { clock, sent, world, feed };
}

test("the first change is sent at once, and later ones four times a second with how they are then", () => {
  const { clock, sent, feed } = open();
  feed.changed([alertOf("gas~a", { state: "pending" })], NONE);
  feed.changed([alertOf("gas~a"), alertOf("gas~b")], ONE);
  feed.changed([alertOf("gas~a", { state: "normal" })], NONE);
  expect(sent).toHaveLength(1);
  clock.advance(249);
  expect(sent).toHaveLength(1);
  clock.advance(1);
  expect(sent[1]).toEqual({ alerts: [alertOf("gas~b"), alertOf("gas~a", { state: "normal" })], firing: NONE });
  clock.advance(10_000);
  expect(sent).toHaveLength(2);
  expect(clock.timers()).toBe(0);
});

test("ten thousand at once come in bounded events, and all of them come", () => {
  const { clock, sent, feed } = open();
  feed.changed(
    Array.from({ length: 10_000 }, (_, at) => alertOf(`gas~d${at}`)),
    { ...NONE, critical: 10_000 },
  );
  for (let at = 0; at < 40; at++) clock.advance(250);
  expect(Math.max(...sent.map(({ alerts }) => alerts.length))).toBe(250);
  expect(new Set(sent.flatMap(({ alerts }) => alerts.map(({ id }) => id))).size).toBe(10_000);
  expect(sent.every(({ firing }) => firing.critical === 10_000)).toBe(true);
});

test("nothing waits while there is no browser, and one that comes learns how many fire", () => {
  const { clock, sent, world, feed } = open();
  feed.changed([alertOf("gas~a")], ONE);
  feed.changed([alertOf("gas~b")], ONE);
  world.browsers = 0;
  clock.advance(250);
  feed.changed([alertOf("gas~c")], { ...NONE, critical: 2 });
  world.browsers = 1;
  clock.advance(1_000);
  expect(sent).toHaveLength(1);
  expect(feed.now()).toEqual({ alerts: [], firing: { critical: 2, warning: 0, info: 0 } });
});
