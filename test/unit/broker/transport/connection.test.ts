import { once } from "node:events";
import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { Connection } from "../../../../src/broker/transport/connection.ts";
import { createFlusher } from "../../../../src/broker/transport/flusher.ts";
import type { Hold, PacketReader } from "../../../../src/broker/transport/packet-reader.ts";
import { createByteBudget } from "../../../../src/core/ingest/byte-budget.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { PINGREQ_PACKET, packet } from "../../../support/packets/packets.ts";

const OF_THE_READER = ["credential", "journal", "pace", "in flight", "byte budget"] as const satisfies readonly Hold[];
const LARGE_BYTES = 20_000;

/** A connection over a stream whose other end is the test, and a reader that takes packets unless it is told not to. */
function start({ maxGatheringBytes = 1e6 } = {}) {
  const manual = createManualClock();
  let spentMs = 0;
  const clock = { ...manual, monotonicMs: () => manual.monotonicMs() + spentMs };
  /** Of the present turn. */
  const spend = (ms: number): void => {
    spentMs += ms;
  };
  const gathering = createByteBudget({ maxBytes: maxGatheringBytes });
  /** Writes that the peer has not read yet. */
  const unread: (() => void)[] = [];
  const peer = { isReading: true };
  const stream = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      if (peer.isReading) done();
      else unread.push(done);
    },
  });
  const from = { address: "127.0.0.1", isOfOwnComputer: true };
  const connection = new Connection(stream, from, clock, createFlusher(clock, createMemoryLog()), gathering);
  const did: string[] = [];
  const wish: { hold: Hold | undefined; onPacket: () => void } = { hold: undefined, onPacket: () => undefined };
  const reader: PacketReader = {
    maxBytes: () => 1e6,
    mayBegin: () => true,
    packet: (_first, _bytes, from, to) => {
      did.push(wish.hold === undefined ? `took ${to - from}` : `held by ${wish.hold}`);
      if (wish.hold === undefined) wish.onPacket();
      return wish.hold;
    },
    unreadable: (why) => void did.push(why),
    failed: (cause) => void did.push(String(cause)),
    drained: () => undefined,
    closed: () => void did.push("closed"),
  };
  connection.start(reader);
  /** Settles when the connection was given the bytes, if it reads. */
  const send = async (...bytes: Uint8Array[]): Promise<void> => {
    stream.push(Buffer.concat(bytes));
    await turn();
  };
  return { clock, spend, gathering, unread, peer, stream, connection, wish, send, did, done: () => did.splice(0) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ping = PINGREQ_PACKET;

test.each(OF_THE_READER)("what is held by %s is offered again when that is over, and by nothing else", async (hold) => {
  const { connection, wish, send, done } = start();
  wish.hold = hold;
  await send(ping, ping);
  expect([done(), connection.isHeld]).toEqual([[`held by ${hold}`], true]);
  await send(ping);
  wish.hold = undefined;

  const others: readonly Hold[] = ["turn", "unread answers", "gathering", ...OF_THE_READER];
  for (const other of others) if (other !== hold) connection.release(other);
  expect([done(), connection.isHeld]).toEqual([[], true]);

  connection.release(hold);
  await turn();
  expect([done(), connection.isHeld]).toEqual([["took 0", "took 0", "took 0"], false]);
});

test("a packet that is refused for another reason when it is offered again is held by that one", async () => {
  const { connection, wish, send, done } = start();
  wish.hold = "credential";
  await send(ping);
  wish.hold = "journal";
  connection.release("credential");
  wish.hold = undefined;
  connection.release("credential");
  expect(done()).toEqual(["held by credential", "held by journal"]);
  connection.release("journal");
  expect(done()).toEqual(["took 0"]);
});

test("time in which a client is held back does not count as its silence", async () => {
  const { clock, connection, wish, send } = start();
  wish.hold = "pace";
  await send(ping);
  clock.advance(5_000);
  const heldMs = connection.heardMs;
  wish.hold = undefined;
  connection.release("pace");
  expect(connection.heardMs - heldMs).toBe(5_000);
});

test("a client that had 10 ms of a turn goes on in the next one, and others come between", async () => {
  const { clock, connection, spend, wish, send, done, did } = start();
  wish.onPacket = () => spend(5);
  await send(...Array.from({ length: 20 }, () => ping));
  expect([done().length, connection.isHeld]).toEqual([7, true]);
  connection.release("pace");
  expect(done()).toEqual([]);
  clock.soon(() => did.push("another"));
  clock.runSoon();
  expect([did.indexOf("another"), done().length, connection.isHeld]).toEqual([7, 14, false]);
});

test("a client that does not read its answers is not read from until it does", async () => {
  const { unread, peer, connection, send, done } = start();
  peer.isReading = false;
  for (let sent = 0; sent < 5; sent++) connection.send(Buffer.alloc(64 * 1024));
  await send(ping);
  expect([done(), connection.isHeld]).toEqual([[], true]);
  peer.isReading = true;
  for (const read of unread.splice(0)) read();
  await turn();
  expect([done(), connection.isHeld]).toEqual([["took 0"], false]);
});

test("a large packet waits while others that are not complete have the budget, and is read when it is free", async () => {
  const { gathering, connection, send, done } = start({ maxGatheringBytes: 100 });
  gathering.acquire(100);
  const large = packet(0x30, Buffer.alloc(LARGE_BYTES));
  await send(large.subarray(0, 10));
  expect([done(), connection.isHeld, connection.isGathering]).toEqual([[], true, false]);
  gathering.release(100);
  await send(large.subarray(10));
  expect([done(), gathering.used()]).toEqual([[`took ${LARGE_BYTES}`], 0]);
});

test("what a peer sent before it ended is taken when it is not held back any more; then it is closed, once", async () => {
  const { stream, connection, wish, send, done } = start();
  wish.hold = "journal";
  await send(ping, ping);
  stream.push(null);
  stream.destroy();
  await once(stream, "close");
  expect(done()).toEqual(["held by journal"]);
  wish.hold = undefined;
  connection.release("journal");
  connection.destroy();
  expect(done()).toEqual(["took 0", "took 0", "closed"]);
});

test("a peer that ends while nothing holds it back is closed at once", async () => {
  const { stream, send, done } = start();
  await send(ping);
  stream.push(null);
  await turn();
  expect(done()).toEqual(["took 0", "closed"]);
});

test("a connection that is ended takes nothing more, and is destroyed after 2 s if its peer stays", async () => {
  const { clock, stream, connection, send, done } = start();
  await send(ping);
  connection.end();
  await send(ping);
  clock.advance(1_900);
  connection.tidy();
  expect([done(), connection.isEnding, stream.destroyed]).toEqual([["took 0"], true, false]);
  clock.advance(100);
  connection.tidy();
  expect([done(), stream.destroyed]).toEqual([["closed"], true]);
});
