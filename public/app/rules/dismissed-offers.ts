/** Offers that somebody has sent away in this browser. The page of rules shows them all the same. */
import { signal } from "@preact/signals";

const KEY = "aerie.offers";

export const dismissed = signal<readonly string[]>(remembered());

export function dismiss(id: string): void {
  dismissed.value = [...dismissed.peek(), id];
  try {
    localStorage.setItem(KEY, JSON.stringify(dismissed.value));
  } catch {
    // Storage may be forbidden; it then holds until the page is left.
  }
}

function remembered(): readonly string[] {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(known) ? known.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
