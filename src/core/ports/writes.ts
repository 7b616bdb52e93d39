/** What is written to the store, and the outcome of each write. */
import type { AttributeValue, DeviceId } from "../../contract/readings.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import type { StoreRefusal } from "../model/store-refusal.ts";
import type { JournalWrite } from "./broker-state.ts";

/** Metrics as one JSON object: as text, or as the ASCII bytes that the device sent, in parts that together are the object. */
export type Body = string | readonly Uint8Array[];

/** A reading that was accepted and is to be stored. */
export interface ReadingWrite {
  readonly kind: "reading";
  readonly deviceId: DeviceId;
  /** The instant, epoch ms. */
  readonly atMs: number;
  /** The device gave the instant. Without one, only a redelivery of the same packet counts as the same reading. */
  readonly timed: boolean;
  readonly receivedAtMs: number;
  readonly metrics: ReadingMetrics;
  readonly body: Body;
  /** Index in its message. */
  readonly element: number;
  /**
   * Order among the device's readings of the same millisecond, for a reading that has its id already: from an import (timed), or
   * from another store (untimed). An untimed one is a duplicate where a reading with that id and the same content is stored.
   */
  readonly n?: number;
  /** The packet that brought it; undefined with QoS 0. */
  readonly packet: { readonly clientId: string; readonly id: number; readonly dup: boolean } | undefined;
}

/** Attributes to be merged by key; `null` deletes a key. */
export interface AttributesWrite {
  readonly kind: "attributes";
  readonly deviceId: DeviceId;
  readonly receivedAtMs: number;
  readonly patch: ReadonlyMap<string, AttributeValue | null>;
  /** Set when the hub found the device's clock wrong (true), or right again (false). */
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
  /** It is on disk. `n`: order among the device's readings of the same millisecond. */
  | { readonly kind: "stored"; readonly n: number }
  /** It was on disk before. */
  | { readonly kind: "duplicate" }
  | ({ readonly kind: "refused" } & StoreRefusal);

/** The writes of one message. Its readings are never duplicates of each other. */
export type WritesOfMessage = readonly Write[];
