/** The states of a connection's client, and what its handshake does with them. Types only. */
import type { Waiting } from "../../core/access/pairing.ts";
import type { Login, LoginOwner } from "./login.ts";
import type { ResponseWriter } from "./response-writer.ts";

export type ClientState = Connecting | Checking | WaitingForPairing | Admitting | Connected | Ended;

/** CONNECT has not come. */
export interface Connecting {
  readonly kind: "connecting";
  readonly clientId: undefined;
  readonly responses: undefined;
  /** When the connection was opened. */
  readonly sinceMs: number;
}

/** CONNECT has come, and it is not decided yet what becomes of it: mostly because the credential is being checked. */
export interface Checking {
  readonly kind: "checking";
  /** As CONNECT named it, or as the hub assigned it; undefined: CONNECT could not be read. */
  readonly clientId: string | undefined;
  readonly responses: ResponseWriter;
  /** When the connection was opened. */
  readonly sinceMs: number;
}

/** An unknown board: it is connected, and what it publishes goes nowhere. */
export interface WaitingForPairing {
  readonly kind: "waiting for pairing";
  readonly clientId: string;
  readonly responses: ResponseWriter;
  readonly waiting: Waiting;
}

/** The session is open, and CONNACK waits until the journal is written. */
export interface Admitting {
  readonly kind: "admitting";
  readonly clientId: string;
  readonly responses: ResponseWriter;
  readonly login: Login;
}

/** CONNACK is sent. */
export interface Connected {
  readonly kind: "connected";
  readonly clientId: string;
  readonly responses: ResponseWriter;
  readonly login: Login;
}

/** The session, if there was one, has no client any more, and nothing more is read. */
export interface Ended {
  readonly kind: "ended";
  readonly clientId: string | undefined;
  readonly responses: ResponseWriter | undefined;
}

/** The client, as its handshake uses it. */
export interface ClientControl extends LoginOwner {
  readonly state: ClientState;
  /** Only forward: from a state to one that comes after it in `ClientState`. */
  enter(state: Checking | WaitingForPairing | Admitting | Connected): void;
  /** Ends the connection without a word. */
  close(): void;
  /** A fault of the hub: it is logged, and the connection ends. */
  failed(cause: unknown): void;
}
