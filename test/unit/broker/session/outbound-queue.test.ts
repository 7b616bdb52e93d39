import fc from "fast-check";
import { expect, test } from "vitest";
import { NO_BYTES, type Qos } from "../../../../src/broker/packets/packet.ts";
import type { Delivery } from "../../../../src/broker/session/delivery.ts";
import { OutboundQueue, type QueueLimits } from "../../../../src/broker/session/outbound-queue.ts";
import { bytesHeldBy } from "../../../support/memory/heap.ts";
import { publication } from "../../../support/packets/publications.ts";

const ROOMY: QueueLimits = { maxQueueMessages: 1_000, maxQueueBytes: 1e9, maxQueuesBytes: 1e9 };

/** Its name, its QoS, and its size by what it is filled with. */
function delivery(name: string, qos: Qos = 1, payloadBytes = 0): Delivery {
  return {
    publication: publication({ topic: name, text: "x".repeat(payloadBytes), qos }),
    qos,
    retain: false,
    subscriptionIds: [],
    share: undefined,
    order: 0,
    isRepeat: false,
    isDropped: false,
    isWritten: true,
  };
}

/** What one message of `delivery` counts. */
const ONE = publication({ topic: "a", text: "" }).bytes;

function start(limits: Partial<QueueLimits> = {}, totals = { bytes: 0 }) {
  const line = new OutboundQueue({ ...ROOMY, ...limits }, totals);
  const names = new Map<Delivery, string>();
  const push = (name: string, qos: Qos = 1, payloadBytes = 0): string[] => {
    const each = delivery(name, qos, payloadBytes);
    names.set(each, name);
    return line.push(each, 0).map((dropped) => names.get(dropped) ?? "?");
  };
  const all = (): string[] => line.all().map((each) => names.get(each) ?? "?");
  const takeAll = (): string[] => {
    const taken: string[] = [];
    for (let first = line.first(); first !== undefined; first = line.first()) {
      taken.push(names.get(first) ?? "?");
      line.shift();
    }
    return taken;
  };
  return { line, totals, push, all, takeAll };
}

test("what waits comes out in the order in which it came", () => {
  const { line, push, takeAll } = start();
  for (const name of ["a", "b", "c"]) push(name, name === "b" ? 0 : 1);
  expect(line.length).toBe(3);
  expect(takeAll()).toEqual(["a", "b", "c"]);
  expect([line.length, line.first()]).toEqual([0, undefined]);
});

test("beyond its number of messages QoS 0 goes first, oldest first, and then the oldest of all", () => {
  const { push, all } = start({ maxQueueMessages: 4 });
  push("q1-old");
  push("q0-old", 0);
  push("q2", 2);
  push("q0-new", 0);
  expect(push("a")).toEqual(["q0-old"]);
  expect(push("b")).toEqual(["q0-new"]);
  expect(push("c")).toEqual(["q1-old"]);
  expect(push("d", 0)).toEqual(["d"]);
  expect(all()).toEqual(["q2", "a", "b", "c"]);
});

test("beyond its bytes as many go as it takes", () => {
  const { push, all } = start({ maxQueueBytes: 4 * ONE + 300 });
  for (const name of ["a", "b", "c", "d"]) expect(push(name)).toEqual([]);
  expect(push("e", 1, 2 * ONE)).toEqual(["a", "b"]);
  expect(all()).toEqual(["c", "d", "e"]);
});

test("what is sent and not acknowledged yet takes of the same bytes", () => {
  const { line } = start({ maxQueueBytes: 3 * ONE });
  const [a, b] = [delivery("a"), delivery("b")];
  expect(line.push(a, 2 * ONE)).toEqual([]);
  expect(line.push(b, 2 * ONE)).toEqual([a]);
});

test("a message that is larger than all that may wait does not wait, and leaves no trace in the sums", () => {
  const { line, totals, push } = start({ maxQueueBytes: 2 * ONE });
  expect(push("large", 1, 10 * ONE)).toEqual(["large"]);
  expect([line.length, totals.bytes]).toEqual([0, 0]);
});

test("where all lines together are over their bound, a line gives no more than what came to it", () => {
  const totals = { bytes: 0 };
  const others = start({ maxQueuesBytes: 20 * ONE }, totals);
  const own = start({ maxQueuesBytes: 20 * ONE }, totals);
  for (const name of ["a", "b", "c", "d", "e"]) own.push(name);
  totals.bytes += 100 * ONE; // what lines hold that were there before
  const before = totals.bytes;
  expect(own.push("f")).toEqual(["a"]);
  expect(own.all()).toEqual(["b", "c", "d", "e", "f"]);
  expect(totals.bytes).toBe(before);
  expect(others.push("x")).toEqual(["x"]);
});

