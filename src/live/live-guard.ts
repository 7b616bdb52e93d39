/** Decides who may open a Socket.IO session, and whose CONNECT is let in. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "socket.io";
import { ERRORS } from "../contract/errors.ts";
import type { ConnectRefusal } from "../contract/live/events.ts";
import type { Caller } from "../core/access/accounts.ts";
import { reaches } from "../core/access/required-level.ts";
import type { Conn, LiveSessions } from "./live-sessions.ts";

export interface LiveGuardOptions {
  /** Who sent the request, and the token in `auth` of the CONNECT. Looked up at each call, because a sign-in may have ended. */
  readonly callerOf: (request: IncomingMessage, token?: unknown) => Caller;
  readonly sessions: () => Pick<LiveSessions, "excess" | "admit">;
}

/** What of a socket says who it is. */
type Client = Pick<Socket, "request" | "handshake"> & { readonly conn: Conn };

export interface LiveGuard {
  /** Of a handshake, before the token may have come. Undefined: it may open a session. */
  refusalOf(request: IncomingMessage): string | undefined;
  /** Of CONNECT, as Socket.IO calls it. */
  connect(client: Client, next: (error?: Error) => void): void;
  callerOf(client: Client): Caller;
}

const WRONG_TOKEN = "The hub does not know this token, or it has expired: send another one in auth.token";

export function createLiveGuard({ callerOf, sessions }: LiveGuardOptions): LiveGuard {
  const callerOfClient = ({ request, handshake }: Client): Caller => callerOf(request, tokenIn(handshake));

  function refusalOf(request: IncomingMessage): string | undefined {
    // Engine.IO would accept the WebSocket, open no session, and wait for the client to close it.
    if (isUpgrade(request) && !isToWebSocket(request)) return "REQUEST_INVALID";
    // Browsers send the cookie with any page's request, and always name the page in Origin.
    const { csrf } = callerOf(request);
    if (csrf !== undefined && request.headers.origin === undefined && isUpgrade(request)) return "ORIGIN_FOREIGN";
    return sessions().excess(request);
  }

  function connect(client: Client, next: (error?: Error) => void): void {
    const caller = callerOfClient(client);
    if (caller.level === "nobody") {
      const hasToken = tokenIn(client.handshake) !== undefined;
      return next(refusal("LOGIN_NEEDED", hasToken ? WRONG_TOKEN : ERRORS.LOGIN_NEEDED.text));
    }
    if (!reaches(caller.level, "viewer")) return next(refusal("LEVEL_TOO_LOW", ERRORS.LEVEL_TOO_LOW.text));
    sessions().admit(client.conn, caller);
    next(); // Socket.IO lets nobody in whose connection is closed
  }

  return { refusalOf, connect, callerOf: callerOfClient };
}

/** Socket.IO gives what the client wrote. */
const tokenIn = ({ auth }: Socket["handshake"]): unknown => (auth as { readonly token?: unknown }).token ?? undefined;

const isToWebSocket = ({ url = "" }: IncomingMessage): boolean =>
  new URLSearchParams(url.slice(url.indexOf("?"))).get("transport") === "websocket";

const isUpgrade = ({ headers }: IncomingMessage): boolean => headers.upgrade !== undefined;

/** Socket.IO sends message and `data` to the client. */
function refusal(code: ConnectRefusal["code"], sentence: string): Error {
  const data: ConnectRefusal = { code, status: ERRORS[code].status };
  return Object.assign(new Error(sentence), { data });
}
