/** Where a time axis has its lines: at whole seconds to years of the viewer's clocks, half-hour zones and clock changes included. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MONTH_MS = 30 * DAY_MS;
const YEAR_MS = 365 * DAY_MS;

const times = (unit: number, counts: readonly number[]): number[] => counts.map((count) => unit * count);

/** Distances that two lines may have; of months and years about. */
export const TIME_STEPS_MS = [
  ...times(1, [1, 2, 5, 10, 20, 50, 100, 200, 500]),
  ...times(SECOND_MS, [1, 5, 10, 15, 30]),
  ...times(MINUTE_MS, [1, 5, 10, 15, 30]),
  ...times(HOUR_MS, [1, 2, 3, 4, 6, 8, 12]),
  ...times(DAY_MS, [1, 2, 3, 7, 14]),
  ...times(MONTH_MS, [1, 2, 3, 4, 6]),
  ...times(YEAR_MS, [1, 2, 5, 10, 20, 50, 100]),
];

/** What the clocks are ahead of UTC at an instant. */
export type OffsetAt = (ms: number) => number;

export function timeSplits(fromMs: number, toMs: number, stepMs: number, offsetAt: OffsetAt): number[] {
  return stepMs < DAY_MS ? clockSplits(fromMs, toMs, stepMs, offsetAt) : dateSplits(fromMs, toMs, stepMs, offsetAt);
}

function clockSplits(fromMs: number, toMs: number, stepMs: number, offsetAt: OffsetAt): number[] {
  const past = (at: number): number => (((at + offsetAt(at)) % stepMs) + stepMs) % stepMs;
  const splits: number[] = [];
  for (let at = fromMs - past(fromMs); at <= toMs; at += stepMs) {
    // Where the clocks were changed since the former line, this one has to go back or forward to a whole step.
    const over = past(at);
    if (over !== 0) at += over < stepMs / 2 ? -over : stepMs - over;
    if (at >= fromMs && at <= toMs) splits.push(at);
  }
  return splits;
}

/** Each is a midnight. Counted from the same day always, so that lines do not jump while the window moves. */
function dateSplits(fromMs: number, toMs: number, stepMs: number, offsetAt: OffsetAt): number[] {
  const atWall = (wallMs: number): number => wallMs - offsetAt(wallMs - offsetAt(wallMs));
  const start = fromMs + offsetAt(fromMs);
  const splits: number[] = [];
  const isMonths = stepMs >= MONTH_MS;
  const count =
    stepMs >= YEAR_MS ? Math.round(stepMs / YEAR_MS) * 12 : Math.round(stepMs / (isMonths ? MONTH_MS : DAY_MS));
  // Weeks begin with Monday; the first day of 1970 was a Thursday.
  const shift = !isMonths && count % 7 === 0 ? 3 : 0;
  const date = new Date(start);
  const first = isMonths ? date.getUTCFullYear() * 12 + date.getUTCMonth() : Math.floor(start / DAY_MS);
  for (let index = first - ((first + shift) % count); ; index += count) {
    const at = atWall(isMonths ? Date.UTC(2000, index - 24_000) : index * DAY_MS);
    if (at > toMs) return splits;
    if (at >= fromMs) splits.push(at);
  }
}
