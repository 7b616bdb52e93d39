/** When clients that disconnect each other are told from one that came back. */
import { expect, test } from "vitest";
import { createTakeOvers } from "../../../../src/core/limits/take-overs.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

function start() {
  const clock = createManualClock();
  const takeOvers = createTakeOvers({ clock });
  const note = (clientId = "esp", formerAddress = "10.0.0.5", address = "10.0.0.6") =>
    takeOvers.note({ clientId, formerAddress, address });
  return { clock, note };
}

test("the fourth time within a minute is reported, with both addresses and how often", () => {
  const { clock, note } = start();
  for (let time = 0; time < 3; time++) {
    expect(note()).toBeUndefined();
    clock.advance(5_000);
  }
  expect(note("esp", "10.0.0.6", "10.0.0.5")).toBe("10.0.0.6 and 10.0.0.5, 4 times in the last minute");
  expect(note("esp", "10.0.0.7", "10.0.0.7")).toBe("two clients at 10.0.0.7, 5 times in the last minute");
});

test("a client that loses its connection now and then is not reported", () => {
  const { clock, note } = start();
  for (let time = 0; time < 30; time++) {
    expect(note()).toBeUndefined();
    clock.advance(25_000);
  }
});

test("each client id is counted by itself, and a flood of ids keeps none of them for long", () => {
  const { note } = start();
  for (let time = 0; time < 3; time++) note("a");
  expect(note("b")).toBeUndefined();
  for (let id = 0; id < 1_000; id++) note(`flood-${id}`);
  expect(note("a")).toBeUndefined();
});
