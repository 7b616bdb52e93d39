import { afterEach, expect, test } from "vitest";
import { NEVER_EXPIRES } from "../../../../src/broker/packets/packet.ts";
import { REASON } from "../../../../src/contract/reason-codes.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { openWorld, type World, type WorldOptions } from "../../../support/memory/session-world.ts";

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function start(options?: WorldOptions): Promise<World> {
  const world = await openWorld(options);
  open.push(world);
  return world;
}

async function killed(world: World, options?: Partial<WorldOptions>): Promise<World> {
  const next = await world.kill(options);
  open.push(next);
  return next;
}

const KEPT = { expiryS: NEVER_EXPIRES } as const;
const AGAIN = { ...KEPT, clean: false } as const;

test("a session that expires with its connection leaves nothing behind", async () => {
  const { come, publish, sessions, journal, totals } = await start();
  const guest = come("board");
  guest.subscribe("a/#");
  guest.leave();
  expect(sessions.count).toBe(0);
  expect(publish({ topic: "a/b" }).isMatched).toBe(false);
  const again = come("board", AGAIN);
  expect([again.isPresent, again.session.subscriptions.size]).toEqual([false, 0]);
  again.leave();
  journal.commit();
  expect([journal.kept().subscriptions, totals.bytes]).toEqual([[], 0]);
});

test("a session that is kept has its subscriptions and what came meanwhile, in MQTT 3 and in MQTT 5 [MQTT-3.1.2-5]", async () => {
  const { come, publish, journal } = await start();
  const guest = come("board", { ...KEPT, version: 4 });
  guest.subscribe("a/#", 2);
  guest.vanish();
  for (const [text, qos] of [
    ["zero", 0],
    ["one", 1],
    ["two", 2],
  ] as const)
    publish({ text, qos });
  journal.commit();
  const again = come("board", { ...AGAIN, version: 5 });
  expect([again.isPresent, again.taken()]).toEqual([true, ["a/b=one q1 #1", "a/b=two q2 #2"]]);
});

test("a clean start ends the session that was there, connected or not [MQTT-3.1.2-4]", async () => {
  const { come, publish, journal, totals, sessions } = await start();
  const first = come("board", KEPT);
  first.subscribe("a/#");
  first.vanish();
  publish({ text: "for the first" });
  const second = come("board", KEPT);
  second.subscribe("b/#");
  const third = come("board", KEPT);
  expect([second.isPresent, third.isPresent, second.wasTakenOver(), third.taken()]).toEqual([false, false, true, []]);
  expect([sessions.count, totals.bytes]).toEqual([1, 0]);
  journal.commit();
  expect([journal.kept().subscriptions, journal.kept().deliveries]).toEqual([[], []]);
});

test("a session expires when its time is over, and not before", async () => {
  const { come, advance, sessions, publish, journal, totals } = await start();
  come("board", { expiryS: 100 }).subscribe("a/#");
  come("board", { expiryS: 100, clean: false }).leave();
  publish({});
  advance(99_000);
  expect(sessions.count).toBe(1);
  advance(1_000);
  expect([sessions.count, totals.bytes]).toEqual([0, 0]);
  journal.commit();
  expect(journal.kept()).toMatchObject({ sessions: [], subscriptions: [], deliveries: [] });
});

test("a session that expired while nobody looked is none for who comes then", async () => {
  const { come, clock } = await start();
  come("board", { expiryS: 10 }).leave();
  clock.advance(10_000);
  expect(come("board", { expiryS: 10, clean: false }).isPresent).toBe(false);
});

test("a session that never expires is there after years, as long a time as no timer can wait", async () => {
  const { come, clock, sessions } = await start();
  come("board", KEPT).leave();
  clock.advance(50 * 365 * 86_400_000);
  sessions.sweep();
  expect(come("board", AGAIN).isPresent).toBe(true);
});

test("an expiry that is changed with DISCONNECT counts from then on [MQTT 5.0, 3.14.2.2.2]", async () => {
  const { come, advance, sessions, journal } = await start();
  const guest = come("board", KEPT);
  sessions.setExpiry(guest.session, 5);
  guest.leave();
  const other = come("other", KEPT);
  sessions.setExpiry(other.session, 0);
  other.leave();
  expect(sessions.count).toBe(1);
  journal.commit();
  expect(journal.kept().sessions.map(({ clientId, value }) => [clientId, value.expiryS])).toEqual([["board", 5]]);
  advance(5_000);
  expect(sessions.count).toBe(0);
});

