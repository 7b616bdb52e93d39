/** Publishers and kept sessions that load a hub's broker over many of its lives, and what each of them may expect. */
import { expect } from "vitest";
import { connectJs } from "../clients/mqtt-clients.ts";
import type { HubAddress } from "../hub/hub.ts";
import { type Faults, faultsOf, NO_FAULTS } from "../steady/delivery-faults.ts";
import { createPublisher, type SentMessage, type SteadyPublisher } from "../steady/steady-publisher.ts";
import { createSubscriber, type SteadySubscriber } from "../steady/steady-subscriber.ts";
import { until } from "../until.ts";

export interface BrokerLoad {
  /** Both versions; connected in each life of the hub. */
  readonly present: readonly SteadySubscriber[];
  /** Both versions; what is published for them waits in the hub. */
  readonly absent: readonly SteadySubscriber[];
  readonly publishers: readonly SteadyPublisher[];
  /** Sessions and subscriptions are made; `absent` leaves again. */
  begin(hub: HubAddress): Promise<void>;
  /** Publishers and `present` come back; settles when each publisher was acknowledged something new. */
  resume(hub: HubAddress): Promise<void>;
  /** On the same connections; settles when each publisher was acknowledged some hundreds. */
  more(): Promise<void>;
  /** Nothing new is published; settles when all is acknowledged. */
  settle(): Promise<void>;
  /** Every client has seen that its hub is gone. */
  untilAlone(): Promise<void>;
  /** The retained messages are as last acknowledged, or one that was under way. */
  expectRetained(hub: HubAddress): Promise<void>;
  /** By the subscriber's name. */
  faults(): Record<string, Faults>;
  /** Everybody who has a session. */
  sessionsPresent(): Record<string, readonly boolean[]>;
}

const WINDOW = 20;
/** For one publisher and life of the hub, so that what waits for `absent` stays below the limits of a session's queue. */
const MESSAGES_A_LIFE = 1_500;
const MESSAGES_MORE = 300;
const RETAINED_EVERY = 10;
const VERSIONS = [4, 5] as const;

/** To who is present and who is absent, with QoS 1 and 2; in between a retained one. */
function messageOf(name: string, count: number): SentMessage {
  const payload = String(count);
  if (count % RETAINED_EVERY === 0) return { topic: `state/${name}`, payload, qos: 1, retain: true };
  const whom = count % 2 === 0 ? "present" : "absent";
  return { topic: `load/${name}/${whom}`, payload, qos: count % 3 === 0 ? 1 : 2, retain: false };
}

/** Publishes what it may, and rests when that is used up. */
function createSource(version: 4 | 5) {
  const name = `publisher-${version}`;
  let count = 0;
  let allowed = 0;
  const next = (): SentMessage | undefined => (count < allowed ? messageOf(name, count++) : undefined);
  return {
    name,
    publisher: createPublisher({ clientId: name, version, window: WINDOW, next }),
    allow: (more: number) => {
      allowed = count + more;
    },
  };
}

export function createBrokerLoad(): BrokerLoad {
  const sources = VERSIONS.map(createSource);
  const publishers = sources.map(({ publisher }) => publisher);
  const present = VERSIONS.map((version) => createSubscriber(`present-${version}`, version));
  const absent = VERSIONS.map((version) => createSubscriber(`absent-${version}`, version));
  const clients = [...publishers, ...present, ...absent];

  const faultsFor = (subscriber: SteadySubscriber, whom: string): Faults => {
    const sent = publishers.flatMap((each) => each.sent).filter(({ topic }) => topic.endsWith(`/${whom}`));
    return faultsOf(sent, subscriber.deliveries, { mayMissQos0: false, mayRepeatQos1: "anyhow" });
  };

  return {
    present,
    absent,
    publishers,
    begin: async (hub) => {
      for (const subscriber of [...present, ...absent]) await subscriber.connect(hub);
      for (const subscriber of present) await subscriber.subscribe("load/+/present");
      for (const subscriber of absent) await subscriber.subscribe("load/+/absent");
      for (const subscriber of absent) await subscriber.leave();
    },
    resume: async (hub) => {
      const before = publishers.map(({ acknowledged }) => acknowledged.length);
      for (const subscriber of present) if (!subscriber.isOpen()) await subscriber.connect(hub);
      for (const { publisher, allow } of sources) {
        allow(MESSAGES_A_LIFE);
        await publisher.connect(hub);
      }
      await until("each publisher was acknowledged something", () =>
        publishers.every(({ acknowledged }, index) => acknowledged.length > (before[index] ?? 0)),
      );
    },
    more: async () => {
      const enough = publishers.map(({ acknowledged }) => acknowledged.length + MESSAGES_MORE);
      for (const { allow, publisher } of sources) {
        allow(MESSAGES_MORE);
        publisher.fill();
      }
      await until("each publisher was acknowledged more", () =>
        publishers.every(({ acknowledged }, index) => acknowledged.length >= (enough[index] ?? 0)),
      );
    },
    settle: async () => {
      for (const { allow } of sources) allow(0);
      await until("all is acknowledged", () => publishers.every((each) => each.isSettled()));
    },
    untilAlone: async () => {
      await until("the clients saw the end", () => clients.every((each) => !each.isOpen()), { everyMs: 5 });
    },
    expectRetained: async (hub) => expectRetained(hub, sources),
    faults: () =>
      Object.fromEntries([
        ...present.map((each) => [each.name, faultsFor(each, "present")]),
        ...absent.map((each) => [each.name, faultsFor(each, "absent")]),
      ]),
    sessionsPresent: () =>
      Object.fromEntries([
        ...sources.map(({ name, publisher }) => [name, publisher.sessionsPresent]),
        ...[...present, ...absent].map((each) => [each.name, each.sessionsPresent]),
      ]),
  };
}

async function expectRetained(hub: HubAddress, sources: readonly { name: string; publisher: SteadyPublisher }[]) {
  const reader = await connectJs(hub.mqttUrl);
  await reader.subscribe("state/#", 1);
  for (const { name, publisher } of sources) {
    const newest = (list: readonly SentMessage[]): number => Number(list.findLast(({ retain }) => retain)?.payload);
    const [least, most] = [newest(publisher.acknowledged), newest(publisher.sent)];
    if (Number.isNaN(least)) continue;
    const { payload, retain } = await reader.message(`state/${name}`);
    expect(retain).toBe(true);
    expect(Number(payload)).toBeGreaterThanOrEqual(least);
    expect(Number(payload)).toBeLessThanOrEqual(most);
  }
  await reader.leave();
}

/** All promises are kept in the end. */
export async function expectAllKept(hub: HubAddress, load: BrokerLoad): Promise<void> {
  await load.expectRetained(hub);
  await load.resume(hub);
  await load.settle();
  for (const subscriber of load.absent) await subscriber.connect(hub);
  const isAllThere = (): boolean => Object.values(load.faults()).every(({ lost }) => lost.length === 0);
  await until("all is delivered", isAllThere, { withinMs: 20_000, everyMs: 200 }).catch(() => undefined);

  const faults = load.faults(); // says what is missing better than a deadline does
  expect(faults).toEqual(Object.fromEntries(Object.keys(faults).map((name) => [name, NO_FAULTS])));
  for (const [name, [first, ...later]] of Object.entries(load.sessionsPresent())) {
    expect([name, first, later.length, later.includes(false)]).toEqual([name, false, later.length, false]);
    expect(later.length).toBeGreaterThan(0);
  }
  expect(load.publishers.flatMap(({ refusals }) => refusals)).toEqual([]);
  await load.expectRetained(hub);
}
