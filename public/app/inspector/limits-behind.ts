/** The limits that a refusal names: what they are now, and a higher value where the hub would take one. */
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";

export interface LimitsBehind {
  /** As settings: `NAME=value`. Those that are not in force are left out. */
  readonly now: readonly string[];
  /** Doubled, or the highest that the hub takes. Those that are there already are left out. */
  readonly higher: readonly string[];
}

export function limitsBehind(text: string, known: Pick<RefusalsAnswer, "limits" | "maxima">): LimitsBehind {
  const limits = [...text.matchAll(/AERIE_MAX_[A-Z_]+/g)].flatMap(([name]) => {
    const value = known.limits[name] ?? 0;
    return value > 0
      ? [{ name, value, next: Math.min(2 * value, known.maxima[name] ?? Number.POSITIVE_INFINITY) }]
      : [];
  });
  return {
    now: limits.map(({ name, value }) => `${name}=${value}`),
    higher: limits.flatMap(({ name, value, next }) => (next > value ? [`${name}=${next}`] : [])),
  };
}
