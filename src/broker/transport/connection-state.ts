/** The states of a connection. Types only. */

export type ConnectionState =
  | { readonly kind: "open" }
  /** The peer sends nothing more and reads nothing. What it sent before is still taken. */
  | { readonly kind: "peer gone" }
  /** The hub ends it: nothing is read any more, and the last bytes are being written. */
  | { readonly kind: "ending"; readonly sinceMs: number }
  /** Its reader knows that it is over. Its last bytes may still be on their way. */
  | { readonly kind: "closed"; readonly sinceMs: number };
