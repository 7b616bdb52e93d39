/** What is kept of notifications, as JSON in records of hub.db. */
import type { OutgoingMessage } from "../ports/alert-channel.ts";
import type { Notice } from "./notices/notice.ts";

/** An episode of an alert that fires. */
export interface EpisodeOfAlert {
  readonly alertId: string;
  readonly episode: number;
}

/** A message on its way to a channel. */
export interface Delivery {
  /** The same at each attempt, also after a restart. */
  readonly id: string;
  readonly channelId: string;
  readonly composedAtMs: number;
  /** Without a link to acknowledge: that is a secret, and made again after a restart. */
  readonly message: OutgoingMessage;
  /** What such a link acknowledges. */
  readonly firing: readonly EpisodeOfAlert[];
}

/** A link to acknowledge; its id is the hash of its token. */
export interface KeptLink {
  readonly channelId: string;
  readonly firing: readonly EpisodeOfAlert[];
  /** Wall time. */
  readonly endsAtMs: number;
  readonly usedAtMs?: number;
}

/** Of the record `setting`: the first notification of a hub has a hint. */
export const HINT_SETTING = "notification-hint";

export const readNotice = (data: string): Notice | undefined =>
  read<Notice>(data, { alertId: "string", ruleId: "string", episode: "number", phase: "string", channels: "object" });

export const readDelivery = (data: string): Delivery | undefined =>
  read<Delivery>(data, {
    id: "string",
    channelId: "string",
    composedAtMs: "number",
    message: "object",
    firing: "object",
  });

export const readLink = (data: string): KeptLink | undefined =>
  read<KeptLink>(data, { channelId: "string", firing: "object", endsAtMs: "number" });

/** The hub wrote it, with a checksum: only what another version could have written otherwise is checked. */
function read<T>(data: string, types: Readonly<Partial<Record<keyof T, string>>>): T | undefined {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null) return undefined;
    const fields = value as Readonly<Record<string, unknown>>;
    const isWhole = Object.entries(types).every(
      ([name, type]) => fields[name] !== null && typeof fields[name] === type,
    );
    return isWhole ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
