/** Counts, bytes and times as a person reads and writes them. */

const GROUPS = /\B(?=(\d{3})+$)/g;

/** `1,234,567` */
export const countText = (count: number): string => String(Math.round(count)).replace(GROUPS, ",");

/** `1 reading`, `1,204 readings` */
export const readingsText = (count: number): string => `${countText(count)} ${count === 1 ? "reading" : "readings"}`;

const UNITS = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** `34.5 MB`, of thousands. */
export function bytesText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit++;
  }
  return `${unit === 0 ? Math.round(size) : size.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

/** `1 h 5 min`, `5 min 3 s`, `12 s`, `0.4 s` */
export function durationText(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `90`, `90s`, `5m`, `2h` and `1d` in seconds; undefined: it is something else. */
export function secondsIn(text: string): number | undefined {
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  return number === "" ? undefined : Number(number) * SECONDS[unit as keyof typeof SECONDS];
}
