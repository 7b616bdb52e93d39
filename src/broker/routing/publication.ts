/** A message on its way to its subscribers. */
import type { KeptMessage } from "../../core/ports/broker-state.ts";
import type { TrustedTime } from "../../core/time/trusted-time.ts";
import { type Message, NO_BYTES, type Qos } from "../packets/packet.ts";
import { PROPERTY } from "../packets/property-table.ts";

export interface Publication {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  /** As it was published. */
  readonly retain: boolean;
  /** Encoded properties that are passed on to MQTT 5 subscribers. */
  readonly properties: Uint8Array;
  /** Undefined: it does not expire. */
  readonly expiry: Expiry | undefined;
  /** By the hub's time; undefined: an earlier run got it. */
  readonly setAtMs: number | undefined;
  /** Client id of the publisher. */
  readonly publisher: string | undefined;
  /** Greater than that of every message before it; 0 for what an earlier run left. */
  readonly serial: number;
  /** What it holds in memory. */
  readonly bytes: number;
  /** As it is written down, once for all sessions that keep it. */
  kept: KeptMessage | undefined;
}

export interface Expiry {
  /** By the hub's time. */
  readonly fromMs: number;
  readonly forMs: number;
}

/** A publication for one session, and how that session gets it. */
export interface DeliveryRequest {
  readonly publication: Publication;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  /** The shared subscription that it came by. */
  readonly share: string | undefined;
}

/** Objects, pointers, maps: what one message costs beside its bytes. */
const OVERHEAD_BYTES = 256;

/** `payload` may be a view into what was read from a socket: it is copied, since a queue would hold all of that. */
export function publicationOf(
  message: Message,
  publisher: string | undefined,
  serial: number,
  nowMs: number,
): Publication {
  const { topic, qos, retain, expiryS } = message;
  const payload = copyOf(message.payload);
  const properties = copyOf(message.properties);
  return {
    topic,
    payload,
    qos,
    retain,
    properties,
    expiry: expiryS === undefined ? undefined : { fromMs: nowMs, forMs: expiryS * 1000 },
    setAtMs: nowMs,
    publisher,
    serial,
    bytes: topic.length + payload.length + properties.length + OVERHEAD_BYTES,
    kept: undefined,
  };
}

function copyOf(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? NO_BYTES : new Uint8Array(bytes);
}

/** Milliseconds until the message expires; less than 0: it has expired; undefined: it does not expire. */
export const leftMsOf = ({ expiry }: Publication, time: Pick<TrustedTime, "sinceMs">): number | undefined =>
  expiry && expiry.forMs - time.sinceMs(expiry.fromMs);

/** Property identifier and four bytes. [MQTT 5.0, 3.3.2.3.3] */
const INTERVAL_BYTES = 5;

export function keptOf(publication: Publication): KeptMessage {
  if (publication.kept !== undefined) return publication.kept;
  const { topic, payload, qos, retain, expiry, publisher } = publication;
  const expiresAtMs = expiry && expiry.fromMs + expiry.forMs;
  const properties = expiry === undefined ? publication.properties : withInterval(expiry, publication.properties);
  publication.kept = { topic, payload, qos, retain, properties, expiresAtMs, publisher };
  return publication.kept;
}

export function revived(kept: KeptMessage, nowMs: number): Publication {
  const { topic, payload, qos, retain, expiresAtMs, publisher } = kept;
  const intervalS = intervalOf(kept.properties);
  const properties = intervalS === undefined ? kept.properties : kept.properties.subarray(INTERVAL_BYTES);
  return {
    topic,
    payload,
    qos,
    retain,
    properties,
    expiry: expiresAtMs === undefined ? undefined : expiryOf(expiresAtMs, intervalS, nowMs),
    setAtMs: undefined,
    publisher,
    serial: 0,
    bytes: topic.length + payload.length + properties.length + OVERHEAD_BYTES,
    kept,
  };
}

/** Of a message that an earlier version kept, only the end is known. A wrong clock may have noted one as published in the future. */
const expiryOf = (expiresAtMs: number, intervalS: number | undefined, nowMs: number): Expiry =>
  intervalS === undefined
    ? { fromMs: nowMs, forMs: expiresAtMs - nowMs }
    : { fromMs: Math.min(nowMs, expiresAtMs - intervalS * 1000), forMs: intervalS * 1000 };

/** A kept message has its Message Expiry Interval before its other properties, so that it is known when it was published. */
function withInterval({ forMs }: Expiry, properties: Uint8Array): Uint8Array {
  const all = new Uint8Array(INTERVAL_BYTES + properties.length);
  all[0] = PROPERTY.messageExpiry;
  new DataView(all.buffer).setUint32(1, forMs / 1000);
  all.set(properties, INTERVAL_BYTES);
  return all;
}

const intervalOf = (properties: Uint8Array): number | undefined =>
  properties[0] === PROPERTY.messageExpiry && properties.length >= INTERVAL_BYTES
    ? new DataView(properties.buffer, properties.byteOffset).getUint32(1)
    : undefined;
