import { expect, test } from "vitest";
import { type AdmissionLimits, admit } from "../../../../src/broker/client/admission.ts";
import { type ConnectPacket, NEVER_EXPIRES, NO_BYTES, type Will } from "../../../../src/broker/packets/packet.ts";
import { REASON } from "../../../../src/contract/reason-codes.ts";

const LIMITS: AdmissionLimits = {
  maxClientIdBytes: 20,
  maxSessionExpiryS: 1_000,
  maxKeepAliveS: 600,
  maxTopicBytes: 30,
  maxTopicLevels: 4,
};

const connect = (wish: Partial<ConnectPacket> = {}): ConnectPacket => ({
  type: "connect",
  version: 5,
  isBridge: false,
  clientId: "board",
  clean: true,
  keepAliveS: 60,
  userName: undefined,
  password: undefined,
  will: undefined,
  sessionExpiryS: 0,
  receiveMaximum: 65_535,
  maxPacketBytes: undefined,
  topicAliasMaximum: 0,
  wantsProblemInformation: true,
  authMethod: undefined,
  ...wish,
});

const will = (topic: string): Will => ({
  topic,
  payload: NO_BYTES,
  qos: 0,
  retain: false,
  expiryS: undefined,
  properties: NO_BYTES,
  delayS: 0,
});

const ask = (wish: Partial<ConnectPacket>, limits: Partial<AdmissionLimits> = {}) =>
  admit(connect(wish), { ...LIMITS, ...limits }, () => "made-up");

test("a client comes in by its own id, with what it asked for", () => {
  const admitted = { kind: "admitted", clientId: "board", isAssigned: false, expiryS: 0, keepAliveS: 60 };
  for (const version of [3, 4, 5] as const) expect(ask({ version })).toMatchObject(admitted);
});

test("a client without an id is given one [MQTT-3.1.3-6]", () => {
  expect(ask({ clientId: "" })).toMatchObject({ kind: "admitted", clientId: "made-up", isAssigned: true });
});

test("a client id may have so many bytes, not characters [MQTT-3.1.3-5]", () => {
  expect(ask({ clientId: "ä".repeat(10) })).toMatchObject({ kind: "admitted" });
  expect(ask({ clientId: "ä".repeat(11) })).toMatchObject({
    kind: "refused",
    code: "CLIENT_ID_INVALID",
    reasonCode: REASON.clientIdNotValid,
  });
});

test("enhanced authentication is refused by its name [MQTT-4.12.0-1]", () => {
  expect(ask({ authMethod: "SCRAM-SHA-1" })).toEqual({
    kind: "refused",
    code: "AUTH_METHOD_UNSUPPORTED",
    reasonCode: REASON.badAuthenticationMethod,
    detail: "SCRAM-SHA-1",
  });
});

test("a session may be kept as long as the setting says; where it says for ever, as long as the client wishes", () => {
  const expiryOf = (sessionExpiryS: number, maxSessionExpiryS: number) => {
    const admission = ask({ sessionExpiryS }, { maxSessionExpiryS });
    return admission.kind === "admitted" && admission.expiryS;
  };
  expect(expiryOf(999, 1_000)).toBe(999);
  expect(expiryOf(1_001, 1_000)).toBe(1_000);
  expect(expiryOf(NEVER_EXPIRES, 1_000)).toBe(1_000);
  expect(expiryOf(NEVER_EXPIRES, NEVER_EXPIRES)).toBe(NEVER_EXPIRES);
  expect(expiryOf(NEVER_EXPIRES - 1, NEVER_EXPIRES)).toBe(NEVER_EXPIRES - 1);
});

test("MQTT 5 is told a keep-alive that the hub can live with; 3.x keeps what it said, having no way to be told", () => {
  const keepAliveOf = (version: 3 | 4 | 5, keepAliveS: number) => {
    const admission = ask({ version, keepAliveS });
    return admission.kind === "admitted" && admission.keepAliveS;
  };
  expect([keepAliveOf(5, 0), keepAliveOf(5, 599), keepAliveOf(5, 65_535)]).toEqual([600, 599, 600]);
  expect([keepAliveOf(4, 0), keepAliveOf(3, 65_535)]).toEqual([0, 65_535]);
});

test("a last will's topic is held to what a PUBLISH is held to, and the client comes in without the will", () => {
  const own = will("devices/a/status");
  expect(ask({ will: own })).toMatchObject({ kind: "admitted", will: own, willFault: undefined });
  for (const topic of ["x".repeat(31), "ä".repeat(16), "a/b/c/d/e"]) {
    const left = { kind: "admitted", will: undefined, willFault: "TOPIC_TOO_LONG" };
    expect(ask({ will: will(topic) }), topic).toMatchObject(left);
  }
  expect(ask({ will: will("$SYS/a") })).toMatchObject({
    kind: "admitted",
    will: undefined,
    willFault: "TOPIC_RESERVED",
  });
});
