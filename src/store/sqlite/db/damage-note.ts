/** The notes in which a thread of the store reports damage that it found while it did something else. */
import type { DeviceId } from "../../../contract/readings.ts";
import type { Span } from "../../../core/ports/history.ts";

export type DamageNote =
  /** Readings of a device. */
  | (Span & { readonly deviceId: DeviceId; readonly reason: string })
  /** A page of the file; what SQLite said of it. */
  | { readonly page: string }
  /** A sentence for the owner. */
  | { readonly words: string }
  /** Anything else, as it stands in "… is damaged and was left out". */
  | { readonly what: string };

export type NoteDamage = (note: DamageNote) => void;

/** A range that could not be read. */
export interface Damage {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
}

export interface Read<T> {
  readonly value: T;
  readonly damage: readonly Damage[];
}
