/** Rounds numbers as Python does, to a number of decimal places. */

export const ROUNDINGS = ["common", "ceil", "floor", "half"] as const;
export type Rounding = (typeof ROUNDINGS)[number];

/** `digits`: −20 to 20. */
export function rounded(value: number, digits: number, rounding: Rounding): number {
  switch (rounding) {
    case "common":
      return nearest(value, digits);
    case "half":
      return nearest(value * 2, 0) / 2;
    case "ceil":
    case "floor": {
      const factor = 10 ** digits;
      const scaled = value * factor;
      return (rounding === "ceil" ? Math.ceil(scaled) : Math.floor(scaled)) / factor;
    }
  }
}

/** toFixed writes numbers from here on with an exponent. They have no decimal places. */
const TOO_LARGE = 1e21;

/** Exactly between two, the even one is taken: 0.5 → 0, 1.5 → 2, 0.125 → 0.12. */
function nearest(value: number, digits: number): number {
  if (Math.abs(value) >= TOO_LARGE) return value;
  if (digits < 0) {
    const factor = 10 ** -digits;
    return nearest(value / factor, 0) * factor;
  }
  const up = Number(Math.abs(value).toFixed(digits));
  if ((Math.abs(value) * 10 ** digits) % 1 !== 0.5) return value < 0 ? -up : up;
  const exact = Math.abs(value).toFixed(EXACT_DIGITS);
  const cut = exact.length - EXACT_DIGITS + digits;
  const isBetween = /^50*$/.test(exact.slice(cut));
  const lastDigit = exact.slice(0, cut).replace(".", "").at(-1) ?? "0";
  const isLastEven = "02468".includes(lastDigit);
  const magnitude = isBetween && isLastEven ? Number(exact.slice(0, cut)) : up;
  return value < 0 ? -magnitude : magnitude;
}

/** As many as toFixed can write: enough to tell a number that lies exactly between two from one that nearly does. */
const EXACT_DIGITS = 100;
