/** What a client of any version may send, right and wrong, as arbitraries of fast-check. Opens no socket. */
import fc from "fast-check";
import { mutate, mutations } from "./packet-mutations.ts";
import { PINGREQ_PACKET } from "./packets.ts";
import {
  ackOf,
  authOf,
  connectOf,
  disconnectOf,
  property,
  publishOf,
  subscribeOf,
  unsubscribeOf,
  VERSIONS,
  type Version,
} from "./packets-of-version.ts";

export interface OddTraffic {
  readonly version: Version;
  /** What is sent, each in a write of its own. */
  readonly chunks: readonly Buffer[];
}

/** Few, so that they take each other over, find each other's sessions and hear each other. */
const clientIds = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("odd-1", "odd-2", "odd-3", "odd-4") },
  { weight: 1, arbitrary: fc.constantFrom("", "o\0dd", "x".repeat(70)) },
);
const topics = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom("odd/a", "odd/a/b", "/", "odd/ä", "devices/odd/telemetry") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("devices/odd/status", "devices/odd/attributes", "$SYS/odd", "odd/#", "o+", ""),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);
const filters = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("odd/#", "odd/a", "odd/+", "+/a", "#", "odd/+/b", "$share/group/odd/#") },
  { weight: 1, arbitrary: fc.constantFrom("odd/#/a", "a+", "$share/group", "$share//a", "$share/+/a", "$SYS/#", "") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);
const payloads = fc.oneof(
  fc.constantFrom("", "x", '{"temperature":21.5,"ts":1760000000000}', "not json", "online"),
  fc.uint8Array({ maxLength: 40 }),
  fc.integer({ min: 100, max: 20_000 }).map((length) => Buffer.alloc(length, 0x61)),
);
const qos = fc.integer({ min: 0, max: 2 });
/** Few, so that acknowledgements meet what they acknowledge. */
const packetIds = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.nat(65_535) },
);
const texts = fc.string({ maxLength: 8 });
const lessThan = (bound: number) => fc.nat(bound - 1);

const messageProperties = fc.array(
  fc.oneof(
    fc.constantFrom(0, 1, 1, 2).map(property.payloadFormat),
    fc.constantFrom(0, 1, 60, 0xffff_ffff).map(property.messageExpiryS),
    texts.map(property.contentType),
    fc.constantFrom("odd/answer", "odd/+", "").map(property.responseTopic),
    fc.uint8Array({ maxLength: 8 }).map(property.correlationData),
    fc.tuple(texts, texts).map(([name, value]) => property.user(name, value)),
  ),
  { maxLength: 4 },
);

const publishProperties = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: messageProperties },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 11, 65_535).map((alias) => [property.topicAlias(alias)]) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1).map((id) => [property.subscriptionId(id)]) },
);

const connectProperties = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record(
        {
          expiry: fc.constantFrom(0, 1, 60, 0xffff_ffff).map(property.sessionExpiryS),
          receive: fc.constantFrom(1, 2, 65_535).map(property.receiveMaximum),
          size: fc.constantFrom(20, 1_000, 100_000).map(property.maxPacketBytes),
          alias: fc.constantFrom(0, 1, 65_535).map(property.topicAliasMaximum),
          user: fc.tuple(texts, texts).map(([name, value]) => property.user(name, value)),
        },
        { requiredKeys: [] },
      )
      .map((some) => Object.values(some)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      [property.receiveMaximum(0)],
      [property.maxPacketBytes(0)],
      [property.sessionExpiryS(1), property.sessionExpiryS(2)],
      [property.authMethod("x")],
      [property.topicAlias(1)],
    ),
  },
);

const wills = fc.record({
  topic: topics,
  payload: texts,
  qos,
  retain: fc.boolean(),
  properties: fc.oneof(
    messageProperties,
    fc.constantFrom(0, 1, 0xffff_ffff).map((delayS) => [property.willDelayS(delayS)]),
  ),
});

const connects = (version: Version): fc.Arbitrary<Buffer> =>
  fc
    .record({
      clientId: clientIds,
      clean: fc.boolean(),
      keepAliveS: fc.constantFrom(0, 1, 60, 65_535),
      will: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: wills }),
      userName: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: texts }),
      properties: connectProperties,
    })
    .map((options) => connectOf(version, options));

const publishes = (version: Version): fc.Arbitrary<Buffer> =>
  fc
    .record({
      topic: topics,
      payload: payloads,
      qos,
      packetId: packetIds,
      dup: fc.boolean(),
      retain: fc.boolean(),
      properties: publishProperties,
    })
    .map((options) => publishOf(version, options));

const subscribes = (version: Version): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      packetIds,
      fc.array(fc.tuple(filters, fc.oneof(qos, version === 5 ? lessThan(64) : qos)), { minLength: 1, maxLength: 4 }),
      fc.oneof(
        fc.constant([]),
        fc.constantFrom(0, 1, 268_435_455).map((id) => [property.subscriptionId(id)]),
      ),
    )
    .map(([packetId, wishes, properties]) => subscribeOf(version, packetId, wishes, properties));

const acknowledgements = (version: Version): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.constantFrom("puback", "pubrec", "pubrel", "pubcomp"),
      packetIds,
      fc.constantFrom(undefined, undefined, 0, 0x10, 0x80, 0x92),
    )
    .map(([type, packetId, reasonCode]) => ackOf(version, type, packetId, reasonCode));

const goodbyes = (version: Version): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.constantFrom(0, 4, 0x81), fc.constantFrom([], [property.sessionExpiryS(60)]))
    .map(([reasonCode, properties]) => disconnectOf(version, reasonCode, properties));

const laterPackets = (version: Version): fc.Arbitrary<Buffer> =>
  fc.oneof(
    { weight: 6, arbitrary: publishes(version) },
    { weight: 4, arbitrary: subscribes(version) },
    { weight: 3, arbitrary: acknowledgements(version) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(packetIds, fc.array(filters, { maxLength: 3 }))
        .map(([packetId, list]) => unsubscribeOf(version, packetId, list)),
    },
    { weight: 1, arbitrary: fc.constant(PINGREQ_PACKET) },
    { weight: 1, arbitrary: goodbyes(version) },
    { weight: 1, arbitrary: fc.constantFrom(0x18, 0x19).map((code) => authOf(code, [property.authMethod("x")])) },
    { weight: 1, arbitrary: connects(version) },
  );

const sequences = (version: Version): fc.Arbitrary<Buffer[]> =>
  fc
    .tuple(connects(version), fc.array(laterPackets(version), { maxLength: 8 }))
    .map(([connect, later]) => [connect, ...later]);

/** Valid sequences, and such with up to four mutations. */
export const oddTraffic: fc.Arbitrary<OddTraffic> = fc
  .constantFrom(...VERSIONS)
  .chain((version) =>
    fc.tuple(
      fc.constant(version),
      sequences(version),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 3, arbitrary: fc.array(mutations, { minLength: 1, maxLength: 4 }) },
      ),
      fc.boolean(),
    ),
  )
  .map(([version, sequence, changes, inOnePiece]) => {
    const packets = [...sequence];
    for (const mutation of changes) mutate(packets, mutation);
    return { version, chunks: inOnePiece ? [Buffer.concat(packets)] : packets };
  });
