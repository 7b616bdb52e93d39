/** Reports which stored data could not be read because it is damaged. */
import type { DamagedSpan } from "../../contract/rest.ts";
import type { Registry } from "../devices/registry.ts";
import type { Span } from "../ports/history.ts";
import type { Log } from "../ports/log.ts";
import type { Store } from "../ports/readings-store.ts";

/** Damaged ranges that overlap `fromMs` ≤ instant < `toMs`. */
export const damagedIn = (spans: readonly Span[], { fromMs, toMs }: { fromMs: number; toMs: number }): Span[] =>
  spans.filter((span) => span.fromMs < toMs && span.toMs >= fromMs);

/** As answers show them; an empty object if there is none. */
export const shownDamage = (spans: readonly Span[]): { damaged?: DamagedSpan[] } =>
  spans.length === 0 ? {} : { damaged: spans.map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs) })) };

/** For the owner; undefined while everything that was queried could be read. */
export function damageProblem(registry: Pick<Registry, "list">, store: Pick<Store, "damaged">): string | undefined {
  const damaged = registry.list().filter(({ deviceId }) => store.damaged(deviceId).length > 0);
  const [first] = damaged;
  if (first === undefined) return undefined;
  const others = damaged.length === 1 ? "" : ` and of ${damaged.length - 1} more`;
  return `Parts of the history of ${first.deviceId}${others} are damaged and cannot be read: check the disk, and restore them from a backup`;
}

/** Damage in the files of the data directory, outside of the history of devices. */
export interface DamageNotes {
  /** A text for the owner: which file, what is damaged, what to do. Logged once. */
  note(words: string): void;
  /** For the owner; undefined while no damage was found. */
  problem(): string | undefined;
}

/** A file that is damaged all over must not fill the memory. */
const MOST_NOTES = 1_000;

export function createDamageNotes(log: Log): DamageNotes {
  const notes = new Set<string>();
  return {
    note: (words) => {
      if (notes.has(words) || notes.size >= MOST_NOTES) return;
      notes.add(words);
      log.error("stored data is damaged", { reason: words });
    },
    problem: () => {
      const [first] = notes;
      if (first === undefined || notes.size === 1) return first;
      return `${first} (and ${notes.size - 1} more: the log has them all, as "stored data is damaged")`;
    },
  };
}

const iso = (atMs: number): string => new Date(atMs).toISOString();
