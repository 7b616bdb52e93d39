/** A made-up group with a write of each kind, which test/samples/outbox holds as each version of the hub wrote it. */
import type { JournalEntry, JournalWrite, KeptMessage } from "../../../src/core/ports/broker-state.ts";
import type { WriteOutcome, WritesOfMessage } from "../../../src/core/ports/writes.ts";
import { attributes, cellar, packet, status, T0, timed, untimed } from "../../contract/cases/writes.ts";

const journal = (entry: JournalEntry): JournalWrite => ({ kind: "journal", entry });

/** Not one by one: one message of this group that waits for two sessions is one object. */
const shared: KeptMessage = {
  topic: "garden/door",
  payload: Uint8Array.of(0, 255, 128, 10),
  qos: 2,
  retain: true,
  properties: Uint8Array.of(1, 1),
  expiresAtMs: T0 + 3_600_000.5,
  publisher: "half \ud83d client",
};
const plain: KeptMessage = {
  topic: "hall/☀",
  payload: new Uint8Array(0),
  qos: 0,
  retain: false,
  properties: new Uint8Array(0),
  expiresAtMs: undefined,
  publisher: undefined,
};

export const SAMPLE_MESSAGES: readonly WritesOfMessage[] = [
  [
    timed(T0, { temperature: 21.5, mode: "☀ auto", open: true }),
    { ...timed(T0 + 1, { temperature: -0.25, note: "half \ud83d pair" }, { element: 1 }), n: 0 },
    { ...timed(T0 + 2, { counter: 9_007_199_254_740_991, tiny: 5e-324 }, { element: 2 }), n: 7 },
  ],
  [untimed(T0 + 3, { temperature: 22 }, { deviceId: cellar, packet: packet(65_535, true, "board ☀") })],
  [untimed(T0 + 4, { temperature: 22 }, { deviceId: cellar, packet: packet(1, false, "") })],
  [
    attributes({ room: "cellar", floor: -1, heated: false, old: null }),
    attributes({}, { clockSuspect: true }),
    attributes({ __proto: "x" }, { clockSuspect: false, deviceId: cellar }),
    status(true, T0 + 5),
    status(false, T0 + 6, { deviceId: cellar }),
  ],
  [
    journal({
      of: "session",
      clientId: "a",
      value: { version: 5, expiryS: 0xffff_ffff, disconnectedAtMs: T0, sentThrough: 3 },
    }),
    journal({
      of: "session",
      clientId: "half \ud83d client",
      value: { version: 4, expiryS: 60, disconnectedAtMs: undefined, sentThrough: undefined },
    }),
    journal({ of: "session", clientId: "gone", value: undefined }),
    journal({
      of: "subscription",
      clientId: "a",
      filter: "garden/#",
      value: { qos: 1, noLocal: true, retainAsPublished: false, subscriptionId: 268_435_455 },
    }),
    journal({
      of: "subscription",
      clientId: "b",
      filter: "$share/g/garden/+",
      value: { qos: 2, noLocal: false, retainAsPublished: true, subscriptionId: undefined },
    }),
    journal({ of: "subscription", clientId: "b", filter: "hall", value: undefined }),
    journal({ of: "retained", topic: shared.topic, value: shared }),
    journal({ of: "retained", topic: "hall", value: undefined }),
  ],
  [
    journal({
      of: "delivery",
      clientId: "a",
      order: 1,
      value: { message: shared, qos: 2, retain: true, subscriptionIds: [1, 268_435_455], share: undefined },
    }),
    journal({
      of: "delivery",
      clientId: "b",
      order: 9_007_199_254_740_991,
      value: { message: shared, qos: 1, retain: false, subscriptionIds: [], share: "$share/g/garden/+" },
    }),
    journal({
      of: "delivery",
      clientId: "a",
      order: 0,
      value: { message: undefined, qos: 2, retain: false, subscriptionIds: [], share: undefined },
    }),
    journal({ of: "delivery", clientId: "a", order: 2, value: undefined }),
    journal({ of: "inbound", clientId: "b", packetId: 65_535, value: true }),
    journal({ of: "inbound", clientId: "b", packetId: 1, value: undefined }),
    journal({
      of: "will",
      clientId: "a",
      value: { message: plain, delayS: 0, keepAliveS: 30, expiryS: undefined, dueAtMs: undefined },
    }),
    journal({
      of: "will",
      clientId: "b",
      value: { message: shared, delayS: 5, keepAliveS: 0, expiryS: 60, dueAtMs: T0 + 7 },
    }),
    journal({ of: "will", clientId: "c", value: undefined }),
  ],
];

const REFUSED = "MongoDB: the document is “too large” (half \ud83d pair)";

/** A store's, one for each write. */
export const SAMPLE_OUTCOMES: readonly (readonly WriteOutcome[])[] = SAMPLE_MESSAGES.map((writes, message) =>
  writes.map((_, element): WriteOutcome => {
    if (message === 0) return { kind: "stored", n: element * 7 };
    if (message === 1) return { kind: "duplicate" };
    return message === 2 || element === 1 ? { kind: "refused", reason: REFUSED } : { kind: "stored", n: 0 };
  }),
);
