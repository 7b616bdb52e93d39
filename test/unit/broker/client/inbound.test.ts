import { afterEach, expect, test } from "vitest";
import { Inbound } from "../../../../src/broker/client/inbound.ts";
import { NEVER_EXPIRES, type PublishPacket, type Qos } from "../../../../src/broker/packets/packet.ts";
import type { Hold } from "../../../../src/broker/transport/packet-reader.ts";
import { REASON } from "../../../../src/contract/reason-codes.ts";
import { createByteBudget } from "../../../../src/core/ingest/byte-budget.ts";
import { type ComeWish, NOBODY_WATCHES, openWorld, type World } from "../../../support/memory/session-world.ts";
import { message } from "../../../support/packets/publications.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function start({ maxInflight = 100 } = {}) {
  const world = await openWorld();
  open.push(world);
  const byteBudget = createByteBudget({ maxBytes: 100 });
  const hub = { isStopping: false };
  const { intake, router, journal } = world;
  const isStopping = (): boolean => hub.isStopping;
  const context = { intake, traces: NOBODY_WATCHES, router, journal, byteBudget, maxInflight, isStopping };

  /** A client that publishes; what it is told, in order. */
  function publisher(clientId: string, wish: ComeWish = {}) {
    const guest = world.come(clientId, wish);
    const told: string[] = [];
    const sender = {
      acknowledge: ({ packetId, qos }: PublishPacket, reasonCode: number) =>
        void told.push(`${qos === 1 ? "puback" : "pubrec"} ${packetId}${reasonCode === 0 ? "" : ` ${reasonCode}`}`),
      stalled: () => void told.push("closed"),
      release: (hold: Hold) => void told.push(`release from ${hold}`),
    };
    const inbound = new Inbound(context, guest.session, { clientId, serial: 1 }, sender);
    const publish = (topic: string, qos: Qos, packetId = 0, more: Partial<PublishPacket> = {}): void =>
      inbound.take(packetOf(topic, qos, packetId, more), undefined);
    return { guest, inbound, publish, told: () => told.splice(0) };
  }

  const subscriber = world.come("subscriber");
  subscriber.subscribe("#", 0);
  return { world, byteBudget, hub, subscriber, publisher };
}

const packetOf = (topic: string, qos: Qos, packetId: number, more: Partial<PublishPacket> = {}): PublishPacket => ({
  ...message({ topic, qos, text: "x" }),
  type: "publish",
  dup: false,
  packetId,
  topicAlias: undefined,
  ...more,
});

const KEPT = { expiryS: NEVER_EXPIRES } as const;

test("messages are routed and acknowledged in the order in which they came, whatever the store takes first [MQTT-4.6.0-2, -3]", async () => {
  const { world, subscriber, publisher } = await start();
  const { publish, told } = publisher("board");
  publish("store/a", 1, 1);
  publish("b", 2, 2);
  publish("store/c", 1, 3);
  publish("d", 0);
  const [a, c] = world.held;
  c?.answer("stored");
  expect([told(), subscriber.taken()]).toEqual([[], []]);
  a?.answer("stored");
  expect(told()).toEqual(["puback 1", "pubrec 2", "puback 3"]);
  expect(subscriber.taken()).toEqual(["store/a=x", "b=x", "store/c=x", "d=x"]);
});

test("PUBACK of what an absent client is to get comes when that is durable", async () => {
  const { world, publisher } = await start();
  world.come("absent", KEPT).subscribe("a", 1);
  world.come("absent", { ...KEPT, clean: false }).vanish();
  world.journal.commit();
  const { publish, told } = publisher("board");
  publish("a", 1, 1);
  publish("b", 1, 2);
  expect(told()).toEqual([]);
  world.journal.commit();
  expect(world.journal.kept().deliveries).toHaveLength(1);
  expect(told()).toEqual(["puback 1", "puback 2"]);
});

test("a message that is delivered under another topic as well keeps its properties there, and PUBACK waits for that one too", async () => {
  const { world, publisher, subscriber } = await start();
  subscriber.leave();
  const seen = world.come("seen");
  seen.subscribe("new", 0);
  world.come("absent", KEPT).subscribe("new", 1);
  world.come("absent", { ...KEPT, clean: false }).vanish();
  world.journal.commit();
  const { publish, told } = publisher("board");
  const properties = Uint8Array.of(1, 1); // payload format: text
  publish("store/old", 1, 1, { expiryS: 30, properties, retain: true });
  world.held[0]?.answer("carry", undefined, "new");
  expect([told(), seen.taken()]).toEqual([[], ["new=x"]]);
  world.journal.commit();
  expect(told()).toEqual(["puback 1"]);
  const { deliveries, retained } = world.journal.kept();
  const message = { topic: "new", expiresAtMs: world.clock.nowMs() + 30_000, retain: false };
  expect(deliveries[0]?.value).toMatchObject({ message });
  expect([...(deliveries[0]?.value.message?.properties ?? [])].join()).toContain("1,1");
  expect(retained.map(({ topic }) => topic)).toEqual(["store/old"]);
});

