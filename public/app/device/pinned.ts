/** Which charts of a device stand first: kept in the browser, for it is how one person looks at it. */
import { remembered } from "../preferences/remembered.ts";

const MOST_DEVICES = 200;

type Pinned = Readonly<Record<string, readonly string[]>>;

const pinned = remembered("aerie.pinned", (known): Pinned => {
  if (typeof known !== "object" || known === null) return {};
  const names = (value: unknown) =>
    Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
  return Object.fromEntries(Object.entries(known).map(([id, value]) => [id, names(value)]));
});

/** In the order in which they were pinned. */
export const pinnedOf = (id: string): readonly string[] => pinned.value[id] ?? [];

export function togglePinned(id: string, metric: string): void {
  const { [id]: own = [], ...others } = pinned.peek();
  const next = own.includes(metric) ? own.filter((name) => name !== metric) : [...own, metric];
  const kept = Object.entries(others).slice(1 - MOST_DEVICES);
  pinned.value = Object.fromEntries(next.length === 0 ? kept : [...kept, [id, next]]);
}

/** Pinned first; the others stay in their order. */
export function pinnedFirst(metrics: readonly string[], first: readonly string[]): string[] {
  const there = first.filter((metric) => metrics.includes(metric));
  return [...there, ...metrics.filter((metric) => !there.includes(metric))];
}
