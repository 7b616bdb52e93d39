/** Writes deliveries to one connection as PUBLISH packets, within the limits of its client. */
import { REASON } from "../../contract/reason-codes.ts";
import { encodeAck, encodePublishHead } from "../packets/encode.ts";
import type { ConnectPacket, Version } from "../packets/packet.ts";
import type { DeliveryRequest, Publication } from "../routing/publication.ts";
import type { Sink } from "../session/sink.ts";
import type { Connection } from "../transport/connection.ts";
import { OutboundAliases } from "./topic-aliases.ts";

/** Larger payloads are not copied behind their header. */
const MAX_COPIED_BYTES = 16 * 1024;
/** The most topic aliases that the hub uses for one client. */
const MAX_ALIASES = 64;
const NO_IDS: readonly number[] = [];

export class PublishWriter implements Sink {
  readonly window: number;
  readonly #connection: Connection;
  readonly #version: Version;
  readonly #maxPacketBytes: number;
  readonly #aliases: OutboundAliases | undefined;

  constructor(connection: Connection, connect: ConnectPacket, maxInflight: number) {
    const { version, receiveMaximum, maxPacketBytes, topicAliasMaximum } = connect;
    this.#connection = connection;
    this.#version = version;
    this.window = Math.min(receiveMaximum, maxInflight);
    this.#maxPacketBytes = maxPacketBytes ?? Number.POSITIVE_INFINITY;
    this.#aliases = topicAliasMaximum > 0 ? new OutboundAliases(Math.min(topicAliasMaximum, MAX_ALIASES)) : undefined;
  }

  canTake(): boolean {
    return !this.#connection.isBehind && !this.#connection.isEnding;
  }

  publish(request: DeliveryRequest, packetId: number, isRepeat: boolean, expiryS: number | undefined): boolean {
    const { publication, qos, retain, subscriptionIds } = request;
    const isPlain = this.#aliases === undefined && expiryS === undefined && subscriptionIds.length === 0;
    const isShared = isPlain && qos === 0 && publication.payload.length <= MAX_COPIED_BYTES;
    const encoded = isShared ? encodedOnce(publication, this.#version, retain) : undefined;
    if (encoded !== undefined) {
      if (encoded.length > this.#maxPacketBytes) return false;
      this.#connection.send(encoded);
      this.#connection.traffic.messagesOut++;
      return true;
    }
    const alias = this.#aliases?.of(publication.topic);
    const head = encodePublishHead({
      version: this.#version,
      topic: alias?.isNew === false ? "" : publication.topic,
      payloadBytes: publication.payload.length,
      qos,
      retain,
      dup: isRepeat,
      packetId,
      properties: publication.properties,
      expiryS,
      topicAlias: alias?.alias,
      subscriptionIds,
    });
    // [MQTT-3.1.2-24]
    if (head.length + publication.payload.length > this.#maxPacketBytes) {
      if (alias?.isNew === true) this.#aliases?.remove(publication.topic);
      return false;
    }
    this.#connection.send(head);
    if (publication.payload.length > 0) this.#connection.send(publication.payload);
    this.#connection.traffic.messagesOut++;
    return true;
  }

  pubrel(packetId: number, reasonCode: number = REASON.success): void {
    this.#connection.send(encodeAck("pubrel", packetId, reasonCode, this.#version));
  }
}

/** The last packet with QoS 0, which is the same for most subscribers of a message: a fan-out encodes it once. */
let last: { publication: Publication; is5: boolean; retain: boolean; bytes: Buffer } | undefined;

function encodedOnce(publication: Publication, version: Version, retain: boolean): Buffer {
  const is5 = version === 5;
  if (last?.publication === publication && last.is5 === is5 && last.retain === retain) return last.bytes;
  const { topic, payload, properties } = publication;
  const head = encodePublishHead({
    version,
    topic,
    payloadBytes: payload.length,
    qos: 0,
    retain,
    dup: false,
    packetId: 0,
    properties,
    expiryS: undefined,
    topicAlias: undefined,
    subscriptionIds: NO_IDS,
  });
  const bytes = Buffer.concat([head, payload]);
  last = { publication, is5, retain, bytes };
  return bytes;
}
