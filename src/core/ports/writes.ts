/** What is written to the store, and what becomes of each write. */
import type { AttributeValue, DeviceId } from "../../contract/readings.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import type { JournalWrite } from "./broker-state.ts";

/** Metrics as JSON of one object: its text, or, as the device wrote it, its ASCII bytes in pieces (never made text of). */
export type Body = string | readonly Uint8Array[];

/** A reading that was accepted and is to be stored. */
export interface ReadingWrite {
  readonly kind: "reading";
  readonly deviceId: DeviceId;
  /** The instant, epoch ms. */
  readonly atMs: number;
  /** Whether the device gave the instant; without one, only a redelivery of the same packet is the same reading. */
  readonly timed: boolean;
  readonly receivedAtMs: number;
  readonly metrics: ReadingMetrics;
  readonly body: Body;
  /** Place in its message. */
  readonly element: number;
  /**
   * The order among the readings of its millisecond that its id says, where it had an id before: of an import (timed), or of
   * one that another store had (untimed), which is there already where that id is with the same content.
   */
  readonly n?: number;
  /** How it came; undefined with QoS 0. */
  readonly packet: { readonly clientId: string; readonly id: number; readonly dup: boolean } | undefined;
}

/** Attributes merged by key; `null` deletes one. */
export interface AttributesWrite {
  readonly kind: "attributes";
  readonly deviceId: DeviceId;
  readonly receivedAtMs: number;
  readonly patch: ReadonlyMap<string, AttributeValue | null>;
  /** Set where the hub itself found the device's clock wrong (true) or right again (false). */
  readonly clockSuspect?: boolean;
}

export interface StatusWrite {
  readonly kind: "status";
  readonly deviceId: DeviceId;
  readonly receivedAtMs: number;
  readonly online: boolean;
}

export type Write = ReadingWrite | AttributesWrite | StatusWrite | JournalWrite;

export type WriteOutcome =
  /** On disk. `n`: order among the readings of that device and millisecond. */
  | { readonly kind: "stored"; readonly n: number }
  /** Was on disk before. */
  | { readonly kind: "duplicate" }
  | { readonly kind: "refused"; readonly reason: string };

/** The writes of one message; its readings are never merged with each other. */
export type WritesOfMessage = readonly Write[];
