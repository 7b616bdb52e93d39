/** What a receiver says about a message that it did not take, if that can be shown: short, and without a secret. */
import { jsonOf } from "../text/json-text.ts";
import { oneLine } from "../text/plain-text.ts";

const MOST = 200;
/** Shorter parts of an address are words of an interface, such as `api`. */
const LEAST_SECRET = 6;

/**
 * `secrets`: tokens, passwords and whole addresses. A receiver may repeat what it was sent, and pages about errors often do. Where any part
 * of a secret is in the text, none of it is shown.
 */
export function answerWords(body: Uint8Array, secrets: readonly (string | undefined)[]): string {
  const text = oneLine(saidIn(Buffer.from(body).toString("utf8"))).slice(0, MOST);
  if (/^<|<\/?\w+[^>]*>/.test(text)) return "";
  return hasSecret(text, secrets) ? "" : text;
}

const FIELDS = ["description", "error", "message", "error_description", "detail"];

/** The sentence of a JSON answer, or the answer. */
function saidIn(text: string): string {
  const value = jsonOf(text);
  if (typeof value !== "object" || value === null) return text;
  const fields = new Map<string, unknown>(Object.entries(value));
  const said = FIELDS.map((name) => fields.get(name)).find((field) => typeof field === "string");
  return typeof said === "string" ? said : "";
}

/** Also for what a library says of a failure. */
export function hasSecret(text: string, secrets: readonly (string | undefined)[]): boolean {
  const lower = text.toLowerCase();
  return secrets
    .flatMap((secret) => (secret === undefined ? [] : formsOf(secret)))
    .some((form) => lower.includes(form));
}

/** A secret as it may come back: as it is, encoded, and its parts where it is an address. The end may be cut off. */
function formsOf(secret: string): string[] {
  const url = URL.canParse(secret) ? new URL(secret) : undefined;
  const parts =
    url === undefined
      ? [secret]
      : [
          secret,
          `${url.username}:${url.password}`,
          url.password,
          ...`${url.pathname}${url.search}${url.hash}`.split(/[/?&=#;,]/),
        ];
  return parts
    .flatMap((part) => [part, decoded(part)])
    .flatMap((part) => [part, encodeURIComponent(part), Buffer.from(part).toString("base64")])
    .filter((part) => part.length >= LEAST_SECRET)
    .map((part) => part.toLowerCase().slice(0, 12));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
