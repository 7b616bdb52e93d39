/** Encodes the packets that answer a request: CONNACK, SUBACK, UNSUBACK, PINGRESP, DISCONNECT. */
import { FIRST_ERROR, REASON } from "../../contract/reason-codes.ts";
import { textProperty, varintBytes, writeU16, writeVarint } from "./encode.ts";
import type { Version } from "./packet.ts";
import { PROPERTY } from "./property-table.ts";

export interface Connack {
  readonly version: Version;
  readonly sessionPresent: boolean;
  /** Of MQTT 5, for every version. */
  readonly reasonCode: number;
  /** What follows is sent to version 5 only, and what is undefined not at all. */
  readonly sessionExpiryS?: number | undefined;
  readonly receiveMaximum?: number | undefined;
  readonly maxPacketBytes?: number | undefined;
  readonly assignedClientId?: string | undefined;
  readonly topicAliasMaximum?: number | undefined;
  readonly serverKeepAliveS?: number | undefined;
  readonly reasonString?: string | undefined;
  readonly authMethod?: string | undefined;
}

export const PINGRESP: Buffer = Buffer.of(0xd0, 0);

export function encodeConnack(connack: Connack): Buffer {
  const { version, reasonCode } = connack;
  // An error leaves no session [MQTT-3.2.2-4] (5: [MQTT-3.2.2-6]), and 3.1 has no such flag.
  const flags = connack.sessionPresent && reasonCode < FIRST_ERROR && version !== 3 ? 1 : 0;
  if (version !== 5) return Buffer.of(0x20, 2, flags, connackCodeOf(reasonCode));
  return packet(0x20, [Buffer.of(flags, reasonCode), ...section(connackProperties(connack))]);
}

/** The return code of 3.x that says most of what a reason code of 5 says: 0, or 1 to 5. [MQTT 3.1.1, 3.2.2.3] */
export function connackCodeOf(reasonCode: number): number {
  switch (reasonCode) {
    case REASON.unsupportedProtocolVersion:
      return 1;
    case REASON.clientIdNotValid:
      return 2;
    case REASON.badUserNameOrPassword:
    case REASON.badAuthenticationMethod:
      return 4;
    case REASON.notAuthorized:
    case REASON.banned:
      return 5;
    default:
      return reasonCode < FIRST_ERROR ? 0 : 3; // 3: the server is unavailable
  }
}

/** 3.x knows no failure but 0x80. [MQTT-3.9.3-2] */
export function encodeSuback(
  packetId: number,
  reasonCodes: readonly number[],
  version: Version,
  reasonString?: string,
): Buffer {
  const codes = version === 5 ? reasonCodes : reasonCodes.map((code) => (code < FIRST_ERROR ? code : 0x80));
  return packet(0x90, [u16(packetId), ...(version === 5 ? section(reasons(reasonString)) : []), Buffer.from(codes)]);
}

/** In 3.x it has no reasons. */
export function encodeUnsuback(packetId: number, reasonCodes: readonly number[], version: Version): Buffer {
  if (version !== 5) return packet(0xb0, [u16(packetId)]);
  return packet(0xb0, [u16(packetId), ...section([]), Buffer.from(reasonCodes)]);
}

/** Of MQTT 5: a server of 3.x sends none, it closes. */
export function encodeDisconnect(reasonCode: number, reasonString?: string): Buffer {
  if (reasonString !== undefined) return packet(0xe0, [Buffer.of(reasonCode), ...section(reasons(reasonString))]);
  return reasonCode === 0 ? Buffer.of(0xe0, 0) : Buffer.of(0xe0, 1, reasonCode);
}

function connackProperties(connack: Connack): Buffer[] {
  const properties: Buffer[] = [];
  const number = (id: number, bytes: 2 | 4, value: number | undefined): void => {
    if (value !== undefined) properties.push(numberProperty(id, bytes, value));
  };
  const text = (id: number, value: string | undefined): void => {
    if (value !== undefined) properties.push(textProperty(id, value));
  };
  number(PROPERTY.sessionExpiry, 4, connack.sessionExpiryS);
  text(PROPERTY.assignedClientId, connack.assignedClientId);
  number(PROPERTY.serverKeepAlive, 2, connack.serverKeepAliveS);
  text(PROPERTY.authMethod, connack.authMethod);
  text(PROPERTY.reasonString, connack.reasonString);
  number(PROPERTY.receiveMaximum, 2, connack.receiveMaximum);
  number(PROPERTY.topicAliasMaximum, 2, connack.topicAliasMaximum);
  number(PROPERTY.maximumPacketSize, 4, connack.maxPacketBytes);
  return properties;
}

function numberProperty(id: number, bytes: 2 | 4, value: number): Buffer {
  const out = Buffer.of(id, ...new Array<number>(bytes).fill(0));
  out.writeUIntBE(value, 1, bytes);
  return out;
}

const reasons = (reasonString: string | undefined): Buffer[] =>
  reasonString === undefined ? [] : [textProperty(PROPERTY.reasonString, reasonString)];

/** Properties with their length before them. */
function section(properties: readonly Buffer[]): Buffer[] {
  return [varint(properties.reduce((sum, property) => sum + property.length, 0)), ...properties];
}

function packet(first: number, parts: readonly Buffer[]): Buffer {
  const remaining = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(first), varint(remaining), ...parts]);
}

function varint(value: number): Buffer {
  const out = Buffer.allocUnsafe(varintBytes(value));
  writeVarint(out, 0, value);
  return out;
}

function u16(value: number): Buffer {
  const out = Buffer.allocUnsafe(2);
  writeU16(out, 0, value);
  return out;
}
