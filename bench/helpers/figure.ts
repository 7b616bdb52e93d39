/** Writes a measured number for people: thousands apart, a dash for what could not be measured. */

export function figure(value: number, digits = 0): string {
  if (!Number.isFinite(value)) return "–";
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
