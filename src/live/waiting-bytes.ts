/** Counts the bytes that each connection was given and its socket has not taken yet. */
import type { Server, Socket } from "socket.io";

type Conn = Socket["conn"];

export interface WaitingBytes {
  of(conn: Conn): number;
}

/** The connection says what it was given (`packetCreate`) and when that went to the socket (`drain`). */
export function countWaitingBytes(engine: Server["engine"]): WaitingBytes {
  const waiting = new WeakMap<Conn, { bytes: number }>();
  engine.on("connection", (conn: Conn) => {
    const own = { bytes: 0 };
    waiting.set(conn, own);
    conn.on("packetCreate", (packet: { data?: unknown }) => {
      own.bytes += typeof packet.data === "string" ? packet.data.length : 64;
    });
    conn.on("drain", () => {
      own.bytes = 0;
    });
  });
  return { of: (conn) => waiting.get(conn)?.bytes ?? 0 };
}
