import fc from "fast-check";
import { expect, test } from "vitest";
import type { Qos } from "../../../../src/broker/packets/packet.ts";
import type { Publication } from "../../../../src/broker/routing/publication.ts";
import { type Delivery, packetIdOf } from "../../../../src/broker/session/delivery.ts";
import { Outbound } from "../../../../src/broker/session/outbound.ts";
import type { QueueLimits } from "../../../../src/broker/session/outbound-queue.ts";
import type { Sink } from "../../../../src/broker/session/sink.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryTime } from "../../../support/memory/memory-time.ts";
import { createRecordingJournal } from "../../../support/memory/recording-journal.ts";
import { type MessageWish, publication, textOf } from "../../../support/packets/publications.ts";

const ROOMY: QueueLimits = { maxQueueMessages: 1_000, maxQueueBytes: 1e9, maxQueuesBytes: 1e9 };

/** A client: what it was sent in words, "1 #5 dup" being QoS 1, packet id 5, again. */
function createSink({ window = 100, maxBytes = 1_000 }: { window?: number; maxBytes?: number } = {}) {
  const sent: string[] = [];
  const state = { isBehind: false };
  const sink: Sink = {
    window,
    canTake: () => !state.isBehind,
    publish: ({ publication: { payload }, qos, retain }, packetId, isRepeat, expiryS) => {
      if (payload.length > maxBytes) return false;
      const words = [textOf(payload), retain ? "retained" : "", qos > 0 ? `#${packetId}` : "", isRepeat ? "dup" : ""];
      sent.push([...words, expiryS === undefined ? "" : `${expiryS} s`].filter((word) => word !== "").join(" "));
      return true;
    },
    pubrel: (packetId) => void sent.push(`pubrel #${packetId}`),
  };
  return Object.assign(state, sink, { taken: () => sent.splice(0) });
}

interface Options {
  readonly isDurable?: boolean;
  readonly limits?: Partial<QueueLimits>;
}

function start({ isDurable = true, limits = {} }: Options = {}) {
  const clock = createManualClock();
  const time = createMemoryTime(clock).start();
  const journal = createRecordingJournal();
  const totals = { bytes: 0 };
  const kept = new Map<string, Publication>();
  const drops = { count: 0 };
  const context = {
    time,
    journal,
    limits: { ...ROOMY, ...limits },
    totals,
    onDropped: (_: string, count: number) => {
      drops.count += count;
    },
  };
  const make = (): Outbound => {
    const made = new Outbound("board", context);
    made.isDurable = isDurable;
    return made;
  };
  const outbound = make();
  const deliver = (text: string, qos: Qos = 1, wish: MessageWish = {}): boolean =>
    outbound.deliver({
      publication: publication({ qos, text, ...wish }, time.nowMs()),
      qos,
      retain: false,
      subscriptionIds: [],
      share: undefined,
    });
  /** What a start after a kill would find, by text. */
  const onDisk = (): (string | undefined)[] =>
    journal.kept().deliveries.map(({ value }) => value.message && textOf(value.message.payload));
  return { clock, journal, totals, kept, drops, outbound, make, deliver, onDisk };
}

/** All sent again after a kill: what is durable, in a session of the same client. */
function restarted({ journal, make }: ReturnType<typeof start>, nowMs = 0): Outbound {
  const outbound = make();
  for (const { order, value } of journal.kept().deliveries) {
    const { message, ...rest } = value;
    const delivery: Delivery = {
      ...rest,
      order,
      publication: message && publication({ qos: message.qos, text: textOf(message.payload) }, nowMs),
      isRepeat: true,
      isDropped: false,
      isWritten: true,
    };
    outbound.restore(delivery);
  }
  return outbound;
}

test("what waits for an absent client is sent in its order when it comes, and all QoS keep that order", () => {
  const { outbound, deliver, journal } = start();
  for (const [text, qos] of [
    ["a", 1],
    ["b", 2],
    ["c", 1],
  ] as const)
    deliver(text, qos);
  journal.commit();
  const sink = createSink();
  outbound.attach(sink);
  expect(sink.taken()).toEqual(["a #1", "b #2", "c #3"]);
  deliver("d", 0);
  deliver("e", 2);
  deliver("f", 0);
  deliver("g", 1);
  expect(sink.taken()).toEqual(["d"]);
  journal.commit();
  expect(sink.taken()).toEqual(["e #4", "f", "g #5"]);
});

