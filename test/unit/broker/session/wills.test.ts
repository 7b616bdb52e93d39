import { afterEach, expect, test } from "vitest";
import { NEVER_EXPIRES } from "../../../../src/broker/packets/packet.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { type Guest, openWorld, type World, type WorldOptions } from "../../../support/memory/session-world.ts";
import { textOf } from "../../../support/packets/publications.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

/** A world, and somebody who hears every will. */
async function start(options?: WorldOptions) {
  const world = await openWorld(options);
  open.push(world);
  return { world, listener: listenTo(world) };
}

async function killed(world: World, options?: Partial<WorldOptions>) {
  const next = await world.kill(options);
  open.push(next);
  return { world: next, listener: listenTo(next) };
}

function listenTo(world: World): Guest {
  const listener = world.come("listener");
  listener.subscribe("#", 0);
  listener.taken();
  return listener;
}

const KEPT = { expiryS: NEVER_EXPIRES } as const;
/** The will has a moment to be published and forgotten. */
const willsOf = ({ journal }: World): string[] => {
  journal.commit();
  journal.commit();
  return journal.kept().wills.map(({ value }) => textOf(value.message.payload));
};

test("a will is published when its client is gone without a word, and forgotten [MQTT-3.1.2-8]", async () => {
  const { world, listener } = await start();
  const guest = world.come("board", { will: { text: "dead" } });
  expect(willsOf(world)).toEqual(["dead"]);
  guest.vanish();
  expect(listener.taken()).toEqual(["will=dead"]);
  expect(willsOf(world)).toEqual([]);
});

test("a will is thrown away with DISCONNECT [MQTT-3.1.2-10]", async () => {
  const { world, listener } = await start();
  world.come("board", { will: {} }).leave();
  world.advance(10_000);
  expect([listener.taken(), willsOf(world)]).toEqual([[], []]);
});

test("a will waits as long as it says, and goes out once [MQTT-3.1.3-9]", async () => {
  const { world, listener } = await start();
  world.come("board", { ...KEPT, will: { delayS: 30 } }).vanish();
  world.advance(29_500);
  expect([listener.taken(), willsOf(world)]).toEqual([[], ["dead"]]);
  world.advance(500);
  expect(listener.taken()).toEqual(["will=dead"]);
  world.advance(60_000);
  expect([listener.taken(), willsOf(world)]).toEqual([[], []]);
});

test("a client that is back before its will is due calls it off, with a new will or with none", async () => {
  const { world, listener } = await start();
  world.come("board", { ...KEPT, will: { text: "first", delayS: 30 } }).vanish();
  world.advance(10_000);
  world.come("board", { ...KEPT, clean: false, will: { text: "second", delayS: 30 } });
  world.advance(60_000);
  expect([listener.taken(), willsOf(world)]).toEqual([[], ["second"]]);
  world.come("board", { ...KEPT, clean: false }).vanish();
  world.advance(60_000);
  expect([listener.taken(), willsOf(world)]).toEqual([[], []]);
});

test("a will does not wait longer than its session lives [MQTT-3.1.3-9]", async () => {
  const { world, listener } = await start();
  world.come("at once", { will: { text: "at once", delayS: 30 } }).vanish();
  world.come("soon", { expiryS: 10, will: { text: "soon", delayS: 30 } }).vanish();
  expect(listener.taken()).toEqual(["will=at once"]);
  world.advance(9_500);
  expect(listener.taken()).toEqual([]);
  world.advance(500);
  expect(listener.taken()).toEqual(["will=soon"]);
});

test("a will that waits goes out when its session is ended by a clean start, before the new one begins", async () => {
  const { world, listener } = await start();
  world.come("board", { ...KEPT, will: { text: "old", delayS: 30 } }).vanish();
  world.come("board", { ...KEPT, will: { text: "new", delayS: 30 } });
  expect(listener.taken()).toEqual(["will=old"]);
  world.advance(60_000);
  expect([listener.taken(), willsOf(world)]).toEqual([[], ["new"]]);
});

test("a take-over publishes the will of the former at once where it has no delay, and not at all where it has", async () => {
  const { world, listener } = await start();
  world.come("board", { ...KEPT, will: { text: "at once" } });
  world.come("board", { ...KEPT, clean: false, will: { text: "delayed", delayS: 30 } });
  expect(listener.taken()).toEqual(["will=at once"]);
  world.come("board", { ...KEPT, clean: false });
  world.advance(60_000);
  expect([listener.taken(), willsOf(world)]).toEqual([[], []]);
});

test("a will is delivered with its own QoS, retained where it says so, and durable before it is forgotten", async () => {
  const { world } = await start();
  world.come("subscriber", KEPT).subscribe("will", 2);
  world.come("subscriber", { ...KEPT, clean: false }).vanish();
  world.journal.commit();
  world.come("board", { will: { qos: 2, retain: true } }).vanish();
  const { deliveries, wills } = world.journal.kept();
  expect([deliveries.length, wills.length]).toEqual([0, 0]); // nothing of all this is durable yet
  world.journal.commit();
  expect(world.journal.kept()).toMatchObject({ deliveries: [{ value: { qos: 2 } }], retained: [{ topic: "will" }] });
  expect(willsOf(world)).toEqual([]);
  expect(world.come("subscriber", { ...KEPT, clean: false }).taken()).toEqual(["will=dead q2 #1"]);
});

