/** Decides how wide a chart's buckets are. Arithmetic only; reads no store. */

/** Charts shorter than this are drawn from whole seconds, and no bucket is finer. */
const FINEST_MS = 1_000;

/**
 * The width in ms of buckets that begin at whole multiples of it, so that [fromMs, toMs) touches close to `points` of
 * them and never more.
 */
export function bucketWidthMs(fromMs: number, toMs: number, points: number): number {
  const widest = Math.max(toMs - fromMs, 1);
  let width = roundUp(widest / points, FINEST_MS);
  while (bucketsTouched(fromMs, toMs, width) > points) width += roundUp(width / 100, FINEST_MS);
  return width;
}

const bucketsTouched = (fromMs: number, toMs: number, width: number): number =>
  Math.floor((toMs - 1) / width) - Math.floor(fromMs / width) + 1;

const roundUp = (value: number, step: number): number => Math.max(Math.ceil(value / step), 1) * step;
