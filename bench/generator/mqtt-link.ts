/** One client's connection, from SYN to its end: writes bytes, tells packets. */
import { connect } from "node:net";
import { connectPacket } from "./packets/connect-packet.ts";
import { cutPackets, type InboundPacket, typeOf } from "./packets/packet-cutter.ts";

export interface MqttLinkOptions {
  host: string;
  port: number;
  clientId: string;
  password?: string | undefined;
  /** Every packet but the CONNACK. */
  onPacket(packet: InboundPacket): void;
  /** All packets of one read have been told. */
  onRead?(): void;
  /** An open connection ended. */
  onClosed(problem: string): void;
}

export interface MqttLink {
  write(bytes: Uint8Array): void;
  isOpen(): boolean;
  /** Without DISCONNECT, as a board that lost power. */
  close(): void;
}

/** How long a broker may take from SYN to CONNACK. */
const CONNECT_WITHIN_MS = 10_000;
const CONNACK = 2;
/** One for all connections of the process: a read is cut up before the next begins. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Settles when the broker has accepted the connection; rejects when it refused it or is not there. */
export function openMqttLink(options: MqttLinkOptions): Promise<MqttLink> {
  const { host, port, clientId, password, onPacket, onRead, onClosed } = options;
  return new Promise((resolve, reject) => {
    let state: "opening" | "open" | "closed" = "opening";
    let problem = "closed by the broker";

    const takePackets = cutPackets((packet) => {
      if (state === "open") return onPacket(packet);
      const code = packet.bytes[packet.from + 1];
      if (typeOf(packet) !== CONNACK || code !== 0) {
        socket.destroy(new Error(`packet type ${typeOf(packet)}, code ${code}`));
        return;
      }
      clearTimeout(tooLate);
      state = "open";
      resolve(link);
    });
    // No 'data' event: reading costs the generator as little as it can.
    const onread = {
      buffer: readBuffer,
      callback(length: number, chunk: Uint8Array): boolean {
        takePackets(chunk, length, performance.now());
        if (state === "open") onRead?.();
        return true;
      },
    };
    // noDelay: several small writes in a row wait 40 ms for the peer's delayed ACK otherwise.
    const socket = connect({ host, port, noDelay: true, onread });
    const link: MqttLink = {
      write: (bytes) => void socket.write(bytes),
      isOpen: () => state === "open",
      close: () => void socket.destroy(),
    };
    const tooLate = setTimeout(() => socket.destroy(new Error("no CONNACK in time")), CONNECT_WITHIN_MS);
    socket.once("connect", () => socket.write(connectPacket(clientId, password)));
    socket.on("error", (error) => {
      problem = error.message;
    });
    socket.once("close", () => {
      clearTimeout(tooLate);
      const wasOpen = state === "open";
      state = "closed";
      if (wasOpen) onClosed(problem);
      else reject(new Error(`${clientId} could not connect to ${host}:${port}: ${problem}`));
    });
  });
}
