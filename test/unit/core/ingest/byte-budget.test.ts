import { expect, test } from "vitest";
import { createByteBudget } from "../../../../src/core/ingest/byte-budget.ts";

/** A full room of ten bytes, and who was called. */
function full() {
  const byteBudget = createByteBudget({ maxBytes: 10 });
  byteBudget.acquire(10);
  const called: string[] = [];
  /** Takes so much each time it is called. */
  const wait = (name: string, bytes = 0): (() => void) =>
    byteBudget.onAvailable(() => {
      called.push(name);
      byteBudget.acquire(bytes);
    });
  return { byteBudget, called, wait };
}

test("a room is full from its bound on, and takes what comes all the same", () => {
  const byteBudget = createByteBudget({ maxBytes: 10 });
  byteBudget.acquire(9);
  expect([byteBudget.used(), byteBudget.isFull()]).toEqual([9, false]);
  byteBudget.acquire(1);
  expect([byteBudget.used(), byteBudget.isFull()]).toEqual([10, true]);
  byteBudget.acquire(90);
  expect([byteBudget.used(), byteBudget.isFull()]).toEqual([100, true]);
  byteBudget.release(91);
  expect([byteBudget.used(), byteBudget.isFull()]).toEqual([9, false]);
});

test("who waits is called in order of arrival, once", () => {
  const { byteBudget, called, wait } = full();
  for (const name of ["a", "b", "c"]) wait(name);
  expect(called).toEqual([]);
  byteBudget.release(1);
  expect(called).toEqual(["a", "b", "c"]);
  byteBudget.release(1);
  expect(called).toEqual(["a", "b", "c"]);
});

test("nobody is called while the room is still full", () => {
  const { byteBudget, called, wait } = full();
  byteBudget.acquire(5);
  wait("a");
  byteBudget.release(5);
  expect(called).toEqual([]);
  byteBudget.release(1);
  expect(called).toEqual(["a"]);
});

test("who waits behind one that fills the room is called when room comes back again", () => {
  const { byteBudget, called, wait } = full();
  wait("a", 2);
  wait("b", 8);
  wait("c", 2);
  wait("d");
  byteBudget.release(5);
  expect(called).toEqual(["a", "b"]);
  byteBudget.release(6);
  expect(called).toEqual(["a", "b", "c"]);
  byteBudget.release(2);
  expect(called).toEqual(["a", "b", "c", "d"]);
});

test("who cancels is not called, though another cancels it while called", () => {
  const { byteBudget, called, wait } = full();
  let cancelC = (): void => {};
  wait("a")();
  byteBudget.onAvailable(() => cancelC());
  cancelC = wait("c");
  wait("d");
  byteBudget.release(1);
  expect(called).toEqual(["d"]);
});

test("a late cancel does nothing", () => {
  const { byteBudget, called, wait } = full();
  const cancel = wait("a");
  byteBudget.release(1);
  cancel();
  wait("b");
  byteBudget.release(1);
  expect(called).toEqual(["a", "b"]);
});

test("who waits again goes to the back, and takes turns with the others until the room is full", () => {
  const { byteBudget, called } = full();
  const greedy = (name: string): void => {
    byteBudget.onAvailable(() => {
      called.push(name);
      byteBudget.acquire(2);
      greedy(name);
    });
  };
  greedy("a");
  greedy("b");
  byteBudget.release(7);
  expect(called).toEqual(["a", "b", "a", "b"]);
  expect(byteBudget.used()).toBe(11);
  byteBudget.release(3);
  expect(called).toEqual(["a", "b", "a", "b", "a"]);
});

test("who waits again and takes nothing is called once each time room comes back", () => {
  const { byteBudget, called } = full();
  const idle = (): void => {
    byteBudget.onAvailable(() => {
      called.push("idle");
      idle();
    });
  };
  idle();
  byteBudget.release(1);
  expect(called).toEqual(["idle"]);
  byteBudget.release(1);
  expect(called).toEqual(["idle", "idle"]);
});

test("who takes and gives back at once does not hold the room in a loop", () => {
  const { byteBudget, called, wait } = full();
  const hasty = (): void => {
    byteBudget.onAvailable(() => {
      called.push("hasty");
      byteBudget.acquire(3);
      byteBudget.release(3);
      hasty();
    });
  };
  hasty();
  wait("b");
  byteBudget.release(5);
  expect(called).toEqual(["hasty", "b"]);
});

test("one that throws does not take the others' turn, and who gave the room is notified", () => {
  const { byteBudget, called, wait } = full();
  wait("a");
  byteBudget.onAvailable(() => {
    throw new Error("a waiter failed");
  });
  wait("c", 20);
  wait("d");
  expect(() => byteBudget.release(1)).toThrow("a waiter failed");
  expect(called).toEqual(["a", "c"]);
  byteBudget.release(20);
  expect(called).toEqual(["a", "c", "d"]);
});