test("QoS 0 does not wait for an absent client, nor does anything for one whose session ends with its connection", () => {
  const durable = start();
  expect(durable.deliver("a", 0)).toBe(false);
  const fleeting = start({ isDurable: false });
  expect(fleeting.deliver("b", 1)).toBe(false);
  expect([durable.outbound.length, fleeting.outbound.length]).toEqual([0, 0]);
  expect([durable.journal.said, fleeting.journal.said]).toEqual([[], []]);
});

test("no more is unacknowledged than the client takes, and each acknowledgement lets the next one go [MQTT-3.3.4-9]", () => {
  const { outbound, deliver } = start({ isDurable: false });
  const sink = createSink({ window: 2 });
  outbound.attach(sink);
  for (const text of ["a", "b", "c", "d"]) deliver(text);
  deliver("e", 0);
  expect(sink.taken()).toEqual(["a #1", "b #2"]);
  expect(outbound.acknowledged(2, "puback")).toBeUndefined();
  expect(sink.taken()).toEqual(["c #3"]);
  expect(outbound.acknowledged(1, "puback")).toBeUndefined();
  expect(sink.taken()).toEqual(["d #4", "e"]);
});

test("QoS 2 holds its place in the window until PUBCOMP, not until PUBREC", () => {
  const { outbound, deliver } = start({ isDurable: false });
  const sink = createSink({ window: 1 });
  outbound.attach(sink);
  for (const text of ["a", "b"]) deliver(text, 2);
  outbound.received(1);
  expect(sink.taken()).toEqual(["a #1", "pubrel #1"]);
  outbound.acknowledged(1, "pubcomp");
  expect(sink.taken()).toEqual(["b #2"]);
});

test("a socket that is behind is sent nothing until there is room, and then all of it in order", () => {
  const { outbound, deliver } = start({ isDurable: false });
  const sink = createSink();
  outbound.attach(sink);
  sink.isBehind = true;
  deliver("a", 0);
  deliver("b", 1);
  deliver("c", 0);
  expect([sink.taken(), outbound.length]).toEqual([[], 3]);
  sink.isBehind = false;
  outbound.pump();
  expect(sink.taken()).toEqual(["a", "b #1", "c"]);
});

test("a client that comes again is sent what it did not acknowledge, with the same packet ids and DUP, before all else [MQTT-4.4.0-1]", () => {
  const { outbound, deliver, journal } = start();
  const first = createSink({ window: 3 });
  outbound.attach(first);
  for (const text of ["a", "b", "c", "d"]) deliver(text, text === "b" ? 2 : 1);
  journal.commit();
  expect(first.taken()).toEqual(["a #1", "b #2", "c #3"]);
  outbound.acknowledged(1, "puback");
  outbound.detach();
  deliver("e");
  const second = createSink();
  outbound.attach(second);
  expect(second.taken()).toEqual(["b #2 dup", "c #3 dup", "d #4 dup", "e #5"]);
});

test("behind PUBREC only PUBREL is sent again, and a refusing PUBREC ends the matter [MQTT-4.3.3-1]", () => {
  const { outbound, deliver, journal } = start();
  outbound.attach(createSink());
  for (const text of ["a", "b"]) deliver(text, 2);
  journal.commit();
  outbound.received(1);
  journal.commit();
  outbound.acknowledged(2, "pubrec");
  outbound.detach();
  const sink = createSink();
  outbound.attach(sink);
  expect(sink.taken()).toEqual(["pubrel #1"]);
  expect(outbound.acknowledged(1, "pubcomp")).toBeUndefined();
  expect(outbound.length).toBe(0);
});

test("acknowledgements of another QoS, or for ids that are not in use, are told apart from good ones", () => {
  const { outbound, deliver } = start({ isDurable: false });
  outbound.attach(createSink());
  deliver("a", 1);
  deliver("b", 2);
  expect(outbound.acknowledged(1, "pubcomp")).toBe("wrong type");
  expect(outbound.received(1)).toBe("wrong type");
  expect(outbound.acknowledged(2, "puback")).toBe("wrong type");
  expect([outbound.acknowledged(3, "puback"), outbound.received(3)]).toEqual(["unknown", "unknown"]);
  expect(outbound.length).toBe(2);
});

test("what is to be acknowledged stands in the journal from its arrival to its acknowledgement", () => {
  const { outbound, deliver, journal, onDisk } = start();
  expect(deliver("a")).toBe(true);
  expect(deliver("b")).toBe(true);
  journal.commit();
  expect(onDisk()).toEqual(["a", "b"]);
  outbound.attach(createSink());
  outbound.acknowledged(1, "puback");
  journal.commit();
  expect(onDisk()).toEqual(["b"]);
});

