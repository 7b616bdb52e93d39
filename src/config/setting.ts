/** What a setting is, and how the text of one is checked and read. */
import { isIP } from "node:net";

export interface Setting<T> {
  readonly env: `AERIE_${string}`;
  /** The default, as it would be written in the environment. */
  readonly fallback: string;
  /** What is allowed, for the message about an invalid value. */
  readonly expected: string;
  /** Undefined: the text is invalid. */
  readonly parse: (text: string) => T | undefined;
  readonly meaning: string;
  /** The highest value that is allowed, of a number. */
  readonly max?: number;
  /** It may contain a password, so it is never shown. */
  readonly isSecret?: true;
}

export const host = (text: string): string | undefined => (/^[A-Za-z0-9.:_-]{1,255}$/.test(text) ? text : undefined);

export const whole = (min: number, max: number) => ({
  max,
  expected: `a whole number from ${min} to ${max}`,
  parse: (text: string): number | undefined => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  },
});

/** 0: no limit. */
export const wholeOrNone = (min: number, max: number) => ({
  max,
  expected: `0, or a whole number from ${min} to ${max}`,
  parse: (text: string): number | undefined => (text === "0" ? 0 : whole(min, max).parse(text)),
});

/** Up to a hundred years. */
export const days = whole(0, 36_500);

export const oneOf = <const Words extends readonly string[]>(...words: Words) => ({
  expected: `one of ${words.join(", ")}`,
  parse: (text: string): Words[number] | undefined => words.find((word) => word === text),
});

export const list = (check: (item: string) => boolean) => (text: string) => {
  const items = text.split(",").map((item) => item.trim());
  const some = items.filter((item) => item !== "");
  return some.every(check) ? some : undefined;
};

export function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  // Not with a zone (`%eth0`), which forwarded addresses do not have.
  const most = address.includes("%") ? 0 : ([0, 32, 128][[0, 4, 6].indexOf(isIP(address))] ?? 0);
  return most > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

/** `https://hub.example:8443`; undefined: it is another address than that of a whole server. */
export function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, pathname, search, hash, username, password } = new URL(text);
  const isWhole = pathname === "/" && search + hash + username + password === "";
  return isWhole && (protocol === "https:" || protocol === "http:") ? origin : undefined;
}

export const setting = <T>(definition: Setting<T>): Setting<T> => definition;
