/** Calculates the width of a chart's buckets. */

/** No bucket is finer than this. */
const FINEST_MS = 1_000;

/**
 * The width in ms of buckets that begin at whole multiples of it, so that [fromMs, toMs) touches close to `points` of
 * them and never more. It is a whole multiple of `gridMs`: of what is stored, an hour for example.
 */
export function bucketWidthMs(fromMs: number, toMs: number, points: number, gridMs: number = FINEST_MS): number {
  const widest = Math.max(toMs - fromMs, 1);
  let width = roundUp(widest / points, gridMs);
  while (bucketsTouched(fromMs, toMs, width) > points) width += roundUp(width / 100, gridMs);
  return width;
}

const bucketsTouched = (fromMs: number, toMs: number, width: number): number =>
  Math.floor((toMs - 1) / width) - Math.floor(fromMs / width) + 1;

const roundUp = (value: number, step: number): number => Math.max(Math.ceil(value / step), 1) * step;
