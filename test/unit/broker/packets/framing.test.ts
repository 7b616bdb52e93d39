import fc from "fast-check";
import { expect, test } from "vitest";
import { Framer, isFirstByte } from "../../../../src/broker/packets/framing.ts";
import { packet } from "../../../support/packets/packets.ts";

const LIMIT = 100_000;

/** What a connection would offer to its reader. */
function packetsIn(framer: Framer, found: string[], maxBytes = LIMIT): string {
  for (;;) {
    const frame = framer.next(maxBytes);
    if (frame !== "packet") return frame;
    found.push(`${framer.first}:${framer.bytes.toString("hex", framer.from, framer.to)}`);
    framer.take();
  }
}

function packetsOf(chunks: readonly Buffer[]): string[] {
  const framer = new Framer();
  const found: string[] = [];
  for (const chunk of chunks) {
    framer.push(chunk);
    expect(packetsIn(framer, found)).toBe("more");
  }
  return found;
}

/** `bytes` in pieces that end at these places. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1))), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

test("however a stream is cut, the same packets come out of it", () => {
  const aPacket = fc.tuple(fc.constantFrom(0x10, 0x30, 0x3b, 0x82, 0xc0), fc.uint8Array({ maxLength: 400 }));
  const places = fc.array(fc.nat(), { maxLength: 200 });
  const property = fc.property(fc.array(aPacket, { maxLength: 12 }), places, (packets, cuts) => {
    const stream = Buffer.concat(packets.map(([first, body]) => packet(first, body)));
    const whole = packets.map(([first, body]) => `${first}:${Buffer.from(body).toString("hex")}`);
    expect(packetsOf([stream])).toEqual(whole);
    expect(packetsOf(cutAt(stream, cuts))).toEqual(whole);
    expect(packetsOf([...stream].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });
  fc.assert(property, { numRuns: 300 });
});

test("a packet that is larger than allowed is recognized by its fixed header alone", () => {
  const framer = new Framer();
  framer.push(Buffer.from([0x30, 0x81, 0x80, 0x01])); // 16,385
  expect(framer.next(16_384)).toBe("too large");
  expect(framer.announced).toBe(16_385);
  expect(framer.next(16_385)).toBe("more");
});

test("a length of more than four bytes is malformed, and one of four bytes is not [MQTT 2.2.3]", () => {
  const longest = new Framer();
  longest.push(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
  expect([longest.next(1_000), longest.announced]).toEqual(["too large", 268_435_455]);
  const tooLong = new Framer();
  tooLong.push(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]));
  expect(tooLong.next(1_000)).toBe("malformed");
});

test("a packet that is not taken is found again, and what comes meanwhile waits behind it", () => {
  const framer = new Framer();
  framer.push(packet(0x30, Buffer.from("first")));
  expect(framer.next(LIMIT)).toBe("packet");
  framer.push(packet(0x30, Buffer.from("second")));
  const found: string[] = [];
  expect(packetsIn(framer, found)).toBe("more");
  expect(found.map((each) => Buffer.from(each.slice(3), "hex").toString())).toEqual(["first", "second"]);
});

test("the first byte of a packet that is not whole yet is known", () => {
  const framer = new Framer();
  expect([framer.next(LIMIT), framer.first]).toEqual(["more", 0]);
  framer.push(Buffer.from("GET / HTTP/1.1\r\n").subarray(0, 1));
  expect([framer.next(LIMIT), framer.first]).toEqual(["more", 0x47]);
});

test("a cleared framer has forgotten everything", () => {
  const framer = new Framer();
  framer.push(Buffer.from([0x30, 200, 1, 1, 2, 3]));
  expect(framer.next(LIMIT)).toBe("more");
  framer.push(Buffer.from([4, 5]));
  framer.clear();
  expect(framer.next(LIMIT)).toBe("more");
  framer.push(packet(0xc0));
  expect(framer.next(LIMIT)).toBe("packet");
  expect(framer.first).toBe(0xc0);
});

test("nothing holds on to the bytes of packets that were taken", () => {
  const framer = new Framer();
  framer.push(packet(0x30, Buffer.alloc(60_000)));
  expect(packetsIn(framer, [])).toBe("more");
  expect(framer.bytes.length).toBe(0);
});

/** [MQTT-2.2.2-1, -2] of 3.1.1; [MQTT-2.1.3-1] of 5; what only a server sends is none of a client's. */
const ALLOWED = new Set([
  0x10, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x40, 0x50, 0x62, 0x6a, 0x70, 0x82,
  0x8a, 0xa2, 0xaa, 0xc0, 0xe0, 0xf0,
]);

test("a client's packet begins with its type and the flags of that type, DUP of MQTT 3.1 included, and with nothing else", () => {
  const found = Array.from({ length: 256 }, (_, first) => first).filter(isFirstByte);
  expect(found).toEqual([...ALLOWED].sort((a, b) => a - b));
});
