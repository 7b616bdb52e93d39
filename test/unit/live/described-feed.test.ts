import { expect, test } from "vitest";
import { createDescribedFeed } from "../../../src/live/described-feed.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";

function start(isWanted = () => true) {
  const clock = createManualClock();
  const sent: string[][] = [];
  const feed = createDescribedFeed({ clock, isWanted, send: (devices) => void sent.push(devices) });
  return { clock, sent, feed };
}

test("changes that come together are one event with each device once, and the next comes a second later", () => {
  const { clock, sent, feed } = start();
  for (const id of ["a", "b", "a"]) feed.changed(id);
  clock.advance(50);
  expect(sent).toEqual([["a", "b"]]);
  feed.changed("a");
  clock.advance(999);
  expect(sent).toHaveLength(1);
  clock.advance(1);
  expect(sent).toEqual([["a", "b"], ["a"]]);
  clock.advance(5_000);
  expect([sent.length, clock.timers()]).toEqual([2, 0]);
});

test("of thousands 250 go in one event, and none is left out", () => {
  const { clock, sent, feed } = start();
  const ids = Array.from({ length: 1_001 }, (_, at) => `d${at}`);
  for (const id of ids) feed.changed(id);
  clock.advance(60_000);
  expect(sent.map(({ length }) => length)).toEqual([250, 250, 250, 250, 1]);
  expect(sent.flat()).toEqual(ids);
});

test("without a browser nothing is kept, and after the end nothing is sent", () => {
  let isThere = false;
  const { clock, sent, feed } = start(() => isThere);
  feed.changed("a");
  isThere = true;
  feed.changed("b");
  feed.close();
  clock.advance(5_000);
  expect(sent).toEqual([]);
});
