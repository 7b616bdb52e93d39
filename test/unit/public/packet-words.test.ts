/** The words that the test page has for packets. */
import type { Packet } from "mqtt";
import { expect, test } from "vitest";
import { packetWords } from "../../../public/test-page/packet-words.ts";
import { REASON } from "../../../src/contract/reason-codes.ts";

const text = (packet: Packet): string => packetWords(packet).text;

test("a CONNACK is shown with its reason, the session, and what the broker promises", () => {
  expect(
    text({
      cmd: "connack",
      reasonCode: 0,
      sessionPresent: true,
      properties: { receiveMaximum: 20, serverKeepAlive: 60 },
    }),
  ).toBe('0x00 success · session present · {"receiveMaximum":20,"serverKeepAlive":60}');
  expect(packetWords({ cmd: "connack", reasonCode: REASON.serverBusy, sessionPresent: false })).toEqual({
    text: "0x89 server busy · no session",
    isError: true,
  });
});

test("a CONNACK of 3.1.1 has return codes of its own", () => {
  expect(packetWords({ cmd: "connack", returnCode: 0, sessionPresent: false })).toEqual({
    text: "0 connection accepted · no session",
    isError: false,
  });
  expect(packetWords({ cmd: "connack", returnCode: 5, sessionPresent: false })).toEqual({
    text: "5 not authorized · no session",
    isError: true,
  });
});

test("an acknowledgement of 3.1.1 says which packet, one of 5 what was wrong with it", () => {
  expect(packetWords({ cmd: "puback", messageId: 7 })).toEqual({ text: "packet 7", isError: false });
  const refused: Packet = {
    cmd: "puback",
    messageId: 7,
    reasonCode: REASON.payloadFormatInvalid,
    properties: { reasonString: "not JSON" },
  };
  expect(packetWords(refused)).toEqual({
    text: '0x99 payload format invalid · packet 7 · {"reasonString":"not JSON"}',
    isError: true,
  });
  expect(packetWords({ cmd: "puback", messageId: 7, reasonCode: REASON.noMatchingSubscribers }).isError).toBe(false);
});

test("each filter of a SUBACK has its answer, and one that was refused makes it a fault", () => {
  expect(packetWords({ cmd: "suback", messageId: 3, granted: [0, 2, REASON.notAuthorized] })).toEqual({
    text: "granted QoS 0 · granted QoS 2 · 0x87 not authorized · packet 3",
    isError: true,
  });
});

test("a message is shown with its flags, its bytes as text, and properties in which bytes are text too", () => {
  const message: Packet = {
    cmd: "publish",
    topic: "a/b",
    payload: Buffer.from("grün"),
    qos: 1,
    dup: true,
    retain: true,
    messageId: 9,
    properties: { correlationData: Buffer.from("17"), userProperties: { unit: "°C" } },
  };
  expect(text(message)).toBe(
    'a/b · QoS 1 · retain · DUP · packet 9 · grün · {"correlationData":"17","userProperties":{"unit":"°C"}}',
  );
});

test("a long payload is cut", () => {
  const message: Packet = { cmd: "publish", topic: "t", payload: "x".repeat(5_000), qos: 0, dup: false, retain: false };
  expect(text(message)).toHaveLength("t · QoS 0 · ".length + 2_001);
});

test("why the broker closes is shown", () => {
  expect(packetWords({ cmd: "disconnect", reasonCode: REASON.sessionTakenOver })).toEqual({
    text: "0x8E session taken over",
    isError: true,
  });
  expect(packetWords({ cmd: "pingreq" })).toEqual({ text: "", isError: false });
});