test("a message of QoS 2 is sent when its place is durable, and PUBREL when PUBREC is", () => {
  const { outbound, deliver, journal } = start();
  const sink = createSink();
  outbound.attach(sink);
  deliver("a", 2);
  expect(sink.taken()).toEqual([]);
  journal.commit();
  expect(sink.taken()).toEqual(["a #1"]);
  outbound.received(1);
  expect(sink.taken()).toEqual([]);
  journal.stall();
  expect(sink.taken()).toEqual([]);
  journal.commit();
  expect(sink.taken()).toEqual(["pubrel #1"]);
});

test("a client that comes again while PUBREC is on its way to the journal is not sent PUBREL twice, nor too early", () => {
  const { outbound, deliver, journal } = start();
  outbound.attach(createSink());
  deliver("a", 2);
  journal.commit();
  outbound.received(1);
  outbound.detach();
  const sink = createSink();
  outbound.attach(sink);
  expect(sink.taken()).toEqual([]);
  journal.commit();
  expect(sink.taken()).toEqual(["pubrel #1"]);
});

test("a message that its client cannot take is dropped, counted, and leaves nothing in the journal [MQTT-3.1.2-25]", () => {
  const { outbound, deliver, journal, onDisk, drops, totals } = start();
  const sink = createSink({ maxBytes: 10 });
  outbound.attach(sink);
  for (const qos of [0, 1, 2] as const) deliver("much too large for it", qos);
  deliver("small");
  journal.commit();
  journal.commit();
  expect(sink.taken()).toEqual(["small #3"]);
  outbound.acknowledged(3, "puback");
  journal.commit();
  expect([drops.count, onDisk(), totals.bytes]).toEqual([3, [], 0]);
});

test("a message that has expired is not sent any more; one that has not says how long it still has [MQTT-3.3.2-5, -6]", () => {
  const { clock, outbound, deliver, journal, onDisk, drops } = start();
  deliver("short", 1, { expiryS: 10 });
  deliver("long", 2, { expiryS: 100 });
  deliver("none", 1, { expiryS: 0 });
  journal.commit();
  clock.advance(10_000);
  const sink = createSink();
  outbound.attach(sink);
  expect(sink.taken()).toEqual(["long #2 90 s"]);
  journal.commit();
  expect([onDisk(), drops.count]).toEqual([["long"], 0]);
});

test("a message that was sent once is finished, however old it is by then", () => {
  const { clock, outbound, deliver } = start();
  outbound.attach(createSink());
  deliver("a", 1, { expiryS: 10 });
  outbound.detach();
  clock.advance(60_000);
  const sink = createSink();
  outbound.attach(sink);
  expect(sink.taken()).toEqual(["a #1 dup 0 s"]);
});

test("the time left is rounded up to whole seconds", () => {
  const { clock, outbound, deliver } = start();
  deliver("a", 1, { expiryS: 10 });
  clock.advance(1_001);
  const sink = createSink();
  outbound.attach(sink);
  expect(sink.taken()).toEqual(["a #1 9 s"]);
});

test("what its queue has no room for is dropped oldest first, counted, and taken from the journal", () => {
  const { deliver, journal, onDisk, drops, outbound, totals } = start({ limits: { maxQueueMessages: 3 } });
  for (const text of ["a", "b", "c", "d", "e"]) deliver(text, text === "e" ? 2 : 1);
  journal.commit();
  expect([onDisk(), drops.count, outbound.length]).toEqual([["c", "d", "e"], 2, 3]);
  outbound.end();
  expect(totals.bytes).toBe(0);
});

test("a message that has no room at all leaves nothing in the journal", () => {
  const { deliver, journal, onDisk, drops } = start({ limits: { maxQueueBytes: 100 } });
  deliver("a");
  deliver("b", 2);
  journal.commit();
  journal.commit();
  expect([onDisk(), drops.count]).toEqual([[], 2]);
});

test("a client that reads and acknowledges loses nothing, however full the queues of others are", () => {
  const { outbound, deliver, journal, drops, totals } = start({ limits: { maxQueuesBytes: 10_000 } });
  const sink = createSink();
  outbound.attach(sink);
  totals.bytes = 20_000;
  for (const qos of [0, 1, 2] as const) deliver(`q${qos}`, qos);
  for (const text of ["a", "b"]) deliver(text, 2); // in the same commit
  journal.commit();
  expect([sink.taken(), drops.count]).toEqual([["q0", "q1 #1", "q2 #2", "a #3", "b #4"], 0]);
});

