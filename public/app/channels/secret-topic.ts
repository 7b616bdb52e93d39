/** A topic that nobody can guess: who knows it can read what is sent to it. */

const BYTES = 16;

/** 128 random bits, in letters that a topic may have. `crypto.randomUUID` is for secure contexts only; this is there on each page. */
export function secretTopic(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  const text = btoa(String.fromCharCode(...bytes));
  return `aerie-${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}
