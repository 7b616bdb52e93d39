/** One board's connection: sends while its window is open. Never reconnects, never sends anything again. */
import { connect } from "node:net";
import { connectPacket } from "./connect-packet.ts";
import type { SendWindow } from "./send-window.ts";
import { shortPackets } from "./short-packets.ts";

export interface BoardLinkOptions {
  host: string;
  port: number;
  clientId: string;
  window: SendWindow;
  /** All acknowledgements of one read have been told: time to send more. */
  onRoom(link: BoardLink): void;
  /** An open connection ended; what was in flight stays unacknowledged. */
  onClosed(link: BoardLink): void;
}

export interface BoardLink {
  /** Sends at most that many messages; gives how many. */
  send(limit: number): number;
  isOpen(): boolean;
  close(): void;
}

/** How long a broker may take from SYN to CONNACK. */
const CONNECT_WITHIN_MS = 10_000;
const READ_BUFFER_BYTES = 64 * 1024;
const CONNACK = 0x20;
const PUBACK = 0x40;

/** Settles when the broker has accepted the connection; rejects when it refused it or is not there. */
export function openBoardLink({
  host,
  port,
  clientId,
  window,
  onRoom,
  onClosed,
}: BoardLinkOptions): Promise<BoardLink> {
  return new Promise((resolve, reject) => {
    let state: "opening" | "open" | "closed" = "opening";
    let problem = "closed by the broker";
    let nowMs = 0;

    const takePackets = shortPackets((firstByte, body) => {
      if (firstByte === PUBACK) return window.acknowledge(body, nowMs);
      const code = body & 0xff;
      if (firstByte !== CONNACK || code !== 0) {
        socket.destroy(new Error(`packet type ${firstByte >> 4}, code ${code}`));
        return;
      }
      clearTimeout(tooLate);
      state = "open";
      resolve(link);
    });
    // One buffer for all reads, and no 'data' event: reading costs the generator as little as it can.
    const onread = {
      buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
      callback(length: number, chunk: Uint8Array): boolean {
        nowMs = performance.now();
        takePackets(chunk, length);
        if (state === "open") onRoom(link);
        return true;
      },
    };
    // noDelay: several small writes in a row wait 40 ms for the peer's delayed ACK otherwise.
    const socket = connect({ host, port, noDelay: true, onread });
    const link: BoardLink = {
      send: (limit) => (state === "open" ? window.fill(limit, (bytes) => void socket.write(bytes)) : 0),
      isOpen: () => state === "open",
      close: () => void socket.destroy(),
    };
    const tooLate = setTimeout(() => socket.destroy(new Error("no CONNACK in time")), CONNECT_WITHIN_MS);
    socket.once("connect", () => socket.write(connectPacket(clientId)));
    socket.on("error", (error) => {
      problem = error.message;
    });
    socket.once("close", () => {
      clearTimeout(tooLate);
      const wasOpen = state === "open";
      state = "closed";
      if (wasOpen) onClosed(link);
      else reject(new Error(`${clientId} could not connect to ${host}:${port}: ${problem}`));
    });
  });
}