test("what is in flight counts as held, until it is acknowledged or its session ends", () => {
  const { outbound, deliver, totals } = start({ isDurable: false });
  outbound.attach(createSink());
  deliver("a");
  deliver("b", 2);
  const both = totals.bytes;
  expect(both).toBeGreaterThan(500);
  outbound.received(2);
  expect(totals.bytes).toBeLessThan(both);
  outbound.acknowledged(2, "pubcomp");
  outbound.detach();
  expect(totals.bytes).toBe(publication({ text: "a" }).bytes);
  outbound.end();
  expect(totals.bytes).toBe(0);
});

test("after a restart the same packet ids are used again, and new messages take the ids behind", () => {
  const world = start();
  const { deliver, outbound, journal } = world;
  outbound.attach(createSink());
  for (const text of ["a", "b", "c"]) deliver(text, 2);
  journal.commit();
  outbound.received(2);
  outbound.acknowledged(1, "pubcomp");
  journal.commit();
  const again = restarted(world);
  const sink = createSink();
  again.attach(sink);
  expect(sink.taken()).toEqual(["pubrel #2", "c #3 dup"]);
  again.deliver({
    publication: publication({ text: "d" }),
    qos: 1,
    retain: false,
    subscriptionIds: [],
    share: undefined,
  });
  expect(sink.taken()).toEqual(["d #4"]);
});

test("packet ids are 1 to 65,535 and then from the beginning, past one that is still in use [MQTT-2.3.1-1]", () => {
  expect([0, 1, 65_534, 65_535, 131_070].map(packetIdOf)).toEqual([1, 2, 65_535, 1, 1]);
  const { outbound, deliver } = start({ isDurable: false });
  const sink = createSink();
  outbound.attach(sink);
  deliver("first");
  for (let at = 1; at < 65_535; at++) {
    deliver("x");
    outbound.acknowledged(packetIdOf(at), "puback");
  }
  sink.taken();
  deliver("next");
  expect(sink.taken()).toEqual([]); // its id is that of "first"
  outbound.acknowledged(1, "puback");
  expect(sink.taken()).toEqual(["next #1"]);
});

/** A subscription to these topics, all of them retained by now. */
const run = (kept: Map<string, Publication>, topics: string[], qos: Qos, serial = Number.MAX_SAFE_INTEGER) => {
  const held = topics.map((topic) => ({
    get publication() {
      return kept.get(topic);
    },
  }));
  const matches = {
    count: held.length,
    topics: function* () {
      yield* held;
    },
  };
  return { serial, parts: [{ matches, qos, subscriptionIds: [] }] };
};

test("retained messages come behind what waits, by the lower QoS of the two, as far as the window goes", () => {
  const { outbound, deliver, kept } = start({ isDurable: false });
  for (const [topic, qos] of [
    ["t0", 0],
    ["t1", 1],
    ["t2", 2],
  ] as const)
    kept.set(topic, publication({ topic, qos, text: topic, retain: true }));
  const sink = createSink({ window: 2 });
  outbound.attach(sink);
  for (const text of ["a", "b", "c"]) deliver(text);
  outbound.deliverRetained(run(kept, ["t0", "t1", "t2"], 1));
  expect([sink.taken(), outbound.retainedWaiting]).toEqual([["a #1", "b #2"], 3]);
  for (const id of [1, 2]) outbound.acknowledged(id, "puback");
  expect(sink.taken()).toEqual(["c #3", "t0 retained", "t1 retained #4"]);
  outbound.acknowledged(3, "puback");
  expect([sink.taken(), outbound.retainedWaiting]).toEqual([["t2 retained #5"], 0]);
});

test("a retained message that was replaced or taken away before its turn is left out", () => {
  const { outbound, kept } = start({ isDurable: false });
  const serial = publication().serial;
  for (const topic of ["gone", "replaced"]) kept.set(topic, { ...publication({ topic, text: "old" }), serial });
  kept.set("kept", { ...publication({ topic: "kept", text: "kept" }), serial });
  const sink = createSink();
  sink.isBehind = true;
  outbound.attach(sink);
  outbound.deliverRetained(run(kept, ["gone", "replaced", "kept"], 1, serial));
  kept.delete("gone");
  kept.set("replaced", publication({ topic: "replaced", text: "new" }));
  sink.isBehind = false;
  outbound.pump();
  expect(sink.taken()).toEqual(["kept retained #1"]);
});

test("a retained message of QoS 1 for a durable session stands in the journal until it is acknowledged", () => {
  const { outbound, kept, journal, onDisk } = start();
  kept.set("t", publication({ topic: "t", text: "t" }));
  outbound.attach(createSink());
  outbound.deliverRetained(run(kept, ["t"], 1));
  journal.commit();
  expect(onDisk()).toEqual(["t"]);
  outbound.acknowledged(1, "puback");
  journal.commit();
  expect(onDisk()).toEqual([]);
});

