/** Decodes PUBLISH. This is the hub's hottest function, so it counts offsets by hand. */
import { REASON } from "../../contract/reason-codes.ts";
import { ByteReader, checkText, MalformedPacket } from "./byte-reader.ts";
import { NO_BYTES, type PublishPacket, type Qos, type Version } from "./packet.ts";
import { readProperties } from "./properties.ts";
import { PACKET } from "./property-table.ts";
import { topicFault } from "./topic-rules.ts";

/**
 * The last topic of one connection, since a board publishes to the same again and again: then no string is made and
 * nothing is checked. Holds only ASCII topics that topicFault let through, so that characters and bytes are the same.
 */
export interface TopicMemo {
  topic: string;
}

export const createTopicMemo = (): TopicMemo => ({ topic: "" });

/** The payload, and properties where there are any, are views of `bytes`. */
export function decodePublish(
  first: number,
  bytes: Buffer,
  from: number,
  to: number,
  version: Version,
  memo: TopicMemo,
): PublishPacket {
  const qos = qosOf(first);
  const topicFrom = from + 2;
  const topicTo = topicFrom + (((bytes[from] ?? 0) << 8) | (bytes[from + 1] ?? 0));
  let at = qos === 0 ? topicTo : topicTo + 2;
  if (topicFrom > to || at > to) throw new MalformedPacket("PUBLISH ends within its topic or packet identifier");
  const topic = readTopic(bytes, topicFrom, topicTo, version, memo);
  let packetId = 0;
  if (qos !== 0) {
    packetId = ((bytes[topicTo] ?? 0) << 8) | (bytes[topicTo + 1] ?? 0);
    if (packetId === 0) {
      throw new MalformedPacket("packet identifier 0 [MQTT-2.3.1-1] [MQTT-2.2.1-3]", REASON.protocolError);
    }
  }
  let properties = NO_BYTES;
  let expiryS: number | undefined;
  let topicAlias: number | undefined;
  if (version === 5) {
    if (at < to && bytes[at] === 0) {
      at++;
    } else {
      const reader = new ByteReader(bytes, at, to);
      const found = readProperties(reader, PACKET.publish);
      properties = found.passedOn;
      expiryS = found.messageExpiryS;
      topicAlias = found.topicAlias;
      at = reader.at;
    }
    if (topicTo === topicFrom && topicAlias === undefined) {
      throw new MalformedPacket("no topic and no topic alias [MQTT 5.0, 3.3.2.3.4]", REASON.protocolError);
    }
  }
  return {
    type: "publish",
    topic,
    payload: bytes.subarray(at, to),
    qos,
    retain: (first & 0x01) !== 0,
    dup: (first & 0x08) !== 0,
    packetId,
    expiryS,
    properties,
    topicAlias,
  };
}

function qosOf(first: number): Qos {
  switch (first & 0x06) {
    case 0x00:
      if ((first & 0x08) !== 0) throw new MalformedPacket("DUP with QoS 0 [MQTT-3.3.1-2]");
      return 0;
    case 0x02:
      return 1;
    case 0x04:
      return 2;
    default:
      throw new MalformedPacket("QoS 3 [MQTT-3.3.1-4]");
  }
}

function readTopic(bytes: Buffer, from: number, to: number, version: Version, memo: TopicMemo): string {
  if (from === to) {
    if (version === 5) return ""; // right with an alias
    throw new MalformedPacket("an empty topic name [MQTT-4.7.3-1]");
  }
  if (isMemo(bytes, from, to, memo.topic)) return memo.topic;
  const ascii = checkText(bytes, from, to);
  const topic = bytes.toString(ascii ? "latin1" : "utf8", from, to);
  const reason = topicFault(topic);
  if (reason !== undefined) throw new MalformedPacket(reason, REASON.topicNameInvalid);
  if (ascii) memo.topic = topic;
  return topic;
}

/** From the end: a board's topics begin alike. */
function isMemo(bytes: Buffer, from: number, to: number, topic: string): boolean {
  if (topic.length !== to - from) return false;
  for (let at = topic.length - 1; at >= 0; at--) {
    if (topic.charCodeAt(at) !== bytes[from + at]) return false;
  }
  return true;
}
