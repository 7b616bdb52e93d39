/** Reproducible random numbers: they follow from a seed alone. */

/** Uniform in [0, 1). */
export type Random = () => number;

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for weather and noise. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One seed out of several parts, so that each device, day and sensor has a stream of its own (FNV-1a). */
export function seedFrom(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.join("/")) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** Normal with mean 0 and deviation 1 (Box–Muller). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Wanders smoothly between -1 and 1 as `x` grows, one turn a unit; a function of `x`, so that it has no state to lose. */
export function wander(seed: number, x: number): number {
  const left = Math.floor(x);
  const along = x - left;
  const eased = along * along * (3 - 2 * along);
  return knot(seed, left) * (1 - eased) + knot(seed, left + 1) * eased;
}

const knot = (seed: number, at: number): number => createRandom(Math.imul(seed ^ at, 0x9e3779b1))() * 2 - 1;
