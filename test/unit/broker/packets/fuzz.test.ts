/** Whatever bytes come, the codec answers; and what it encodes, it reads again. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodePacket } from "../../../../src/broker/packets/decode.ts";
import { createTopicMemo } from "../../../../src/broker/packets/decode-publish.ts";
import { encodePublishHead } from "../../../../src/broker/packets/encode.ts";
import {
  type ClientPacket,
  type ConnectPacket,
  NO_BYTES,
  type PacketFault,
  type Qos,
  type Version,
} from "../../../../src/broker/packets/packet.ts";
import { topicFault } from "../../../../src/broker/packets/topic-rules.ts";
import { REASON } from "../../../../src/contract/reason-codes.ts";
import {
  bytesOf,
  connect,
  connected,
  decoded,
  FLAG,
  field,
  props,
  u16,
  u32,
  unframed,
  userProperty,
} from "./client-bytes.ts";

const RUNS = { numRuns: 5_000 };
const aVersion = fc.constantFrom<Version>(3, 4, 5);
const KNOWN = new Set<number>(Object.values(REASON));

/** A packet, or a fault with a reason of the standard's; REASON.unspecified would be an exception of the codec's own. */
function expectAnswer(answer: ClientPacket | ConnectPacket | PacketFault): void {
  expect(typeof answer.type).toBe("string");
  if (answer.type !== "fault") return;
  expect(KNOWN.has(answer.reasonCode) && answer.reasonCode !== REASON.unspecified ? "" : answer.detail).toBe("");
}

test("random bytes are answered, never thrown at", () => {
  const property = fc.property(fc.nat(255), fc.uint8Array({ maxLength: 64 }), aVersion, (first, body, version) => {
    expectAnswer(decoded(first, body, version));
    expectAnswer(connected(body));
    expectAnswer(connected(bytesOf(connect(version, 0, []).subarray(0, version === 3 ? 9 : 7), body)));
  });
  fc.assert(property, RUNS);
});

/** Valid packets of each kind, for every version that knows them. */
function examples(version: Version): [first: number, body: Buffer][] {
  const some = version === 5 ? props(userProperty("a", "b"), userProperty("a", "c")) : [];
  const message =
    version === 5 ? props(0x01, 1, 0x02, u32(9), 0x08, "r/é", 0x09, field(Buffer.of(0)), userProperty("a", "b")) : [];
  const session = props(0x11, u32(9), 0x21, u16(1), 0x27, u32(9), 0x22, u16(2), 0x17, 1, 0x19, 0, 0x15, "m", 0x16, "d");
  const flags = FLAG.will | FLAG.willQos1 | FLAG.willRetain | FLAG.userName | FLAG.password;
  const ack = version === 5 ? bytesOf(u16(1), 0, props(0x1f, "why")) : u16(1);
  const common: [number, Buffer][] = [
    [0x10, connect(version, flags, ["id", message, "will/é", field(Buffer.of(1)), "name", "password"], session)],
    [0x30, bytesOf("a/é", message, Buffer.from("payload"))],
    [0x3b, bytesOf("a/b", u16(1), message, Buffer.from("payload"))],
    [0x40, ack],
    [0x50, ack],
    [0x62, ack],
    [0x70, ack],
    [0x82, bytesOf(u16(1), some, "a/+/é", 1, "$share/g/#", 2)],
    [0xa2, bytesOf(u16(1), some, "a/+/é", "#")],
    [0xc0, Buffer.alloc(0)],
    [0xe0, Buffer.alloc(0)],
  ];
  if (version !== 5) return common;
  return [
    ...common,
    [0xe0, bytesOf(4, props(0x11, u32(9), 0x1f, "why"))],
    [0xf0, bytesOf(0x19, props(0x15, "m", 0x16, "d"))],
  ];
}

const read = (first: number, body: Uint8Array, version: Version) =>
  first >> 4 === 1 ? connected(body, first) : decoded(first, body, version);

test.each<Version>([3, 4, 5])("version %i: every example is valid before it is mutated", (version) => {
  for (const [first, body] of examples(version))
    expect([first, read(first, body, version)]).not.toMatchObject([first, { type: "fault" }]);
});

test("a valid packet with bytes changed, cut out or put in is answered, never thrown at", () => {
  const change = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.uint8Array({ maxLength: 3 }) });
  const property = fc.property(
    aVersion,
    fc.nat(),
    fc.array(change, { minLength: 1, maxLength: 4 }),
    (version, choice, changes) => {
      const all = examples(version);
      const [first, whole] = all[choice % all.length] ?? [0xc0, Buffer.alloc(0)];
      let body = whole;
      for (const { at, remove, insert } of changes) {
        const place = at % (body.length + 1);
        body = Buffer.concat([body.subarray(0, place), insert, body.subarray(place + remove)]);
      }
      expectAnswer(read(first, body, version));
    },
  );
  fc.assert(property, RUNS);
});

const aText = fc.string({ unit: "binary", maxLength: 20 }).filter((text) => !text.includes("\0"));
const aTopic = aText.filter((topic) => topicFault(topic) === undefined);
const aPair = fc.tuple(fc.constantFrom("a", "b", ""), aText);

test("a PUBLISH is read as it was written: topic, flags, payload, and user properties in their order, duplicates too", () => {
  const message = fc.record({
    version: aVersion,
    topic: aTopic,
    payload: fc.uint8Array({ maxLength: 300 }),
    qos: fc.constantFrom<Qos>(0, 1, 2),
    retain: fc.boolean(),
    again: fc.boolean(),
    id: fc.integer({ min: 1, max: 65_535 }),
    pairs: fc.array(aPair, { maxLength: 30 }),
    expiryS: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
    topicAlias: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
  });
  const property = fc.property(message, ({ version, topic, payload, qos, retain, again, id, pairs, ...sent }) => {
    const properties = bytesOf(...pairs.map(([name, value]) => userProperty(name, value)));
    const common = { topic, qos, retain, dup: again && qos > 0, packetId: qos === 0 ? 0 : id };
    const head = encodePublishHead({
      ...common,
      version,
      properties,
      payloadBytes: payload.length,
      subscriptionIds: [],
      ...sent,
    });
    const { first, body } = unframed(Buffer.concat([head, payload]));
    const got = decoded(first, body, version);
    if (got.type !== "publish") throw new Error(JSON.stringify(got));
    const five = version === 5;
    const expected = {
      type: "publish",
      ...common,
      expiryS: five ? sent.expiryS : undefined,
      topicAlias: five ? sent.topicAlias : undefined,
    };
    expect({ ...got, payload: Buffer.from(got.payload), properties: Buffer.from(got.properties) }).toEqual({
      ...expected,
      payload: Buffer.from(payload),
      properties: five ? properties : Buffer.from(NO_BYTES),
    });
  });
  fc.assert(property, { numRuns: 2_000 });
});

test("with one memo for all, each topic is read as without one", () => {
  const property = fc.property(fc.array(fc.tuple(aTopic, fc.boolean()), { maxLength: 20 }), (topics) => {
    const memo = createTopicMemo();
    const order = topics.flatMap(([topic, twice]) => (twice ? [topic, topic] : [topic]));
    for (const topic of order) {
      const body = bytesOf(topic);
      expect(decodePacket(0x30, body, 0, body.length, 4, memo)).toMatchObject({ type: "publish", topic });
    }
  });
  fc.assert(property, { numRuns: 1_000 });
});