test("who comes with an id that is in use takes its place, and its session where that is kept [MQTT-3.1.4-3]", async () => {
  const { come, publish, sessions } = await start();
  const first = come("board", KEPT);
  first.subscribe("a/#");
  publish({ text: "before" });
  expect(first.taken()).toEqual(["a/b=before q1 #1"]);
  const second = come("board", AGAIN);
  expect([first.wasTakenOver(), second.isPresent, second.session === first.session]).toEqual([true, true, true]);
  expect(second.taken()).toEqual(["a/b=before q1 #1 dup"]);
  first.vanish(); // its socket closes later
  publish({ text: "after" });
  expect(second.taken()).toEqual(["a/b=after q1 #2"]);
  expect(sessions.count).toBe(1);
});

test("beyond their number sessions are not kept: they end with their connections, and that is reported", async () => {
  const { come, sessions, refused } = await start({ limits: { maxSessions: 2 } });
  for (const name of ["a", "b"]) come(name, KEPT).leave();
  const third = come("c", KEPT);
  expect([third.session.expiryS, refused]).toEqual([0, ["session c"]]);
  third.leave();
  expect(sessions.count).toBe(2);
  expect(come("a", AGAIN).session.expiryS).toBe(NEVER_EXPIRES);
});

test("after a kill a session is as it was: subscriptions with their options, what waits in order, ids of QoS 2", async () => {
  const world = await start();
  const guest = world.come("board", KEPT);
  guest.subscribe("a/+", 2, { noLocal: true, retainAsPublished: true, subscriptionId: 7 });
  world.publish({ topic: "a/b", text: "sent", qos: 2 });
  world.journal.commit();
  expect(guest.taken()).toEqual(["a/b=sent q2 #1 ids 7"]);
  world.publish({ topic: "a/c", text: "one", qos: 1, retain: true });
  world.publish({ topic: "a/b", text: "two", qos: 2 });
  guest.session.inbound.set(9, { isSettled: true, followers: [] });
  world.journal.note({ of: "inbound", clientId: "board", packetId: 9, value: true });
  world.journal.commit();

  const next = await killed(world);
  const again = next.come("board", AGAIN);
  expect([again.isPresent, [...again.session.inbound.keys()]]).toEqual([true, [9]]);
  expect(again.taken()).toEqual([
    "a/b=sent q2 #1 dup ids 7",
    "a/c=one q1 #2 dup retained ids 7",
    "a/b=two q2 #3 dup ids 7",
  ]);
  next.publish({ topic: "a/d", text: "own", from: again.session });
  expect(again.taken()).toEqual([]);
});

test("what was never sent before a kill comes without DUP when its client was away, and what was sent with it", async () => {
  const world = await start();
  const guest = world.come("board", { ...KEPT, window: 1 });
  guest.subscribe("a/#");
  for (const text of ["sent", "waiting"]) world.publish({ text });
  expect(guest.taken()).toEqual(["a/b=sent q1 #1"]);
  guest.vanish();
  world.publish({ text: "late" });
  world.journal.commit();
  const second = await killed(world);
  second.journal.commit();
  const third = await killed(second);
  expect(third.come("board", AGAIN).taken()).toEqual(["a/b=sent q1 #1 dup", "a/b=waiting q1 #2", "a/b=late q1 #3"]);
});

test("what may have been sent before a kill comes with DUP, after a second kill as well [MQTT-3.3.1-1]", async () => {
  const world = await start();
  const guest = world.come("board", KEPT);
  guest.subscribe("a/#");
  world.publish({ text: "sent" });
  world.journal.commit();
  expect(guest.taken()).toEqual(["a/b=sent q1 #1"]);
  const second = await killed(world);
  second.publish({ text: "late" });
  second.journal.commit();
  const third = await killed(second);
  expect(third.come("board", AGAIN).taken()).toEqual(["a/b=sent q1 #1 dup", "a/b=late q1 #2"]);
});