test("the end of a session leaves all that was not acknowledged, in order, and holds nothing any more", () => {
  const { outbound, deliver, journal, totals } = start();
  outbound.attach(createSink({ window: 1 }));
  for (const text of ["a", "b", "c"]) deliver(text);
  journal.commit();
  outbound.detach();
  const left = outbound.end();
  expect(left.map((delivery) => [textOf(delivery.publication?.payload), delivery.isRepeat])).toEqual([
    ["a", true],
    ["b", false],
    ["c", false],
  ]);
  expect([outbound.length, totals.bytes]).toEqual([0, 0]);
});

/** One step of a client's life, or of the hub's. */
const aStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ deliver: fc.constantFrom<Qos>(0, 1, 2) }) },
  { weight: 6, arbitrary: fc.constant("acknowledge" as const) },
  { weight: 4, arbitrary: fc.constant("commit" as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("attach" as const, "detach" as const, "behind" as const, "drained" as const),
  },
  { weight: 1, arbitrary: fc.constant("kill" as const) },
);

test("whatever happens, nothing durable is lost, QoS 2 comes once, and each QoS comes in its order", () => {
  const property = fc.property(fc.array(aStep, { maxLength: 120 }), (steps) => {
    const world = start();
    let { outbound } = world;
    let sink: ReturnType<typeof createSink> | undefined;
    /** What the client has; of QoS 2 by packet id while it is not released. */
    const client = {
      seen: [] as string[],
      held: new Map<number, string>(),
      once: [] as string[],
      todo: [] as (() => void)[],
    };
    const acknowledged = new Set<string>();
    let durable: string[] = [];
    let noted: string[] = [];
    let name = 0;

    function clientReads(): void {
      for (const words of sink?.taken() ?? []) {
        const [text = "", id = ""] = words.split(" ");
        const from = outbound;
        const packetId = Number(id.slice(1));
        if (text === "pubrel") {
          client.held.delete(packetId);
          client.todo.push(() => void from.acknowledged(packetId, "pubcomp"));
        } else if (text.startsWith("2-")) {
          const former = client.held.get(packetId);
          if (former === undefined) client.once.push(text);
          // Of another message under an id that it has not released it keeps nothing: it takes it for a repetition.
          if (former === undefined || former === text) acknowledged.add(text);
          client.held.set(packetId, former ?? text);
          client.todo.push(() => void from.received(packetId));
        } else {
          client.seen.push(text);
          acknowledged.add(text);
          if (text.startsWith("1-")) client.todo.push(() => void from.acknowledged(packetId, "puback"));
        }
      }
    }

    function take(step: (typeof steps)[number]): void {
      switch (step) {
        case "acknowledge":
          client.todo.shift()?.();
          break;
        case "commit":
          durable = [...durable, ...noted];
          noted = [];
          world.journal.commit();
          break;
        case "attach":
          if (sink !== undefined) break;
          sink = createSink({ window: 4 });
          outbound.attach(sink);
          break;
        case "detach":
          outbound.detach();
          sink = undefined;
          client.todo = [];
          break;
        case "behind":
        case "drained":
          if (sink !== undefined) sink.isBehind = step === "behind";
          outbound.pump();
          break;
        case "kill":
          world.journal.kill();
          outbound = restarted(world);
          sink = undefined;
          client.todo = [];
          noted = [];
          break;
        default: {
          const text = `${step.deliver}-${name++}`;
          const wish = { qos: step.deliver, retain: false, subscriptionIds: [], share: undefined };
          if (outbound.deliver({ ...wish, publication: publication({ text, qos: step.deliver }) })) noted.push(text);
        }
      }
      clientReads();
    }

    for (const step of steps) take(step);
    for (let round = 0; round < 100; round++)
      for (const step of ["detach", "attach", "commit"] as const) {
        take(step);
        while (client.todo.length > 0) take("acknowledge");
        take("commit");
      }
    const numbersOf = (texts: readonly string[], qos: string): number[] =>
      texts.filter((text) => text.startsWith(qos)).map((text) => Number(text.slice(2)));
    expect(durable.filter((text) => !acknowledged.has(text))).toEqual([]);
    expect(new Set(client.once).size).toBe(client.once.length);
    const firsts = [...new Set(numbersOf(client.seen, "1-"))];
    for (const order of [numbersOf(client.once, "2-"), numbersOf(client.seen, "0-"), firsts]) {
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
    expect(world.journal.kept().deliveries).toEqual([]);
  });
  fc.assert(property, { numRuns: 500 });
});
