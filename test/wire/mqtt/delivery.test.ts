/** Ten thousand mixed messages through a slow store, with subscribers that come and go: none lost, in order, as promised. */
import { expect, test } from "vitest";
import { versionOptions } from "../../support/clients/js-kind.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { faultsOf, NO_FAULTS } from "../../support/steady/delivery-faults.ts";
import { createPublisher, type SentMessage, type SteadyPublisher } from "../../support/steady/steady-publisher.ts";
import { createSubscriber, type SteadySubscriber } from "../../support/steady/steady-subscriber.ts";
import { until } from "../../support/until.ts";

const MESSAGES = 10_000;
const TOPICS = 5;
const WINDOW = 200;
const RETAINED_EVERY = 7;
/** Messages between two absences of a subscriber, and how long one lasts. */
const STAY = 900;
const ABSENCE = 500;
const COMMIT_DELAY_MS = 20;

const topicOf = (index: number): string => `mix/${index % TOPICS}`;

function messageOf(index: number): SentMessage {
  if (index === MESSAGES) return { topic: "mix/end", payload: "end", qos: 2, retain: false };
  const qos = ([0, 1, 2] as const)[index % 3] ?? 0;
  return { topic: topicOf(index), payload: `${index}`, qos, retain: index % RETAINED_EVERY === 0 };
}

/** Comes and goes, at times without a word, until all is sent. */
async function comeAndGo(hub: HubAddress, subscriber: SteadySubscriber, publisher: SteadyPublisher, shift: number) {
  const isOver = (): boolean => publisher.sent.length > MESSAGES;
  const sentIs = (count: number) =>
    until(`${count} are sent`, () => isOver() || publisher.sent.length >= count, { withinMs: 60_000, everyMs: 2 });
  for (let round = 0; !isOver(); round += 1) {
    const start = publisher.sent.length + (round === 0 ? shift : 0);
    await sentIs(start + STAY);
    await (round % 2 === 0 ? subscriber.vanish() : subscriber.leave());
    await sentIs(start + STAY + ABSENCE);
    await subscriber.connect(hub);
  }
}

async function listenTo(hub: HubAddress, version: 4 | 5): Promise<JsClient> {
  const wildcard = await connectJs(hub.mqttUrl, versionOptions(version, false));
  await wildcard.subscribe("mix/#", 2);
  return wildcard;
}

async function keepTo(hub: HubAddress, version: 4 | 5): Promise<SteadySubscriber> {
  const subscriber = createSubscriber(`kept-${version}`, version);
  await subscriber.connect(hub);
  const topics = Array.from({ length: TOPICS }, (_, index) => topicOf(index));
  await subscriber.subscribe(...topics, "mix/end");
  return subscriber;
}

/**
 * Which payloads may stand as a topic's retained message: the newest of each QoS, since a broker may take a QoS 2 message
 * as late as at its PUBREL. [MQTT-4.3.3-2, figure 4.3]
 */
function retainable(sent: readonly SentMessage[], topic: string): string[] {
  const ofTopic = sent.filter((each) => each.retain && each.topic === topic);
  return [0, 1, 2].flatMap((qos) => ofTopic.filter((each) => each.qos === qos).at(-1)?.payload ?? []);
}

test.each([4, 5] as const)(
  `${MESSAGES} mixed publishes of version %i through a slow store: all that was promised, once, in order`,
  { timeout: 180_000 },
  async (version) => {
    const hub = await startHub({ storeLimits: { commitDelayMs: COMMIT_DELAY_MS } });
    const wildcards = [await listenTo(hub, 4), await listenTo(hub, 5)];
    const kept = [await keepTo(hub, 4), await keepTo(hub, 5)];
    let index = 0;
    const next = () => (index <= MESSAGES ? messageOf(index++) : undefined);
    const publisher = createPublisher({ clientId: "mixer", version, window: WINDOW, next });

    await publisher.connect(hub);
    await Promise.all(kept.map((subscriber, place) => comeAndGo(hub, subscriber, publisher, place * 400)));
    await until("all is acknowledged", () => publisher.isSettled(), { withinMs: 60_000 });
    for (const seen of [...kept.map(({ deliveries }) => deliveries), ...wildcards.map(({ received }) => received)]) {
      await until("the end came", () => seen.some(({ topic }) => topic === "mix/end"), { withinMs: 60_000 });
    }

    expect(publisher.refusals).toEqual([]);
    for (const { received } of wildcards) {
      const terms = { mayMissQos0: false, mayRepeatQos1: "with DUP" } as const;
      expect(faultsOf(publisher.sent, received, terms)).toEqual(NO_FAULTS);
      expect(received).toHaveLength(publisher.sent.length);
    }
    for (const { deliveries, sessionsPresent } of kept) {
      const terms = { mayMissQos0: true, mayRepeatQos1: "with DUP" } as const;
      expect(faultsOf(publisher.sent, deliveries, terms)).toEqual(NO_FAULTS);
      expect(sessionsPresent.slice(1)).not.toContain(false);
      expect(sessionsPresent.length).toBeGreaterThan(4);
      expect(deliveries.filter(({ retain }) => retain)).toEqual([]);
    }
    const late = await listenTo(hub, version);
    await until("the retained ones", () => late.received.length >= TOPICS);
    for (const { topic, payload } of late.received) expect(retainable(publisher.sent, topic)).toContain(payload);
  },
);

test("a QoS 2 message goes to a kept session when a restart would know of it, else it could come a second time", async () => {
  const commitDelayMs = 300;
  const hub = await startHub({ storeLimits: { commitDelayMs } });
  const subscriber = createSubscriber("kept", 4);
  await subscriber.connect(hub);
  await subscriber.subscribe("room/#");
  let sentAtMs = 0;
  const messages: SentMessage[] = [{ topic: "room/1", payload: "hello", qos: 2, retain: false }];
  const next = () => {
    sentAtMs = performance.now();
    return messages.shift();
  };
  const publisher = createPublisher({ clientId: "publisher", version: 4, window: 1, next });

  await publisher.connect(hub);
  await until("it came", () => subscriber.deliveries.length > 0, { everyMs: 1 });

  expect(performance.now() - sentAtMs).toBeGreaterThanOrEqual(commitDelayMs - 5);
});