test("a session whose client was connected at a kill expires from the start on, one whose client was away from when it left", async () => {
  const world = await start();
  world.come("connected", { expiryS: 100 });
  world.come("away", { expiryS: 100 }).leave();
  world.journal.commit();
  world.advance(60_000);
  const next = await killed(world);
  next.journal.commit();
  next.advance(39_000);
  expect(next.sessions.count).toBe(2);
  next.advance(1_000);
  expect([...next.sessions.all()].map(({ clientId }) => clientId)).toEqual(["connected"]);
  next.advance(60_000);
  expect(next.sessions.count).toBe(0);
});

test("a wall clock that was wrong before or after a kill ends no session too early", async () => {
  const wrong = createManualClock({ nowMs: 1_000_000 }); // January 1970
  const world = await start({ clock: wrong });
  world.come("board", { expiryS: 100 }).leave();
  world.journal.commit();
  wrong.stepWall(Date.UTC(2026, 0, 1));
  const next = await killed(world);
  next.advance(99_000);
  expect(next.sessions.count).toBe(1);
  wrong.stepWall(-86_400_000);
  const third = await killed(next);
  third.advance(99_000);
  expect(third.sessions.count).toBe(1);
});

test("a wall clock that jumps while the hub runs changes nothing", async () => {
  const { come, clock, advance, sessions } = await start();
  come("board", { expiryS: 100 }).leave();
  clock.stepWall(365 * 86_400_000);
  advance(99_000);
  expect(sessions.count).toBe(1);
  clock.stepWall(-2 * 365 * 86_400_000);
  advance(1_000);
  expect(sessions.count).toBe(0);
});

test("what belongs to no session is thrown away at the start", async () => {
  const world = await start();
  world.come("board", KEPT).subscribe("a/#");
  world.come("board", AGAIN).vanish();
  world.publish({});
  world.journal.note({ of: "inbound", clientId: "board", packetId: 3, value: true });
  world.journal.commit();
  const next = await killed(world, { kept: { ...world.journal.kept(), sessions: [] } });
  next.journal.commit();
  expect(next.journal.kept()).toMatchObject({ subscriptions: [], deliveries: [], inbound: [] });
});

test("an orderly stop keeps sessions and wills for the next start, as a kill does", async () => {
  const world = await start();
  const guest = world.come("board", { ...KEPT, will: { topic: "w" } });
  guest.subscribe("a/#");
  world.sessions.stop();
  guest.vanish();
  world.journal.commit();
  const next = await killed(world);
  expect(next.journal.kept().wills.map(({ clientId }) => clientId)).toEqual(["board"]);
  expect(next.come("board", AGAIN).isPresent).toBe(true);
});

test("shared messages go to members in turn, to those who are there before those who are away [MQTT 4.8.2]", async () => {
  const { come, publish } = await start();
  const guests = ["a", "b", "c"].map((name) => come(name, KEPT));
  for (const guest of guests) guest.subscribe("$share/g/a/#");
  guests[1]?.vanish();
  for (const text of ["1", "2", "3", "4"]) publish({ text });
  expect(guests.map((guest) => guest.taken())).toEqual([
    ["a/b=1 q1 #1", "a/b=3 q1 #2"],
    [],
    ["a/b=2 q1 #1", "a/b=4 q1 #2"],
  ]);
  guests[0]?.vanish();
  guests[2]?.vanish();
  publish({ text: "5" });
  expect(guests.map(({ session }) => session.outbound.length)).toEqual([3, 0, 2]);
});

test("what a member of a shared subscription did not get goes to another when its session ends [MQTT-4.8.2-5]", async () => {
  const { come, publish, journal } = await start();
  const leaving = come("leaving", { window: 1 });
  leaving.subscribe("$share/g/a/#", 2);
  for (const [text, qos] of [
    ["one", 1],
    ["two", 2],
    ["three", 1],
  ] as const)
    publish({ text, qos });
  const staying = come("staying", KEPT);
  staying.subscribe("$share/g/a/#", 2);
  expect(leaving.taken()).toEqual(["a/b=one q1 #1"]);
  leaving.vanish();
  journal.commit();
  expect(staying.taken()).toEqual(["a/b=one q1 #1", "a/b=two q2 #2", "a/b=three q1 #3"]);
  expect(journal.kept().deliveries.map(({ clientId }) => clientId)).toEqual(["staying", "staying", "staying"]);
});

