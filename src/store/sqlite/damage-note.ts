/** What a thread of the store found damaged while it did something else, reported beside its answers. Declares shapes; finds nothing. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Span } from "../../core/ports.ts";

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
