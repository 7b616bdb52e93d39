/** Who is at the other end of a connection. */

export interface Peer {
  /** Of the client. */
  readonly address: string | undefined;
  /** The client is on the hub's own computer, and nothing that can be seen forwards it. */
  readonly isOfOwnComputer: boolean;
}
