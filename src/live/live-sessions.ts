/** Engine.IO's sessions before Socket.IO sees them: their number, rate and end. */
import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Server, Socket } from "socket.io";
import type { Caller } from "../core/access/accounts.ts";
import { reaches } from "../core/access/required-level.ts";
import type { Refusals } from "../core/limits/refusals.ts";
import type { RequestBudget } from "../core/limits/request-budget.ts";
import {
  createSessionLimit,
  type SessionLimits,
  type SessionOwner,
  type TooManySessions,
} from "../core/limits/session-limit.ts";
import type { Clock } from "../core/ports/clock.ts";

export interface LiveSessionsOptions {
  /** Attached, without a connection yet. */
  readonly engine: Server["engine"];
  readonly limits: SessionLimits & { readonly connectTimeoutMs: number };
  readonly addressOf: (request: IncomingMessage) => string | undefined;
  readonly callerOf: (request: IncomingMessage) => Caller;
  /** Shared with HTTP: a packet over a WebSocket costs as much as a request. */
  readonly requests: RequestBudget;
  readonly refusals: Pick<Refusals, "add">;
  readonly clock: Clock;
}

export interface LiveSessions {
  /** Undefined: the request may open a session. Else the code, which is counted as a refusal. */
  excess(request: IncomingMessage): TooManySessions | undefined;
  isFreePoll(request: IncomingMessage): boolean;
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Its CONNECT came by this caller, who owns the session from now on. If the caller has too many, it is closed, and counted as a refusal. */
  admit(conn: Conn, caller: Caller): void;
  /** Its CONNECT was let in. */
  connected(conn: Conn): void;
  /** It has sent DISCONNECT, and may CONNECT again. */
  disconnected(conn: Conn): void;
  count(): number;
  /** Ends the sessions of these sign-ins and tokens. */
  end(keys: readonly string[]): void;
}

export type Conn = Socket["conn"];

interface Session {
  readonly conn: Conn;
  owner: SessionOwner;
  /** Of the sign-in or token that it came by; undefined: there are no accounts, or its token is yet to come. */
  key: string | undefined;
  /** A CONNECT of it was let in. Socket.IO would make a client of each of several that come in one breath. */
  isTaken: boolean;
  /** It ends unless its CONNECT is let in. */
  readonly stopWaiting: () => void;
  /** When its poll last went to Engine.IO. */
  polledAtMs: number;
  /** A poll waits for its turn. */
  isPollHeld: boolean;
}

/** Events gather meanwhile. So a browser that polls asks ten times a second at most, however many events there are. */
const POLL_EVERY_MS = 100;
/** A poll is answered with the next ping at the latest. Of a session on WebSocket Engine.IO answers none. */
const ANSWER_MS = 60_000;
/** A session of nobody is closed if no CONNECT with a valid token has come by then. */
const NOBODY_MS = 5_000;
/** What a session of nobody may send before such a CONNECT. Without this limit, Socket.IO's parser would keep ten attachments of 100 kB for each. */
const MOST_BYTES_OF_NOBODY = 16 * 1024;

