/** Counts the bytes that a connection was given and its socket has not taken yet. */
import type { Socket } from "socket.io";

export interface Waiting {
  /** Bytes given to the connection that its socket has not taken yet. */
  waitingBytes: number;
}

/** The connection says what it was given (`packetCreate`) and when that went to the socket (`drain`). */
export function watchWaiting(conn: Socket["conn"], waiting: Waiting): void {
  conn.on("packetCreate", (packet: { data?: unknown }) => {
    waiting.waitingBytes += typeof packet.data === "string" ? packet.data.length : 64;
  });
  conn.on("drain", () => {
    waiting.waitingBytes = 0;
  });
}