test("a message that nobody subscribed to is acknowledged with that reason, and one that was stored without [MQTT 5.0, 3.4.2.1]", async () => {
  const { world, publisher, subscriber } = await start();
  subscriber.leave();
  const { publish, told } = publisher("board");
  publish("nobody", 1, 1);
  publish("store/a", 1, 2);
  world.held[0]?.answer("stored");
  expect(told()).toEqual([`puback 1 ${REASON.noMatchingSubscribers}`, "puback 2"]);
});

test("a message that was refused is acknowledged with its reason and goes to nobody", async () => {
  const { world, publisher, subscriber } = await start();
  const { inbound, publish, told } = publisher("board");
  publish("store/a", 1, 1);
  world.held[0]?.answer("refuse", "PAYLOAD_EMPTY");
  inbound.take(packetOf("$x", 1, 2), "TOPIC_RESERVED");
  const codes = told().map((words) => Number(words.split(" ")[2]));
  expect(codes.every((code) => code >= REASON.unspecified)).toBe(true);
  expect([codes.length, subscriber.taken()]).toEqual([2, []]);
});

test("QoS 2 is routed once, however often it comes before PUBREL, with DUP or without [MQTT-4.3.3-10]", async () => {
  const { publisher, subscriber } = await start();
  const { publish, inbound, told } = publisher("board");
  publish("a", 2, 1);
  publish("a", 2, 1, { dup: true });
  publish("a", 2, 1);
  expect([told(), subscriber.taken()]).toEqual([["pubrec 1", "pubrec 1", "pubrec 1"], ["a=x"]]);
  const done: string[] = [];
  expect(inbound.release(1, () => done.push("pubcomp"))).toBe(true);
  expect([done, inbound.release(1, () => undefined)]).toEqual([["pubcomp"], false]);
  publish("a", 2, 1);
  expect([told(), subscriber.taken()]).toEqual([["pubrec 1"], ["a=x"]]);
});

test("a repetition waits for its first copy, over a reconnect as well, and gets the same answer", async () => {
  const { world, publisher, subscriber } = await start();
  const first = publisher("board", KEPT);
  first.publish("store/a", 2, 1);
  const second = publisher("board", { ...KEPT, clean: false });
  second.publish("store/a", 2, 1, { dup: true });
  second.publish("b", 1, 2);
  expect([second.told(), world.held.length]).toEqual([[], 1]);
  world.held[0]?.answer("stored");
  world.journal.commit();
  world.journal.commit();
  expect([second.told(), subscriber.taken()]).toEqual([
    ["pubrec 1", "puback 2"],
    ["store/a=x", "b=x"],
  ]);
});

test("a message of QoS 2 that the store did not take is a new one when it comes again", async () => {
  const { world, publisher, subscriber } = await start();
  const first = publisher("board", KEPT);
  first.publish("store/a", 2, 1);
  world.held[0]?.answer("stalled");
  expect(first.told()).toEqual(["closed"]);
  const second = publisher("board", { ...KEPT, clean: false });
  second.publish("store/a", 2, 1, { dup: true });
  world.held[1]?.answer("stored");
  world.journal.commit();
  expect([second.told(), subscriber.taken()]).toEqual([["pubrec 1"], ["store/a=x"]]);
});

test("PUBREC comes when a restart would know of its id, and PUBCOMP when a restart would not", async () => {
  const { world, publisher } = await start();
  const { publish, inbound, told } = publisher("board", KEPT);
  publish("a", 2, 5);
  expect(told()).toEqual([]);
  world.journal.commit();
  expect([told(), world.journal.kept().inbound]).toEqual([["pubrec 5"], [{ clientId: "board", packetId: 5 }]]);
  const done: string[] = [];
  inbound.release(5, () => done.push("pubcomp"));
  expect(done).toEqual([]);
  world.journal.commit();
  expect([done, world.journal.kept().inbound]).toEqual([["pubcomp"], []]);
});