test("QoS 2 that a member may have had goes to nobody else [MQTT-4.8.2-5]", async () => {
  const { come, publish } = await start();
  const leaving = come("leaving");
  leaving.subscribe("$share/g/a/#", 2);
  publish({ text: "two", qos: 2 });
  expect(leaving.taken()).toEqual(["a/b=two q2 #1"]);
  const staying = come("staying");
  staying.subscribe("$share/g/a/#", 2);
  leaving.vanish();
  expect(staying.taken()).toEqual([]);
});

test("a message comes once for all subscriptions that match, not back by those that say so, and with their identifiers", async () => {
  const { come, publish } = await start();
  const guest = come("board");
  guest.subscribe("a/b", 0, { subscriptionId: 1, noLocal: true });
  guest.subscribe("a/#", 1, { subscriptionId: 2 });
  publish({ qos: 2 });
  publish({ qos: 2, from: guest.session });
  expect(guest.taken()).toEqual(["a/b=23.5 q1 #1 ids 1,2", "a/b=23.5 q1 #2 ids 2"]);
});

test("Retain Handling says whether a subscription is followed by what is retained [MQTT-3.3.1-9, -10, -11]", async () => {
  const { come, publish } = await start();
  publish({ topic: "a", text: "kept", retain: true });
  const guest = come("board");
  guest.subscribe("a", 1, { retainHandling: 2 });
  expect(guest.taken()).toEqual([]);
  guest.subscribe("a", 1, { retainHandling: 1 });
  expect(guest.taken()).toEqual([]);
  guest.subscribe("a", 1, { retainHandling: 0 });
  guest.subscribe("+", 0, { retainHandling: 1 });
  expect(guest.taken()).toEqual(["a=kept q1 #1 retained", "a=kept retained"]);
  guest.subscribe("$share/g/a");
  expect(guest.taken()).toEqual([]);
});

test("filters beyond the limits, or of topics that are the broker's own, are refused one by one", async () => {
  const { come, refused } = await start({ limits: { maxSubscriptions: 2, maxTopicLevels: 3, maxTopicBytes: 20 } });
  const guest = come("board");
  const answers = ["a", "b/c/d/e", `x${"ä".repeat(10)}`, "$internal/x", "$SYS/#", "b", "a"].map((filter) =>
    guest.subscribe(filter),
  );
  expect(answers.map(([code = 0]) => code < REASON.unspecified)).toEqual([
    true,
    false,
    false,
    false,
    true,
    false,
    true,
  ]);
  expect([...guest.session.subscriptions.keys()]).toEqual(["a", "$SYS/#"]);
  expect(refused).toHaveLength(4);
});

test("a retained message that there is no room for is reported, delivered all the same, and takes the former away", async () => {
  const { come, publish, retained, refused, journal } = await start({
    limits: { maxRetained: 2, maxRetainedBytes: 5_000 },
  });
  const guest = come("board");
  guest.subscribe("#", 0);
  for (const topic of ["a", "b", "c"]) publish({ topic, text: topic, retain: true });
  expect([
    guest.taken(),
    [...retained.find("#").topics()].map(({ publication }) => publication?.topic).sort(),
    refused,
  ]).toEqual([["a=a", "b=b", "c=c"], ["a", "b"], ["retained c"]]);
  publish({ topic: "a", text: "x".repeat(10_000), retain: true });
  journal.commit();
  expect(journal.kept().retained.map(({ topic }) => topic)).toEqual(["b"]);
});

test("a retained message stands in the journal as it was last acknowledged, and an empty one takes it away", async () => {
  const world = await start();
  for (const text of ["old", "new"]) world.publish({ topic: "a", text, retain: true });
  world.publish({ topic: "b", text: "gone", retain: true });
  world.publish({ topic: "b", text: "", retain: true });
  world.journal.commit();
  const next = await killed(world);
  const guest = next.come("board");
  guest.subscribe("#", 0);
  expect(guest.taken()).toEqual(["a=new retained"]);
});

test("what nobody subscribed to and nobody retains leaves no trace in the journal, however often", async () => {
  const { publish, journal, come } = await start();
  const guest = come("board", KEPT);
  journal.commit();
  const before = journal.said.length;
  for (const qos of [0, 1, 2] as const) {
    expect(publish({ qos, topic: "nobody/wants/it", from: guest.session })).toMatchObject({
      isMatched: false,
      isNoted: false,
    });
  }
  expect(journal.said.length).toBe(before);
});