test("a will that the store takes stays written down until it has, and is tried again where it has not", async () => {
  const { world, listener } = await start();
  world.come("board", { will: { topic: "store/status" } }).vanish();
  expect(world.held.map(({ message }) => [message.topic, message.connection.clientId])).toEqual([
    ["store/status", "board"],
  ]);
  world.held.shift()?.answer("stalled");
  expect([listener.taken(), willsOf(world)]).toEqual([[], ["dead"]]);
  world.advance(1_000);
  world.held.shift()?.answer("stored");
  expect(listener.taken()).toEqual(["store/status=dead"]);
  expect([willsOf(world), world.held]).toEqual([[], []]);
});

test("a will that waits for the store is not tried again when its client is back", async () => {
  const { world, listener } = await start();
  world.come("board", { ...KEPT, will: { topic: "store/status" } }).vanish();
  world.come("board", { ...KEPT, clean: false });
  world.held.shift()?.answer("stalled");
  world.advance(60_000);
  expect([listener.taken(), world.held, willsOf(world)]).toEqual([[], [], []]);
});

test("a will that is refused is forgotten", async () => {
  const { world, listener } = await start();
  world.come("board", { will: { topic: "store/status" } }).vanish();
  world.held.shift()?.answer("refuse", "PAYLOAD_EMPTY");
  expect([listener.taken(), willsOf(world)]).toEqual([[], []]);
});

test("after a kill a board has a minute, or one and a half of its keep-alive, to be back before its will goes out", async () => {
  const { world } = await start();
  world.come("short", { keepAliveS: 10, will: { text: "short" } });
  world.come("long", { keepAliveS: 100, will: { text: "long" } });
  world.come("back", { keepAliveS: 10, will: { text: "back" } });
  world.journal.commit();
  const { world: next, listener } = await killed(world);
  next.come("back", { will: { text: "new" } });
  next.advance(59_500);
  expect(listener.taken()).toEqual([]);
  next.advance(500);
  expect(listener.taken()).toEqual(["will=short"]);
  next.advance(90_000);
  expect(listener.taken()).toEqual(["will=long"]);
  expect(willsOf(next)).toEqual(["new"]);
});

test("a will that was waiting at a kill waits for the rest of its time and for its board to be back, whatever the wall clock does", async () => {
  const clock = createManualClock();
  const { world } = await start({ clock });
  world.come("board", { ...KEPT, will: { delayS: 300 } }).vanish();
  world.journal.commit();
  world.advance(100_000);
  const { world: next, listener } = await killed(world);
  next.advance(199_500);
  expect(listener.taken()).toEqual([]);
  clock.stepWall(-10 * 365 * 86_400_000); // from here on the clock is years behind what stands in the journal
  const { world: third, listener: other } = await killed(next);
  third.advance(89_500);
  expect(other.taken()).toEqual([]);
  third.advance(500);
  expect(other.taken()).toEqual(["will=dead"]);
});

test("a will that a wrong clock noted for years ahead waits no longer than its delay, over restarts too", async () => {
  const { world } = await start();
  world.come("board", { ...KEPT, will: { delayS: 300 } }).vanish();
  world.journal.commit();
  const dueAtMs = world.time.nowMs() + 10 * 365 * 86_400_000;
  for (const { clientId, value } of world.journal.kept().wills) {
    world.journal.note({ of: "will", clientId, value: { ...value, dueAtMs } });
  }
  world.journal.commit();
  const { world: next, listener } = await killed(world);
  next.advance(200_000);
  expect([listener.taken(), willsOf(next)]).toEqual([[], ["dead"]]);
  const { world: third, listener: other } = await killed(next);
  third.advance(99_500);
  expect(other.taken()).toEqual([]);
  third.advance(500);
  expect([other.taken(), willsOf(third)]).toEqual([["will=dead"], []]);
});

test("the expiry of a will counts from its publication [MQTT 5.0, 3.1.3.2.4]", async () => {
  const { world } = await start();
  world.come("subscriber", KEPT).subscribe("will", 1);
  world.come("subscriber", { ...KEPT, clean: false }).vanish();
  world.come("board", { ...KEPT, will: { qos: 1, delayS: 30, expiryS: 10 } }).vanish();
  world.advance(39_000);
  expect(world.come("subscriber", { ...KEPT, clean: false }).taken()).toEqual(["will=dead q1 #1"]);
  world.come("other", KEPT).subscribe("will", 1);
  world.come("other", { ...KEPT, clean: false }).vanish();
  world.come("board", { ...KEPT, will: { qos: 1, delayS: 30, expiryS: 10 } }).vanish();
  world.advance(41_000);
  expect(world.come("other", { ...KEPT, clean: false }).taken()).toEqual([]);
});

test("a will that is delivered under another topic as well is forgotten when what an absent client is to get of that is durable", async () => {
  const { world, listener } = await start();
  world.come("absent", KEPT).subscribe("device", 1);
  world.come("absent", { ...KEPT, clean: false }).vanish();
  world.come("board", { will: { topic: "store/board", qos: 1 } }).vanish();
  world.held[0]?.answer("stored", undefined, "device");
  expect(listener.taken()).toEqual(["store/board=dead", "device=dead"]);
  world.journal.commit();
  expect(world.journal.kept().deliveries.map(({ value }) => value.message?.topic)).toEqual(["device"]);
  expect(willsOf(world)).toEqual([]);
});
