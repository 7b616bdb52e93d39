/** The token in the link of a wall tablet. It is taken out of the address before anything else reads that: no history, log or other page has it. */
import { signal } from "@preact/signals";

const NAME = "token";

/** Undefined: the link had none, or it was used. */
export const linkToken = signal<string | undefined>(undefined);

/** Called at the start, and when the address has changed. */
export function takeLinkToken(): void {
  const [path = "", ...rest] = location.hash.split("?");
  const query = new URLSearchParams(rest.join("?"));
  const token = query.get(NAME);
  if (token === null) return;
  linkToken.value = token;
  query.delete(NAME);
  const others = query.toString();
  history.replaceState(null, "", others === "" ? path : `${path}?${others}`);
}
