/** The broker's sessions with all their real parts, Aedes included, but without sockets, packets and a store. */

import type { Qos, SubscriptionRequest, Version, Will } from "../../../src/broker/packets/packet.ts";
import { openAedesCore } from "../../../src/broker/routing/aedes-core.ts";
import { createMatching } from "../../../src/broker/routing/matching.ts";
import { revived } from "../../../src/broker/routing/publication.ts";
import { createRetained } from "../../../src/broker/routing/retained.ts";
import { createRouter } from "../../../src/broker/routing/router.ts";
import type { Session } from "../../../src/broker/session/session.ts";
import { createSessions } from "../../../src/broker/session/sessions.ts";
import type { Sink } from "../../../src/broker/session/sink.ts";
import { createSubscribing, type SubscribingOptions } from "../../../src/broker/session/subscribing.ts";
import { createWillPublisher } from "../../../src/broker/session/will-publisher.ts";
import { createWills } from "../../../src/broker/session/wills.ts";
import { ANYBODY, type MqttIdentity } from "../../../src/core/access/mqtt-access.ts";
import type { InboundMessage } from "../../../src/core/ingest/inbound-message.ts";
import type { Answer, Intake } from "../../../src/core/ingest/intake.ts";
import type { MessageTraces } from "../../../src/core/messages/message-trace.ts";
import type { Journal as KeptJournal } from "../../../src/core/ports/broker-state.ts";
import type { TrustedTime } from "../../../src/core/time/trusted-time.ts";
import { createManualClock, type ManualClock } from "../clock/manual-clock.ts";
import { type MessageWish, message, textOf } from "../packets/publications.ts";
import { createMemoryLog } from "./memory-log.ts";
import { createMemoryTime } from "./memory-time.ts";
import { createRecordingJournal, NOTHING_KEPT, type RecordingJournal } from "./recording-journal.ts";

export interface Limits {
  maxQueueMessages: number;
  maxQueueBytes: number;
  maxQueuesBytes: number;
  maxSessions: number;
  maxSubscriptions: number;
  maxTopicBytes: number;
  maxTopicLevels: number;
  maxRetained: number;
  maxRetainedBytes: number;
}

const ROOMY: Limits = {
  maxQueueMessages: 1_000,
  maxQueueBytes: 1e9,
  maxQueuesBytes: 1e9,
  maxSessions: 1_000,
  maxSubscriptions: 1_000,
  maxTopicBytes: 1_024,
  maxTopicLevels: 100,
  maxRetained: 1_000,
  maxRetainedBytes: 1e9,
};

export interface ComeWish {
  readonly version?: Version;
  readonly clean?: boolean;
  readonly expiryS?: number;
  readonly keepAliveS?: number;
  readonly will?: Partial<Will> & { readonly text?: string };
  readonly who?: MqttIdentity;
  /** Unacknowledged messages that it takes. */
  readonly window?: number;
}

/** A client that is there. */
export interface Guest {
  readonly session: Session;
  readonly isPresent: boolean;
  /** What it was sent since the last call: "topic=text q1 #5 dup retained ids 3,4". */
  taken(): string[];
  /** Another one came with its id. */
  readonly wasTakenOver: () => boolean;
  subscribe(
    filter: string,
    qos?: Qos,
    wish?: Partial<SubscriptionRequest> & { subscriptionId?: number },
  ): readonly number[];
  /** With DISCONNECT. */
  leave(): void;
  /** Its connection is gone, without a word. */
  vanish(): void;
}

export type World = Awaited<ReturnType<typeof openWorld>>;

export interface WorldOptions {
  readonly clock?: ManualClock;
  readonly time?: TrustedTime;
  readonly journal?: RecordingJournal;
  readonly kept?: KeptJournal;
  readonly limits?: Partial<Limits>;
}

