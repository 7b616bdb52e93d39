/** A channel by which notifications leave the hub: what an adapter of `src/notify` is. */
import type { Severity } from "../../contract/alerts.ts";
import type { ChannelSettings } from "../../contract/channels.ts";

/** One alert in a message. */
export interface MessageEntry {
  readonly alertId: string;
  /** Counts how often it has fired: what is acknowledged is this time, not a later one. */
  readonly episode?: number | undefined;
  readonly kind: "firing" | "resolved" | "ended" | "noData" | "passed" | "repeated" | "escalated";
  readonly severity: Severity;
  readonly ruleName: string;
  /** Absent for the hub itself. */
  readonly deviceId?: string;
  /** Name of the device, or its id; undefined: the hub itself. */
  readonly device: string | undefined;
  readonly atMs: number;
  /** One sentence. It may hold text from a device: an adapter escapes it for its channel. */
  readonly text: string;
  readonly runbook?: string | undefined;
}

/** What is sent to one channel at once. */
export interface OutgoingMessage {
  /** The same at each attempt: receivers that keep it (`Idempotency-Key`) show the message once. */
  readonly id: string;
  /** The greatest of its entries. */
  readonly severity: Severity;
  readonly title: string;
  readonly entries: readonly MessageEntry[];
  /** Entries that did not fit, counted. */
  readonly more: number;
  readonly createdAtMs: number;
  /** Page that asks whether to acknowledge; undefined: the hub knows no public address, or nothing fires. */
  readonly acknowledgeUrl?: string | undefined;
  /** Page of the alerts; undefined: the hub knows no public address. */
  readonly pageUrl?: string | undefined;
  /** First notification of a hub: how to change what is sent. */
  readonly hint?: string | undefined;
}

export type SendOutcome =
  | { readonly kind: "sent" }
  /**
   * It may pass: it is tried again, after `afterMs` where the receiver said so. `neverArrived`: for certain, as without a
   * connection, or with an answer that refuses it; left out where the answer was lost.
   */
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly afterMs?: number | undefined;
      readonly neverArrived?: true | undefined;
    }
  /** It will not pass by itself: the settings are wrong. */
  | { readonly kind: "refused"; readonly reason: string };

export interface ChannelAdapter {
  /** Never rejects, and settles within 30 s. */
  send(message: OutgoingMessage, settings: ChannelSettings): Promise<SendOutcome>;
  close(): void;
}
