/** Durations as people type them: `500ms`, `2s`, `5m`, `1h`. A number without a unit is refused as ambiguous. */

const UNIT_MS = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

export function parseDurationMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const unitMs = unit === undefined ? undefined : UNIT_MS.get(unit);
  return amount === undefined || unitMs === undefined ? undefined : Math.round(Number(amount) * unitMs);
}

/** 95_000 → "1m 35s". */
export function durationText(durationMs: number): string {
  if (durationMs < 10_000) return `${Number((durationMs / 1_000).toFixed(2))}s`;
  const seconds = Math.round(durationMs / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  return parts.flatMap(([amount, unit]) => (amount > 0 ? [`${amount}${unit}`] : [])).join(" ");
}
