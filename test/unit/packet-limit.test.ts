import { Duplex } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { limitPackets, MAX_PACKET_BYTES } from "../../src/broker/packet-limit.ts";

/** The remaining length as MQTT writes it. [MQTT-2.2.3] */
function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  let rest = length;
  do {
    const more = rest >= 128;
    bytes.push((rest % 128) + (more ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

const packet = (bodyBytes: number, fill = 0x5a): Buffer =>
  Buffer.concat([Buffer.from([0x30, ...lengthBytes(bodyBytes)]), Buffer.alloc(bodyBytes, fill)]);

/** Only what announces it. */
const header = (bodyBytes: number): Buffer => Buffer.from([0x30, ...lengthBytes(bodyBytes)]);

/** What passes the limit when the chunks arrive one by one, and what was announced beyond it. */
function arrive(chunks: readonly Uint8Array[]): { passed: Buffer; announced: number[] } {
  const announced: number[] = [];
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  limitPackets(stream, (bytes) => void announced.push(bytes));
  for (const chunk of chunks) stream.push(chunk);
  const passed: Buffer[] = [];
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) passed.push(chunk);
  stream.destroy();
  return { passed: Buffer.concat(passed), announced };
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

test("packets pass as they came, wherever a chunk ends", () => {
  const bytes = Buffer.concat([packet(0), packet(1), packet(127), packet(128), packet(300), packet(0)]);
  for (let at = 0; at <= bytes.length; at++) {
    const { passed, announced } = arrive([bytes.subarray(0, at), bytes.subarray(at)]);
    expect(announced).toEqual([]);
    expect(passed.equals(bytes)).toBe(true);
  }
});

test("a packet of exactly the limit passes", () => {
  const bytes = packet(MAX_PACKET_BYTES);
  const { passed, announced } = arrive(cutAt(bytes, [1, 2, 3, 4, 5, 100_000]));
  expect(announced).toEqual([]);
  expect(passed.length).toBe(bytes.length);
});

for (const bodyBytes of [MAX_PACKET_BYTES + 1, 2_097_151, 2_097_152, 268_435_455]) {
  test(`a packet of ${bodyBytes} bytes is cut when it is announced, before its bytes, wherever a chunk ends`, () => {
    const bytes = Buffer.concat([packet(200), packet(3), header(bodyBytes)]);
    for (let at = bytes.length - 5; at <= bytes.length; at++) {
      const { announced } = arrive([bytes.subarray(0, at), bytes.subarray(at), Buffer.alloc(50)]);
      expect(announced).toEqual([bodyBytes]);
    }
  });
}

test("nothing passes behind the cut, and it is told once", () => {
  const { passed, announced } = arrive([packet(5), header(300_000), packet(5), header(400_000)]);
  expect(announced).toEqual([300_000]);
  expect(passed.equals(packet(5))).toBe(true);
});

test("bytes within a packet are not read as headers", () => {
  const bytes = Buffer.concat([packet(1_000, 0xff), packet(1_000, 0xff)]);
  for (let at = 0; at < bytes.length; at += 7) {
    expect(arrive([bytes.subarray(0, at), bytes.subarray(at)]).announced).toEqual([]);
  }
});

test("a length of too many bytes does not lead it astray: it cuts, or leaves it to the parser", () => {
  const { announced } = arrive([Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])]);
  expect(announced.length).toBeLessThanOrEqual(1);
});

test("what would follow the end of the stream is the stream's own affair", () => {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  limitPackets(stream, () => {});
  stream.push(packet(3));
  expect(stream.push(null)).toBe(false);
});

test("any packets in any chunks pass, and the first too large one is found in any chunks", () => {
  const sizes = fc.array(
    fc.oneof(fc.nat(3), fc.integer({ min: 120, max: 135 }), fc.integer({ min: 16_380, max: 16_390 })),
    {
      maxLength: 6,
    },
  );
  fc.assert(
    fc.property(sizes, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (some, places, tooLarge) => {
      const bytes = Buffer.concat([...some.map((size) => packet(size)), ...(tooLarge ? [header(1_000_000)] : [])]);
      const { passed, announced } = arrive(cutAt(bytes, places));
      expect(announced).toEqual(tooLarge ? [1_000_000] : []);
      if (!tooLarge) expect(passed.equals(bytes)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
