/** An MQTT packet as text, with its reason codes, for the test page. */
import type { Packet } from "mqtt";
import { FIRST_ERROR, reasonText } from "../../src/contract/reason-codes.ts";

export interface PacketWords {
  readonly text: string;
  /** It says that something was refused. */
  readonly isError: boolean;
}

/** [MQTT 3.1.1, 3.2.2.3] */
const RETURN_CODES = [
  "connection accepted",
  "unacceptable protocol version",
  "identifier rejected",
  "server unavailable",
  "bad user name or password",
  "not authorized",
];

/** Longer ones are cut: the page is to stay quick. */
const MAX_PAYLOAD_CHARACTERS = 2_000;

export function packetWords(packet: Packet): PacketWords {
  const codes = codesOf(packet);
  return {
    text: [...codes.map(({ text }) => text), ...factsOf(packet), ...propertiesOf(packet)].join(" · "),
    isError: codes.some(({ isError }) => isError),
  };
}

function codesOf(packet: Packet): { text: string; isError: boolean }[] {
  switch (packet.cmd) {
    case "connack":
      return packet.reasonCode === undefined ? [returnCode(packet.returnCode ?? 0)] : [reason(packet.reasonCode)];
    case "suback":
      return packet.granted.map((code) => granted(Number(code)));
    case "unsuback":
      return (packet.granted ?? []).map(reason);
    // Those of MQTT 3 have no code, and those of MQTT 5 leave out the code of success.
    case "puback":
    case "pubrec":
    case "pubrel":
    case "pubcomp":
    case "disconnect":
      return packet.reasonCode === undefined ? [] : [reason(packet.reasonCode)];
    default:
      return [];
  }
}

const reason = (code: number) => ({ text: reasonText(code), isError: code >= FIRST_ERROR });

const returnCode = (code: number) => ({
  text: `${code} ${RETURN_CODES[code] ?? "reserved"}`,
  isError: code !== 0,
});

/** 0x80 is all that MQTT 3.1.1 can say; MQTT 5 calls it the same. [MQTT-3.9.3] */
const granted = (code: number) => (code < FIRST_ERROR ? { text: `granted QoS ${code}`, isError: false } : reason(code));

function factsOf(packet: Packet): string[] {
  const id = packet.messageId === undefined ? [] : [`packet ${packet.messageId}`];
  switch (packet.cmd) {
    case "connect":
      return [`MQTT ${packet.protocolVersion === 5 ? "5" : "3.1.1"}`, `client ${packet.clientId}`];
    case "connack":
      return [packet.sessionPresent ? "session present" : "no session"];
    case "subscribe":
      return [...id, ...packet.subscriptions.map(({ topic, qos }) => `${topic} QoS ${qos}`)];
    case "unsubscribe":
      return [...id, ...packet.unsubscriptions];
    case "publish":
      return [
        packet.topic,
        `QoS ${packet.qos}`,
        ...(packet.retain ? ["retain"] : []),
        ...(packet.dup ? ["DUP"] : []),
        ...(packet.qos > 0 ? id : []),
        payloadText(packet.payload),
      ];
    default:
      return id;
  }
}

function payloadText(payload: string | Uint8Array): string {
  const text = typeof payload === "string" ? payload : new TextDecoder().decode(payload);
  return text.length > MAX_PAYLOAD_CHARACTERS ? `${text.slice(0, MAX_PAYLOAD_CHARACTERS)}…` : text;
}

function propertiesOf(packet: Packet): string[] {
  const properties = Object.entries(("properties" in packet && packet.properties) || {});
  if (properties.length === 0) return [];
  const readable = properties.map(([name, value]) => [
    name,
    value instanceof Uint8Array ? payloadText(value) : (value as unknown),
  ]);
  return [JSON.stringify(Object.fromEntries(readable))];
}
