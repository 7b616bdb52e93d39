/** A choice that this browser keeps, as a signal. Where storage is forbidden it holds until the page is left. */
import { type Signal, signal } from "@preact/signals";

/** `parse` gets what was stored, null where there is nothing, and answers what holds. */
export function remembered<Value>(key: string, parse: (stored: unknown) => Value): Signal<Value> {
  const first = parse(storedAt(key));
  const choice = signal(first);
  choice.subscribe((value) => {
    if (value === first && storedAt(key) === null) return; // nobody has chosen
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Storage may be forbidden.
    }
  });
  return choice;
}

/** One of these words, or the first of them. */
export const oneOf =
  <const Word>(words: readonly [Word, ...Word[]]) =>
  (stored: unknown): Word =>
    words.find((word) => word === stored) ?? words[0];

function storedAt(key: string): unknown {
  let text: string | null = null;
  try {
    text = localStorage.getItem(key);
    return text === null ? null : JSON.parse(text);
  } catch {
    return text; // as former versions stored a word
  }
}