test("ids of QoS 2 that were released do not come back into the journal with messages that nobody wants", async () => {
  const { world, publisher, subscriber } = await start();
  subscriber.leave();
  const { publish, inbound } = publisher("board", KEPT);
  publish("nobody", 2, 1);
  world.journal.commit();
  inbound.release(1, () => undefined);
  publish("nobody", 1, 2);
  publish("nobody", 0);
  world.journal.commit();
  expect(world.journal.kept().inbound).toEqual([]);
});

test("PUBREL of a message that has no PUBREC yet releases nothing", async () => {
  const { world, publisher } = await start();
  const { publish, inbound, told } = publisher("board");
  publish("store/a", 2, 1);
  publish("store/a", 2, 1);
  expect(inbound.release(1, () => undefined)).toBe(false);
  world.held[0]?.answer("stored");
  expect(told()).toEqual(["pubrec 1", "pubrec 1"]);
});

test("what an ended session still had on its way does not reach the next session of the same client", async () => {
  const { world, publisher } = await start();
  publisher("board", KEPT).publish("store/a", 2, 7);
  const next = world.come("board", KEPT); // clean start
  world.held[0]?.answer("stored");
  world.journal.commit();
  expect([next.session.inbound.size, world.journal.kept().inbound]).toEqual([0, []]);
});

test("MQTT 5 has its id free again with a PUBREC that refuses, 3.1.1 with PUBREL [MQTT-4.3.3-9]", async () => {
  const { publisher } = await start();
  for (const [version, size] of [
    [5, 0],
    [4, 1],
  ] as const) {
    const { guest, inbound } = publisher(`v${version}`, { version });
    inbound.take(packetOf("$x", 2, 1), "TOPIC_RESERVED");
    expect(guest.session.inbound.size, `version ${version}`).toBe(size);
  }
});

test("more of QoS 2 than may be unreleased is over the window; a repetition is not", async () => {
  const { publisher } = await start({ maxInflight: 2 });
  const { publish, inbound } = publisher("board");
  for (const packetId of [1, 2]) publish("a", 2, packetId);
  expect(inbound.isOverWindow(packetOf("a", 2, 3))).toBe(true);
  expect(inbound.isOverWindow(packetOf("a", 2, 2))).toBe(false);
  expect(inbound.isOverWindow(packetOf("a", 1, 3))).toBe(false);
});

test("a client with too much on its way is held back, and let on when half of that is done", async () => {
  const { world, publisher } = await start({ maxInflight: 4 });
  const { publish, inbound, told } = publisher("board");
  for (const packetId of [1, 2, 3, 4]) {
    expect(inbound.hold()).toBeUndefined();
    publish("store/a", 1, packetId);
  }
  expect(inbound.hold()).toBe("in flight");
  world.held[0]?.answer("stored");
  expect(told()).toEqual(["puback 1"]);
  world.held[1]?.answer("stored");
  expect(told()).toEqual(["puback 2", "release from in flight"]);
  expect(inbound.hold()).toBeUndefined();
});

test("a client that finds the hub full is let on when there is room, once; one that is gone is not", async () => {
  const { byteBudget, publisher } = await start();
  const waiting = publisher("waiting");
  const gone = publisher("gone");
  byteBudget.acquire(100);
  for (const { inbound } of [waiting, waiting, gone]) expect(inbound.hold()).toBe("byte budget");
  gone.inbound.close();
  byteBudget.release(50);
  expect([waiting.told(), gone.told()]).toEqual([["release from byte budget"], []]);
  expect(waiting.inbound.hold()).toBeUndefined();
});

test("a hub that stops takes nothing more that wants an acknowledgement", async () => {
  const { hub, publisher, subscriber } = await start();
  const { publish, told } = publisher("board");
  hub.isStopping = true;
  publish("a", 1, 1);
  publish("b", 2, 2);
  publish("c", 0);
  expect([told(), subscriber.taken()]).toEqual([[], ["c=x"]]);
});

test("where the journal stalls, the client is sent away and comes again to what is known of its message", async () => {
  const { world, publisher, subscriber } = await start();
  const first = publisher("board", KEPT);
  first.publish("a", 2, 1);
  world.journal.stall();
  expect(first.told()).toEqual(["closed"]);
  const second = publisher("board", { ...KEPT, clean: false });
  second.publish("a", 2, 1, { dup: true });
  expect(second.told()).toEqual([]);
  world.journal.commit();
  expect([second.told(), subscriber.taken()]).toEqual([["pubrec 1"], ["a=x"]]);
});
