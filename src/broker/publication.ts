/** A message on its way to subscribers, whoever holds it. Knows no session and no socket. */
import type { KeptMessage } from "../core/ports.ts";
import { type Message, NO_BYTES, type Qos } from "./packets/packet.ts";

export interface Publication {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  /** As it was published. */
  readonly retain: boolean;
  /** Encoded properties that go on to MQTT 5 subscribers. */
  readonly properties: Uint8Array;
  /** Monotonic ms; undefined: never. */
  readonly expiresMs: number | undefined;
  /** Client id of who published it. */
  readonly publisher: string | undefined;
  /** Greater than that of every message before it; 0 for what an earlier run left. */
  readonly serial: number;
  /** What it holds in memory. */
  readonly bytes: number;
  /** As it is written down, once for all sessions that keep it. */
  kept: KeptMessage | undefined;
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
    expiresMs: expiryS === undefined ? undefined : nowMs + expiryS * 1000,
    publisher,
    serial,
    bytes: topic.length + payload.length + properties.length + OVERHEAD_BYTES,
    kept: undefined,
  };
}

function copyOf(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? NO_BYTES : new Uint8Array(bytes);
}

/** One moment, on both clocks: what outlives the process is written in wall time. */
export interface Times {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export function keptOf(publication: Publication, { wallMs, monotonicMs }: Times): KeptMessage {
  const { topic, payload, qos, retain, properties, expiresMs, publisher } = publication;
  const expiresAtMs = expiresMs === undefined ? undefined : Math.round(wallMs + expiresMs - monotonicMs);
  publication.kept ??= { topic, payload, qos, retain, properties, expiresAtMs, publisher };
  return publication.kept;
}

export function revived(kept: KeptMessage, { wallMs, monotonicMs }: Times): Publication {
  const { topic, payload, qos, retain, properties, expiresAtMs, publisher } = kept;
  return {
    topic,
    payload,
    qos,
    retain,
    properties,
    expiresMs: expiresAtMs === undefined ? undefined : monotonicMs + expiresAtMs - wallMs,
    publisher,
    serial: 0,
    bytes: topic.length + payload.length + properties.length + OVERHEAD_BYTES,
    kept,
  };
}
