import { expect, test } from "vitest";
import { createRoom } from "../../../../src/core/ingest/byte-budget.ts";

/** A full room of ten bytes, and who was called. */
function full() {
  const room = createRoom({ maxBytes: 10 });
  room.take(10);
  const called: string[] = [];
  /** Takes so much each time it is called. */
  const wait = (name: string, bytes = 0): (() => void) =>
    room.whenRoom(() => {
      called.push(name);
      room.take(bytes);
    });
  return { room, called, wait };
}

test("a room is full from its bound on, and takes what comes all the same", () => {
  const room = createRoom({ maxBytes: 10 });
  room.take(9);
  expect([room.used(), room.isFull()]).toEqual([9, false]);
  room.take(1);
  expect([room.used(), room.isFull()]).toEqual([10, true]);
  room.take(90);
  expect([room.used(), room.isFull()]).toEqual([100, true]);
  room.give(91);
  expect([room.used(), room.isFull()]).toEqual([9, false]);
});

test("who waits is called in order of arrival, once", () => {
  const { room, called, wait } = full();
  for (const name of ["a", "b", "c"]) wait(name);
  expect(called).toEqual([]);
  room.give(1);
  expect(called).toEqual(["a", "b", "c"]);
  room.give(1);
  expect(called).toEqual(["a", "b", "c"]);
});

test("nobody is called while the room is still full", () => {
  const { room, called, wait } = full();
  room.take(5);
  wait("a");
  room.give(5);
  expect(called).toEqual([]);
  room.give(1);
  expect(called).toEqual(["a"]);
});

test("who waits behind one that fills the room is called when room comes back again", () => {
  const { room, called, wait } = full();
  wait("a", 2);
  wait("b", 8);
  wait("c", 2);
  wait("d");
  room.give(5);
  expect(called).toEqual(["a", "b"]);
  room.give(6);
  expect(called).toEqual(["a", "b", "c"]);
  room.give(2);
  expect(called).toEqual(["a", "b", "c", "d"]);
});

test("who cancels is not called, though another cancels it while called", () => {
  const { room, called, wait } = full();
  let cancelC = (): void => {};
  wait("a")();
  room.whenRoom(() => cancelC());
  cancelC = wait("c");
  wait("d");
  room.give(1);
  expect(called).toEqual(["d"]);
});

test("a late cancel does nothing", () => {
  const { room, called, wait } = full();
  const cancel = wait("a");
  room.give(1);
  cancel();
  wait("b");
  room.give(1);
  expect(called).toEqual(["a", "b"]);
});

test("who waits again goes to the back, and takes turns with the others until the room is full", () => {
  const { room, called } = full();
  const greedy = (name: string): void => {
    room.whenRoom(() => {
      called.push(name);
      room.take(2);
      greedy(name);
    });
  };
  greedy("a");
  greedy("b");
  room.give(7);
  expect(called).toEqual(["a", "b", "a", "b"]);
  expect(room.used()).toBe(11);
  room.give(3);
  expect(called).toEqual(["a", "b", "a", "b", "a"]);
});

test("who waits again and takes nothing is called once each time room comes back", () => {
  const { room, called } = full();
  const idle = (): void => {
    room.whenRoom(() => {
      called.push("idle");
      idle();
    });
  };
  idle();
  room.give(1);
  expect(called).toEqual(["idle"]);
  room.give(1);
  expect(called).toEqual(["idle", "idle"]);
});

test("who takes and gives back at once does not hold the room in a loop", () => {
  const { room, called, wait } = full();
  const hasty = (): void => {
    room.whenRoom(() => {
      called.push("hasty");
      room.take(3);
      room.give(3);
      hasty();
    });
  };
  hasty();
  wait("b");
  room.give(5);
  expect(called).toEqual(["hasty", "b"]);
});

test("one that throws does not take the others' turn, and who gave the room is told", () => {
  const { room, called, wait } = full();
  wait("a");
  room.whenRoom(() => {
    throw new Error("a waiter failed");
  });
  wait("c", 20);
  wait("d");
  expect(() => room.give(1)).toThrow("a waiter failed");
  expect(called).toEqual(["a", "c"]);
  room.give(20);
  expect(called).toEqual(["a", "c", "d"]);
});