const THERE = { qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;

export async function openWorld(options: WorldOptions = {}) {
  const { clock = createManualClock(), journal = createRecordingJournal(), kept = NOTHING_KEPT } = options;
  const limits = { ...ROOMY, ...options.limits };
  const refused: string[] = [];
  const drops = new Map<string, number>();
  const totals = { bytes: 0 };
  const matching = createMatching<Session>();
  const retained = createRetained();
  // Years pass in these tests, and their clock is right: nobody looks at it each few seconds.
  const time = options.time ?? createMemoryTime({ ...clock, every: () => () => undefined }).start();
  for (const { value } of kept.retained) retained.set(revived(value, time.nowMs()));
  const router = createRouter({
    time,
    matching,
    retained,
    limits,
    journal,
    publish: (each) => core.publish(each),
    onRetainedRefused: (topic) => refused.push(`retained ${topic}`),
  });
  const core = await openAedesCore({
    id: "hub",
    log: createMemoryLog(),
    retain: router.retain,
    isWanted: router.isWanted,
    route: router.route,
  });
  const { intake, held } = createHeldIntake();
  const outbound = {
    time,
    journal,
    limits,
    totals,
    retained: retained.get,
    onDropped: (clientId: string, count: number) => void drops.set(clientId, (drops.get(clientId) ?? 0) + count),
  };
  const publishWill = createWillPublisher({ intake, traces: NOBODY_WATCHES, router, journal });
  const wills = createWills({ clock, time, journal, publish: publishWill }, kept);
  const sessions = createSessions(
    {
      time,
      journal,
      matching,
      router,
      wills,
      outbound,
      maxSessions: limits.maxSessions,
      onTooMany: (clientId) => refused.push(`session ${clientId}`),
      onTakenOver: () => undefined,
    },
    kept,
  );
  const onRefused: SubscribingOptions["onRefused"] = (_, filter, code) => refused.push(`${code} ${filter}`);
  const subscribing = createSubscribing({ journal, matching, retained, serial: router.serial, ...limits, onRefused });
  let serial = 0;

  function come(clientId: string, wish: ComeWish = {}): Guest {
    const { version = 5, clean = true, expiryS = 0, keepAliveS = 60, window = 100 } = wish;
    const will = wish.will && { ...message({ topic: "will", text: "dead", ...wish.will }), delayS: 0, ...wish.will };
    let isThere = true;
    let isTakenOver = false;
    const connection = { clientId, serial: ++serial };
    const away = (publishWill: boolean): void => {
      if (isThere) sessions.close(session, publishWill);
      isThere = false;
    };
    const arrival = { connection, version, clean, expiryS, keepAliveS, will, who: wish.who ?? ANYBODY };
    const { session, isPresent } = sessions.open(arrival, {
      address: undefined,
      traffic: () => ({ inPerS: 0, outPerS: 0, bytesIn: 0, bytesOut: 0 }),
      takenOver: () => {
        isTakenOver = true;
        away(true);
      },
      revoked: () => away(true),
      dismissed: () => away(true),
    });
    const sent: string[] = [];
    session.outbound.attach(createSink(sent, window));
    return {
      session,
      isPresent,
      taken: () => sent.splice(0),
      wasTakenOver: () => isTakenOver,
      subscribe: (filter, qos = 1, { subscriptionId, ...more } = {}) => {
        const packet = {
          type: "subscribe",
          packetId: 1,
          requests: [{ ...THERE, filter, qos, ...more }],
          subscriptionId,
        } as const;
        const { reasonCodes, toSend } = subscribing.subscribe(session, packet);
        const run = subscribing.retainedFor(toSend, subscriptionId, session.outbound.retainedWaiting);
        if (run !== undefined) session.outbound.deliverRetained(run);
        return reasonCodes;
      },
      leave: () => away(false),
      vanish: () => away(true),
    };
  }

  return {
    clock,
    time,
    journal,
    sessions,
    wills,
    subscribing,
    retained,
    totals,
    refused,
    drops,
    held,
    intake,
    router,
    come,
    publish: (wish: MessageWish & { from?: Session }) => router.publish(message(wish), wish.from),
    /** Time goes on, as the broker's sweep sees it. */
    advance: (ms: number) => {
      for (let left = ms; left > 0; left -= 500) {
        clock.advance(Math.min(left, 500));
        wills.sweep();
        sessions.sweep();
      }
    },
    /** The hub is killed; another begins with what is durable, and goes on with the same clock and journal. */
    kill: async (more: Partial<WorldOptions> = {}) => {
      await core.close();
      journal.kill();
      return openWorld({ limits, clock, time, journal, kept: journal.kept(), ...more });
    },
    close: () => core.close(),
  };
}

function createSink(sent: string[], window: number): Sink {
  return {
    window,
    canTake: () => true,
    publish: ({ publication, qos, retain, subscriptionIds }, packetId, isRepeat) => {
      const words = [`${publication.topic}=${textOf(publication.payload)}`];
      if (qos > 0) words.push(`q${qos} #${packetId}`);
      if (isRepeat) words.push("dup");
      if (retain) words.push("retained");
      if (subscriptionIds.length > 0) words.push(`ids ${[...subscriptionIds].sort()}`);
      sent.push(words.join(" "));
      return true;
    },
    pubrel: (packetId) => void sent.push(`pubrel #${packetId}`),
  };
}

export const NOBODY_WATCHES: MessageTraces = { begin: () => undefined };

/** In place of a store: what is under `store/` waits for the test to answer it, all else is carried at once. */
function createHeldIntake() {
  const held: { readonly message: InboundMessage; readonly answer: Answer }[] = [];
  const intake: Intake = {
    accept: (each, answer) => {
      if (each.topic.startsWith("store/")) held.push({ message: each, answer });
      else answer("carry");
    },
  };
  return { intake, held };
}
