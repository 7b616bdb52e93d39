/** Makes each flush of a connection one system call instead of one an event, where the socket allows it. */
import type { Duplex } from "node:stream";
import type { Socket } from "socket.io";

/**
 * Engine.IO passes all waiting packets to ws between `flush` and `drain`, and ws writes each by itself: twenty browsers
 * at a thousand readings a second are 20,000 system calls. The TCP socket below is not part of either's public
 * interface, so it may be missing: then all works as before.
 */
export function corkFlushes(conn: Socket["conn"]): void {
  const tcp = (): Duplex | undefined =>
    (conn.transport as { socket?: { _socket?: Duplex } } | undefined)?.socket?._socket;
  conn.on("flush", () => tcp()?.cork());
  conn.on("drain", () => tcp()?.uncork());
}