test("what was sent before a connection went comes first again, in its order", () => {
  const { line, push, takeAll } = start();
  push("c");
  const sent = [delivery("a"), delivery("b")];
  line.putBack(sent);
  expect(line.all().map((each) => each.publication?.topic)).toEqual(["a", "b", "c"]);
  expect(takeAll()).toHaveLength(3);
});

test("a line that is cleared gives its bytes back", () => {
  const { line, totals, push } = start();
  push("a", 0, 1_000);
  push("b", 1, 1_000);
  expect(totals.bytes).toBeGreaterThan(2_000);
  line.clear();
  expect([line.length, totals.bytes, line.first(), line.all()]).toEqual([0, 0, undefined, []]);
  push("c", 0);
  expect(line.all()).toHaveLength(1);
});

/** The bound as the documents say it, by a list. */
function dropFrom(list: Delivery[], limits: QueueLimits): Delivery[] {
  const dropped: Delivery[] = [];
  const bytes = (): number => list.reduce((sum, each) => sum + (each.publication?.bytes ?? 0), 0);
  while (list.length > 0 && (list.length > limits.maxQueueMessages || bytes() > limits.maxQueueBytes)) {
    const at = Math.max(
      0,
      list.findIndex(({ qos }) => qos === 0),
    );
    dropped.push(...list.splice(at, 1));
  }
  return dropped;
}

test("whatever comes and goes, the line is what a plain list would be, and its bytes are those of what waits", () => {
  const limits = { ...ROOMY, maxQueueMessages: 12, maxQueueBytes: 12 * ONE };
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ qos: fc.constantFrom<Qos>(0, 1, 2), payloadBytes: fc.nat(2 * ONE) }) },
    { weight: 2, arbitrary: fc.constant("shift" as const) },
    { weight: 1, arbitrary: fc.constant("put back" as const) },
  );
  const property = fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
    const totals = { bytes: 0 };
    const line = new OutboundQueue(limits, totals);
    let list: Delivery[] = [];
    let sent: Delivery[] = [];
    for (const each of steps) {
      if (each === "shift") {
        const first = line.first();
        expect(first).toBe(list.shift());
        line.shift();
        if (first !== undefined && first.qos > 0) sent.push(first);
      } else if (each === "put back") {
        line.putBack(sent);
        list = [...sent, ...list];
        sent = [];
      } else {
        const added = delivery("a", each.qos, each.payloadBytes);
        list.push(added);
        const expected = dropFrom(list, limits);
        expect(line.push(added, 0)).toEqual(expected);
      }
      expect(line.all()).toEqual(list);
      expect(line.length).toBe(list.length);
      expect(totals.bytes).toBe(list.reduce((sum, { publication: held }) => sum + (held?.bytes ?? 0), 0));
    }
    line.clear();
    expect(totals.bytes).toBe(0);
  });
  fc.assert(property, { numRuns: 200 });
});

const LARGE = 256 * 1024;

/** Not shared between messages, as strings of one letter might be. */
function large(qos: Qos): Delivery {
  const each = delivery("a", qos);
  return {
    ...each,
    publication: { ...publication(), payload: new Uint8Array(LARGE), properties: NO_BYTES, bytes: LARGE },
  };
}

test("what was dropped behind many that wait is not held any more", () => {
  const line = new OutboundQueue({ ...ROOMY, maxQueueBytes: LARGE }, { bytes: 0 });
  const held = bytesHeldBy(() => {
    for (let at = 0; at < 500; at++) line.push(delivery("small"), 0);
    for (let at = 0; at < 200; at++) line.push(large(0), 0);
    return line;
  });
  expect([line.length, held < 10 * LARGE]).toEqual([500, true]);
});

test("what was sent is not held any more by a line that never empties", () => {
  const line = new OutboundQueue(ROOMY, { bytes: 0 });
  const held = bytesHeldBy(() => {
    line.push(delivery("first"), 0);
    for (let at = 0; at < 60; at++) {
      line.push(large(1), 0);
      line.shift();
    }
    return line;
  });
  expect([line.length, held < 10 * LARGE]).toEqual([1, true]);
});
