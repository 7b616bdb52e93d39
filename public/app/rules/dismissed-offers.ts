/** Offers that somebody has sent away in this browser. The page of rules shows them all the same. */
import { remembered } from "../preferences/remembered.ts";

export const dismissed = remembered<readonly string[]>("aerie.offers", (stored) =>
  Array.isArray(stored) ? stored.filter((each) => typeof each === "string") : [],
);

export function dismiss(id: string): void {
  dismissed.value = [...dismissed.peek(), id];
}
