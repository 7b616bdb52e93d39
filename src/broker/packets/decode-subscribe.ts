/**
 * Decodes SUBSCRIBE and UNSUBSCRIBE. An invalid filter in version 5 is left to the caller, which refuses it alone in SUBACK and
 * grants the others. In 3.x it is a fault, and the connection is closed.
 */
import { REASON } from "../../contract/reason-codes.ts";
import { type ByteReader, MalformedPacket } from "./byte-reader.ts";
import type { Qos, SubscribePacket, SubscriptionRequest, UnsubscribePacket, Version } from "./packet.ts";
import { readProperties } from "./properties.ts";
import { PACKET } from "./property-table.ts";
import { filterFault, parseShare } from "./topic-rules.ts";

export function decodeSubscribe(reader: ByteReader, version: Version): SubscribePacket {
  const packetId = reader.packetId();
  const subscriptionId = version === 5 ? readProperties(reader, PACKET.subscribe).subscriptionId : undefined;
  if (reader.left === 0) {
    throw new MalformedPacket("SUBSCRIBE without a filter [MQTT-3.8.3-3] (5: [MQTT-3.8.3-2])", REASON.protocolError);
  }
  const requests: SubscriptionRequest[] = [];
  while (reader.left > 0) requests.push(version === 5 ? readRequest(reader) : readPlainRequest(reader));
  return { type: "subscribe", packetId, requests, subscriptionId };
}

export function decodeUnsubscribe(reader: ByteReader, version: Version): UnsubscribePacket {
  const packetId = reader.packetId();
  if (version === 5) readProperties(reader, PACKET.unsubscribe);
  if (reader.left === 0) {
    throw new MalformedPacket("UNSUBSCRIBE without a filter [MQTT-3.10.3-2]", REASON.protocolError);
  }
  const filters: string[] = [];
  while (reader.left > 0) filters.push(version === 5 ? reader.text() : readFilter(reader));
  return { type: "unsubscribe", packetId, filters };
}

/** Of 3.x: a QoS and nothing else. */
function readPlainRequest(reader: ByteReader): SubscriptionRequest {
  const filter = readFilter(reader);
  const options = reader.u8();
  if (options > 2) throw new MalformedPacket(`SUBSCRIBE asks for QoS ${options} [MQTT-3.8.3-4]`);
  return { filter, qos: qosOf(options), noLocal: false, retainAsPublished: false, retainHandling: 0 };
}

function readRequest(reader: ByteReader): SubscriptionRequest {
  const filter = reader.text();
  const options = reader.u8();
  if ((options & 0xc0) !== 0) throw new MalformedPacket("reserved subscription options [MQTT-3.8.3-5]");
  const retainHandling = options >> 4;
  if (retainHandling !== 0 && retainHandling !== 1 && retainHandling !== 2) {
    throw new MalformedPacket("Retain Handling 3 [MQTT 5.0, 3.8.3.1]", REASON.protocolError);
  }
  const noLocal = (options & 0x04) !== 0;
  if (noLocal && parseShare(filter) !== undefined) {
    throw new MalformedPacket("No Local with a shared subscription [MQTT-3.8.3-4]", REASON.protocolError);
  }
  return { filter, qos: qosOf(options & 0x03), noLocal, retainAsPublished: (options & 0x08) !== 0, retainHandling };
}

function qosOf(bits: number): Qos {
  if (bits === 0 || bits === 1 || bits === 2) return bits;
  throw new MalformedPacket("SUBSCRIBE asks for QoS 3 [MQTT 5.0, 3.8.3.1]", REASON.protocolError);
}

function readFilter(reader: ByteReader): string {
  const filter = reader.text();
  const reason = filterFault(filter);
  if (reason !== undefined) throw new MalformedPacket(reason, REASON.topicFilterInvalid);
  return filter;
}
