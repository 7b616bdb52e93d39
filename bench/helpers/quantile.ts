/** The value below which a share of all values lies. */

/** NaN of an empty list. `share` 0.5 is the median, of an even count the lower one. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
