/** Lengths of time as a person enters them: a number and a unit. */

export const UNITS = ["s", "min", "h", "d"] as const;
export type Unit = (typeof UNITS)[number];

export const UNIT_WORDS: Readonly<Record<Unit, string>> = { s: "seconds", min: "minutes", h: "hours", d: "days" };
const SECONDS: Readonly<Record<Unit, number>> = { s: 1, min: 60, h: 3_600, d: 86_400 };

export interface Duration {
  /** As it was typed. */
  readonly amount: string;
  readonly unit: Unit;
}

/** In the largest unit that has no remainder. */
export function durationOf(seconds: number): Duration {
  const unit = UNITS.toReversed().find((each) => seconds >= SECONDS[each] && seconds % SECONDS[each] === 0) ?? "s";
  return { amount: String(seconds / SECONDS[unit]), unit };
}

/** Undefined: it is no number, or less than zero. */
export function secondsOf({ amount, unit }: Duration): number | undefined {
  const number = numberIn(amount);
  return number === undefined || number < 0 ? undefined : number * SECONDS[unit];
}

/** A decimal comma is one, too. Undefined: it is no number. */
export function numberIn(text: string): number | undefined {
  const plain = text.trim().replace(",", ".").replace("\u2212", "-");
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(plain)) return undefined;
  return Number(plain);
}

/** `5 min`, `2 h`; `90 s` stays, for nobody said 1.5 minutes. */
export function secondsWords(seconds: number): string {
  const { amount, unit } = durationOf(seconds);
  return `${amount} ${unit}`;
}
