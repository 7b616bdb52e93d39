/** How long who guesses passwords waits, and who does not. */
import { expect, test } from "vitest";
import { createLoginDelay } from "../../../../src/core/access/login-delay.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

function world() {
  const clock = createManualClock({});
  const delay = createLoginDelay({ clock });
  const fail = (times: number, name = "Ada", address = "10.0.0.9"): void => {
    for (let time = 0; time < times; time++) delay.failed(name, address);
  };
  return { clock, delay, fail, wait: (name = "Ada", address = "10.0.0.9") => delay.waitMs(name, address) };
}

test("three slips cost nothing; from then on each failure doubles the wait, up to a minute", () => {
  const { fail, wait } = world();
  const waits = Array.from({ length: 12 }, () => {
    fail(1);
    return wait();
  });
  expect(waits).toEqual([0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
});

test("the wait passes, and failures are forgotten after a quarter of an hour or with the right password", () => {
  const { clock, delay, fail, wait } = world();
  fail(5);
  clock.advance(3_000);
  expect(wait()).toBe(1_000);
  clock.advance(1_000);
  expect(wait()).toBe(0);
  fail(1);
  expect(wait()).toBe(8_000);
  clock.advance(15 * 60_000 + 1);
  expect(wait()).toBe(0);
  fail(4);
  delay.succeeded("Ada", "10.0.0.9");
  expect(wait()).toBe(0);
});

test("a name is slowed down only at the address of who guesses it, whatever the letters' case; an address by all its guesses", () => {
  const { fail, wait } = world();
  fail(10);
  expect(wait("ADA")).toBe(60_000);
  expect(wait("Ada", "10.0.0.1")).toBe(0);
  expect(wait("Ben")).toBe(0);
  for (let name = 0; name < 20; name++) fail(1, `guess ${name}`);
  expect(wait("Ben")).toBe(60_000);
  expect(wait("Ada", "10.0.0.1")).toBe(0);
});

test("what it remembers is bounded, and the newest stays", () => {
  const { fail, wait } = world();
  fail(5, "first", "a");
  for (let address = 0; address < 10_000; address++) fail(5, "x", `address ${address}`);
  expect(wait("first", "a")).toBe(0);
  expect(wait("x", "address 9999")).toBe(4_000);
});
