/** Writes instants of readings, as ISO 8601 in UTC and in base 36, cheaply where they follow each other. */
import type { TextBytes } from "./text-bytes.ts";

export interface InstantBytes {
  /** What `new Date(ms).toISOString()` says. */
  iso(into: TextBytes, ms: number): void;
  /** What `ms.toString(36)` says. */
  base36(into: TextBytes, ms: number): void;
}

const MINUTE_MS = 60_000;
/** Before and beyond these a year has a sign or more than four digits. */
const YEAR_0_MS = -62_167_219_200_000;
const YEAR_10000_MS = 253_402_300_800_000;
/** 36 to the fifth: the parts below it and above it are small integers for thousands of years. */
const LOWER = 60_466_176;
const LOWER_DIGITS = 5;
const DOT = 46;
const Z = 90;
const DIGITS = Uint8Array.from("0123456789abcdefghijklmnopqrstuvwxyz", (digit) => digit.charCodeAt(0));

const encoder = new TextEncoder();

export function createInstantBytes(): InstantBytes {
  let minuteMs = Number.NaN;
  let minuteBytes = new Uint8Array(0);
  let upper = Number.NaN;
  let upperBytes = new Uint8Array(0);
  const lower = new Uint8Array(LOWER_DIGITS);

  return {
    iso: (into, ms) => {
      if (!(ms >= YEAR_0_MS && ms < YEAR_10000_MS)) return into.text(new Date(ms).toISOString());
      const minute = Math.floor(ms / MINUTE_MS) * MINUTE_MS;
      if (minute !== minuteMs) {
        minuteMs = minute;
        minuteBytes = encoder.encode(new Date(minute).toISOString().slice(0, 17));
      }
      into.bytes(minuteBytes);
      const rest = ms - minute;
      const second = (rest / 1_000) | 0;
      into.digits(second, 2);
      into.byte(DOT);
      into.digits(rest - second * 1_000, 3);
      into.byte(Z);
    },
    base36: (into, ms) => {
      if (!(ms >= LOWER)) return into.text(ms.toString(36));
      const above = Math.floor(ms / LOWER);
      if (above !== upper) {
        upper = above;
        upperBytes = encoder.encode(above.toString(36));
      }
      into.bytes(upperBytes);
      let rest = ms - above * LOWER;
      for (let at = LOWER_DIGITS - 1; at >= 0; at--) {
        const next = (rest / 36) | 0;
        lower[at] = DIGITS[rest - next * 36] ?? 0;
        rest = next;
      }
      into.bytes(lower);
    },
  };
}
