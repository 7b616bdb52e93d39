/** MQTT messages as a browser that watches them gets them, and its request. */
import { z } from "zod";
import type { Family } from "../families.ts";
import type { Metrics } from "../readings.ts";
import type { RefusalCode } from "../refusals.ts";
import { MAX_WATCH_FILTER } from "../topic-filters.ts";

export const watchRequest = z.strictObject({ filter: z.string().max(MAX_WATCH_FILTER * 4) });
/** An MQTT topic filter: `#` for all messages. */
export type WatchRequest = z.infer<typeof watchRequest>;

/** `reason` is a sentence for a person. */
export type WatchAnswer = { ok: true } | { ok: false; code: "REQUEST_INVALID" | "TOO_MANY_WATCHERS"; reason: string };

/** A part of a message that was refused. */
export interface RefusedPart {
  code: RefusalCode;
  reason: string;
  deviceId?: string;
  metric?: string;
}

export interface WatchedMessage {
  /** When it came, ISO 8601. */
  at: string;
  topic: string;
  /** The first 4 KiB, for operators only; of bytes that are no text, the first 64 in hexadecimal. */
  payload?: string;
  /** `payload` is in hexadecimal. */
  isBinary?: true;
  /** Of the whole payload. */
  bytes: number;
  qos: 0 | 1 | 2;
  retain: boolean;
  /** Of the session; left out: the hub itself published it. */
  clientId?: string;
  /** The board or application with whose credential the client is logged in. */
  via?: string;
  /** The dialect of its topic; left out: nobody reads it. */
  dialect?: Family | "native";
  /** `carried`: it was delivered to subscribers, and nothing of it was stored. */
  outcome: "stored" | "carried" | "refused" | "stalled";
  /** What was stored of it. */
  readings: { deviceId: string; metrics: Metrics }[];
  refused: RefusedPart[];
}

/** What came since the last of these events. */
export interface MessagesEvent {
  /** At most 20 a second on average. */
  messages: WatchedMessage[];
  /** How many messages came on each topic, of at most 500 topics. */
  topics: [topic: string, count: number][];
  /** Messages on topics beyond those. */
  onOthers: number;
  /** Messages that came, and are not among `messages`. */
  left: number;
}