export function createLiveSessions(options: LiveSessionsOptions): LiveSessions {
  const { engine, limits, addressOf, callerOf, requests, refusals, clock } = options;
  const limit = createSessionLimit(limits);
  /** By the id that its requests name. */
  const sessions = new Map<string, Session>();
  const sessionOf = new Map<Conn, Session>();

  engine.on("connection", (conn: Conn) => {
    const caller = callerOf(conn.request);
    const owner = ownerOf(conn.request, caller);
    // Handshakes that run at the same time can each pass the first check.
    const tooMany = limit.excess(owner);
    if (tooMany !== undefined) {
      refusals.add({ code: tooMany, kind: "connection", address: owner.address });
      conn.close(true);
      return;
    }
    limit.enter(owner);
    const withinMs = owner.isNobody ? Math.min(NOBODY_MS, limits.connectTimeoutMs) : limits.connectTimeoutMs;
    const stopWaiting = clock.after(withinMs, () => {
      refusals.add({ code: "CONNECT_TIMEOUT", kind: "connection", address: owner.address });
      conn.close(true); // at once: a session of polls that nobody asks for would stay for another half a minute
    });
    const { sid } = conn.transport;
    const session: Session = {
      conn,
      owner,
      key: caller.key,
      isTaken: false,
      stopWaiting,
      polledAtMs: Number.NEGATIVE_INFINITY,
      isPollHeld: false,
    };
    sessions.set(sid, session);
    sessionOf.set(conn, session);
    conn.once("close", () => {
      stopWaiting();
      sessions.delete(sid);
      sessionOf.delete(conn);
      limit.leave(session.owner);
    });
    limitPackets(conn, owner.address);
    if (owner.isNobody) limitBytes(session);
  });

  function ownerOf(request: IncomingMessage, { level, user, key }: Caller): SessionOwner {
    return { address: addressOf(request), account: user?.id ?? key, isNobody: !reaches(level, "viewer") };
  }

  function admit(conn: Conn, caller: Caller): void {
    const session = sessionOf.get(conn);
    if (session === undefined) return; // closed meanwhile: Socket.IO lets nobody in
    const owner = ownerOf(conn.request, caller);
    if (session.isTaken) {
      const detail = "a second CONNECT in one Socket.IO session";
      refusals.add({ code: "REQUEST_MALFORMED", kind: "connection", address: owner.address, detail });
      conn.close(true);
      return;
    }
    limit.leave(session.owner);
    const tooMany = limit.excess(owner);
    if (tooMany === undefined) {
      session.owner = owner;
      session.key = caller.key;
      session.isTaken = true;
    }
    limit.enter(session.owner);
    if (tooMany === undefined) return;
    refusals.add({ code: tooMany, kind: "connection", address: owner.address });
    conn.close(true); // no connect_error: after one Socket.IO does not try again, though a session may end at any time
  }

  function limitBytes(session: Session): void {
    let left = MOST_BYTES_OF_NOBODY;
    session.conn.on("packet", ({ data }: { data?: string | Buffer }) => {
      left -= data?.length ?? 0;
      if (left < 0 && session.owner.isNobody) session.conn.close(true);
    });
  }

  /** Each packet costs a request, but the answers to the hub's pings. */
  function limitPackets(conn: Conn, address: string | undefined): void {
    let isPongDue = false;
    conn.on("packetCreate", ({ type }: { type: string }) => {
      if (type === "ping") isPongDue = true;
    });
    conn.on("packet", ({ type }: { type: string }) => {
      if (type === "pong" && isPongDue) {
        isPongDue = false;
        return;
      }
      if (requests.spend(address) > 0) conn.close(true);
    });
  }

  /** The session of a request that Engine.IO will certainly take as its next poll; undefined for all others. */
  function polled({ method, url = "" }: IncomingMessage): Session | undefined {
    if (method !== "GET") return undefined;
    const query = new URLSearchParams(url.slice(url.indexOf("?") + 1));
    const only = (name: string): string | undefined => {
      const [value, ...more] = query.getAll(name);
      return more.length === 0 ? value : undefined;
    };
    if (only("EIO") !== "4" || only("transport") !== "polling") return undefined;
    const session = sessions.get(only("sid") ?? "");
    if (session === undefined || session.isPollHeld) return undefined;
    const { name, writable } = session.conn.transport;
    return name === "polling" && !writable ? session : undefined;
  }

  function request(request: IncomingMessage, response: ServerResponse): void {
    response.once(
      "close",
      clock.after(ANSWER_MS, () => request.socket.destroy()),
    );
    const session = polled(request);
    if (session === undefined) return engine.handleRequest(request, response);
    const waitMs = session.polledAtMs + POLL_EVERY_MS - clock.monotonicMs();
    if (waitMs <= 0) return poll(session, request, response);
    session.isPollHeld = true;
    clock.after(waitMs, () => {
      session.isPollHeld = false;
      // Engine.IO would not notice that the browser is gone.
      if (request.destroyed || response.destroyed) session.conn.close(true);
      else poll(session, request, response);
    });
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    engine.handleUpgrade(request, socket, head);
    // Engine.IO's name for what it has made of the request. A browser sends no pings of WebSocket, and each is answered.
    const { websocket } = request as { websocket?: EventEmitter };
    const address = addressOf(request);
    const spend = (): void => {
      if (requests.spend(address) > 0) socket.destroy();
    };
    websocket?.on("ping", spend).on("pong", spend);
  }

  function poll(session: Session, request: IncomingMessage, response: ServerResponse): void {
    session.polledAtMs = clock.monotonicMs();
    engine.handleRequest(request, response);
  }

  return {
    excess: (request) => {
      const owner = ownerOf(request, callerOf(request));
      const tooMany = limit.excess(owner);
      if (tooMany !== undefined) refusals.add({ code: tooMany, kind: "connection", address: owner.address });
      return tooMany;
    },
    isFreePoll: (request) => {
      const session = polled(request);
      return session !== undefined && requests.isFreePoll(addressOf(request), session.owner.account);
    },
    request,
    upgrade,
    admit,
    connected: (conn) => sessionOf.get(conn)?.stopWaiting(),
    disconnected: (conn) => {
      const session = sessionOf.get(conn);
      if (session !== undefined) session.isTaken = false;
    },
    count: () => sessions.size,
    end: (keys) => {
      for (const { conn, key } of [...sessions.values()]) {
        if (key !== undefined && keys.includes(key)) conn.close(true);
      }
    },
  };
}
