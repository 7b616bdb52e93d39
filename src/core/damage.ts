/** Says which spans of a device's history could not be read because they are damaged. Repairs nothing. */
import type { DamagedSpan } from "../contract/rest.ts";
import type { Span, Store } from "./ports.ts";
import type { Registry } from "./registry.ts";

/** Those that overlap `fromMs` ≤ instant < `toMs`, as answers show them; nothing where there is none. */
export function damagedIn(
  spans: readonly Span[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): { damaged?: DamagedSpan[] } {
  const found = spans.filter((span) => span.fromMs < toMs && span.toMs >= fromMs);
  if (found.length === 0) return {};
  return { damaged: found.map((span) => ({ from: iso(span.fromMs), to: iso(span.toMs) })) };
}

/** For the owner; undefined while all that was asked for could be read. */
export function damageProblem(registry: Pick<Registry, "list">, store: Pick<Store, "damaged">): string | undefined {
  const damaged = registry.list().filter(({ deviceId }) => store.damaged(deviceId).length > 0);
  const [first] = damaged;
  if (first === undefined) return undefined;
  const others = damaged.length === 1 ? "" : ` and of ${damaged.length - 1} more`;
  return `Parts of the history of ${first.deviceId}${others} are damaged and cannot be read: check the disk, and bring them back from a backup`;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();
