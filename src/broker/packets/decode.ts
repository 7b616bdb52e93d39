/** Decodes the packets that a client sends after CONNECT, or answers with a fault. */
import { REASON } from "../../contract/reason-codes.ts";
import { ByteReader, faultOf, MalformedPacket } from "./byte-reader.ts";
import { decodePublish, type TopicMemo } from "./decode-publish.ts";
import { decodeSubscribe, decodeUnsubscribe } from "./decode-subscribe.ts";
import type {
  AckPacket,
  AckType,
  AuthPacket,
  ClientPacket,
  DisconnectPacket,
  PacketFault,
  PingreqPacket,
  Version,
} from "./packet.ts";
import { readProperties } from "./properties.ts";
import { PACKET } from "./property-table.ts";

/**
 * One whole packet: `first` is the first byte of its fixed header, bytes[from, to) what follows the remaining length.
 * Never throws. Payload and properties of a PUBLISH are views of `bytes`.
 */
export function decodePacket(
  first: number,
  bytes: Buffer,
  from: number,
  to: number,
  version: Version,
  memo: TopicMemo,
): ClientPacket | PacketFault {
  try {
    if (first >> 4 === 3) return decodePublish(first, bytes, from, to, version, memo);
    return decodeOther(first, new ByteReader(bytes, from, to), version);
  } catch (error) {
    return faultOf(error, version);
  }
}

function decodeOther(first: number, reader: ByteReader, version: Version): ClientPacket {
  switch (first >> 4) {
    case 4:
      return decodeAck("puback", PUBLISH_ANSWERS, first, reader, version);
    case 5:
      return decodeAck("pubrec", PUBLISH_ANSWERS, first, reader, version);
    case 6:
      return decodeAck("pubrel", RELEASE_ANSWERS, first, reader, version);
    case 7:
      return decodeAck("pubcomp", RELEASE_ANSWERS, first, reader, version);
    case 8:
      checkFlags(first, 0x02, version);
      return decodeSubscribe(reader, version);
    case 10:
      checkFlags(first, 0x02, version);
      return decodeUnsubscribe(reader, version);
    case 12:
      checkFlags(first, 0x00, version);
      reader.expectEnd("PINGREQ");
      return PINGREQ;
    case 14:
      checkFlags(first, 0x00, version);
      return decodeDisconnect(reader, version);
    case 15:
      if (version !== 5) throw new MalformedPacket("packet type 15 [MQTT 3.1.1, 2.2.1]");
      checkFlags(first, 0x00, version);
      return decodeAuth(reader);
    case 0:
      throw new MalformedPacket("packet type 0 [2.2.1] (5: [2.1.2])");
    case 1:
      throw new MalformedPacket("a second CONNECT [MQTT-3.1.0-2]", REASON.protocolError);
    default:
      throw new MalformedPacket(`packet type ${first >> 4}, which only servers send`, REASON.protocolError);
  }
}

const PINGREQ: PingreqPacket = { type: "pingreq" };

/** [MQTT-3.4.2-1], [MQTT-3.5.2-1] */
const PUBLISH_ANSWERS: ReadonlySet<number> = new Set([
  REASON.success,
  REASON.noMatchingSubscribers,
  REASON.unspecified,
  REASON.implementationSpecific,
  REASON.notAuthorized,
  REASON.topicNameInvalid,
  REASON.packetIdInUse,
  REASON.quotaExceeded,
  REASON.payloadFormatInvalid,
]);

/** [MQTT-3.6.2-1], [MQTT-3.7.2-1] */
const RELEASE_ANSWERS: ReadonlySet<number> = new Set([REASON.success, REASON.packetIdNotFound]);

/** Of those, the ones that a client may send. [MQTT-3.14.2-1] */
const LEAVING: ReadonlySet<number> = new Set([
  REASON.success,
  REASON.disconnectWithWill,
  REASON.unspecified,
  REASON.malformedPacket,
  REASON.protocolError,
  REASON.implementationSpecific,
  REASON.topicNameInvalid,
  REASON.receiveMaximumExceeded,
  REASON.topicAliasInvalid,
  REASON.packetTooLarge,
  REASON.messageRateTooHigh,
  REASON.quotaExceeded,
  REASON.administrativeAction,
  REASON.payloadFormatInvalid,
]);

/** Of those, the ones that a client may send. [MQTT-3.15.2-1] */
const AUTHENTICATING: ReadonlySet<number> = new Set([REASON.continueAuthentication, REASON.reAuthenticate]);

/** The four low bits are what the standard says, or the packet is malformed. */
function checkFlags(first: number, expected: number, version: Version): void {
  // MQTT 3.1 sends PUBREL, SUBSCRIBE and UNSUBSCRIBE again with DUP. [MQTT 3.1, 2.1]
  const flags = version === 3 && expected === 0x02 ? first & 0x07 : first & 0x0f;
  if (flags === expected) return;
  throw new MalformedPacket(
    `wrong flags in the fixed header of packet type ${first >> 4} [MQTT-2.2.2-2] (5: [MQTT-2.1.3-1])`,
  );
}

function decodeAck(
  type: AckType,
  answers: ReadonlySet<number>,
  first: number,
  reader: ByteReader,
  version: Version,
): AckPacket {
  checkFlags(first, type === "pubrel" ? 0x02 : 0x00, version);
  const packetId = reader.packetId();
  let reasonCode: number = REASON.success; // of the short form too
  if (version === 5 && reader.left > 0) {
    reasonCode = readReason(reader, answers);
    if (reader.left > 0) readProperties(reader, PACKET.ack);
  }
  reader.expectEnd(type.toUpperCase());
  return { type, packetId, reasonCode };
}

function decodeDisconnect(reader: ByteReader, version: Version): DisconnectPacket {
  let reasonCode: number = REASON.success;
  let sessionExpiryS: number | undefined;
  if (version === 5 && reader.left > 0) {
    reasonCode = readReason(reader, LEAVING);
    if (reader.left > 0) sessionExpiryS = readProperties(reader, PACKET.disconnect).sessionExpiryS;
  }
  reader.expectEnd("DISCONNECT");
  return { type: "disconnect", reasonCode, sessionExpiryS };
}

function decodeAuth(reader: ByteReader): AuthPacket {
  const reasonCode = reader.left > 0 ? readReason(reader, AUTHENTICATING) : REASON.success;
  const method = reader.left > 0 ? readProperties(reader, PACKET.auth).authMethod : undefined;
  reader.expectEnd("AUTH");
  if (method === undefined) {
    throw new MalformedPacket("AUTH without a method [MQTT 5.0, 3.15.2.2.2]", REASON.protocolError);
  }
  return { type: "auth", reasonCode };
}

function readReason(reader: ByteReader, known: ReadonlySet<number>): number {
  const reasonCode = reader.u8();
  if (known.has(reasonCode)) return reasonCode;
  throw new MalformedPacket(
    `reason code ${reasonCode}, which a client may not send in this packet`,
    REASON.protocolError,
  );
}
