/** For how many days the disk has room at the rate of now. */
import type { SettingsAnswer } from "../../../src/contract/answers/settings-answer.ts";

/** Undefined: it is not known, or the store does not grow. */
export function daysLeft({ space, growth }: Pick<SettingsAnswer, "space" | "growth">): number | undefined {
  if (space === undefined || growth === undefined || growth.bytesADay <= 0) return undefined;
  return Math.floor(space.diskFreeBytes / growth.bytesADay);
}

const MANY_DAYS = 3_650;

export function daysLeftWords(days: number): string {
  if (days > MANY_DAYS) return "more than ten years";
  return days === 1 ? "1 day" : `${days} days`;
}
