/** Accepts TCP, TLS and WebSocket connections, as many as the limits allow. */
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import type { RefusalCode } from "../../contract/refusals.ts";
import { isLoopback } from "../../core/access/unclaimed/own-computer.ts";
import { type ConnectionLimits, createConnectionLimit } from "../../core/limits/connection-limit.ts";
import type { RateLimit } from "../../core/limits/rate-limit.ts";
import { limitKey, plainAddress } from "../../core/model/plain-address.ts";
import type { Log } from "../../core/ports/log.ts";
import { TLS_OPTIONS, type TlsSource } from "../../core/ports/tls.ts";
import { type HttpLocation, httpAnswer } from "./http-answer.ts";
import type { Peer } from "./peer.ts";
import { createWebSocketListener, type WebSocketListener } from "./websocket-listener.ts";

export interface ListenerOptions extends ConnectionLimits {
  readonly connects: RateLimit;
  readonly maxPacketBytes: number;
  readonly log: Log;
  /** Undefined: there is no certificate. */
  readonly tls?: TlsSource | undefined;
  readonly onStream: (stream: Duplex, peer: Peer) => void;
  readonly onRefused: (code: RefusalCode, address: string | undefined, detail?: string) => void;
  /** A client that speaks HTTP to an MQTT port is answered with this address. */
  readonly httpLocation: () => HttpLocation;
}

export interface Listeners {
  /** TCP; not listening yet. */
  readonly server: Server;
  /** The same behind TLS, where there is a certificate. */
  readonly tlsServer: Server | undefined;
  /** MQTT over WebSocket: an upgrade request that was admitted, and its client. */
  readonly upgrade: WebSocketListener["upgrade"];
  close(): void;
}

export function createListeners(options: ListenerOptions): Listeners {
  const { connects, onStream, onRefused, log } = options;
  const limit = createConnectionLimit(options);

  /** False: it is one too many, and closed. */
  function enter(stream: Duplex, address: string | undefined): boolean {
    const tooMany = connects.take(limitKey(address)) > 0 ? "TOO_MANY_CONNECTS_OF_ADDRESS" : limit.enter(address);
    if (tooMany === undefined) {
      stream.once("close", () => limit.leave(address));
      return true;
    }
    onRefused(tooMany, address);
    stream.on("error", () => undefined);
    stream.destroy();
    return false;
  }

  function serve(socket: Socket): void {
    // Before the reader gets them, which ends a connection that does not begin like MQTT.
    socket.once("data", (first: Buffer) => {
      const answer = first[0] === CONNECT_BYTE ? undefined : httpAnswer(first, options.httpLocation());
      if (answer !== undefined) socket.write(answer);
    });
    const address = plainAddress(socket.remoteAddress);
    onStream(socket, { address, isOfOwnComputer: isLoopback(address) });
  }

  // The system's keep-alive finds dead peers of clients without an MQTT keep-alive.
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    if (enter(socket, plainAddress(socket.remoteAddress))) serve(socket);
  });
  function behindTls(tls: TlsSource): Server {
    const secure = createTlsServer({ ...TLS_OPTIONS, ...tls.context(), noDelay: true, keepAlive: true }, serve);
    // Before the handshake: a client that never completes it has a connection all the same.
    secure.on("connection", (socket: Socket) => enter(socket, plainAddress(socket.remoteAddress)));
    secure.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
      log.debug("TLS failed", { error });
      if (error.code !== "ECONNRESET") onRefused("TLS_FAILED", plainAddress(socket.remoteAddress), error.code);
      socket.destroy();
    });
    tls.onChange((context) => secure.setSecureContext(context));
    return secure;
  }

  const webSocket = createWebSocketListener({
    maxPacketBytes: options.maxPacketBytes,
    onStream: (stream, peer) => {
      if (enter(stream, peer.address)) onStream(stream, peer);
    },
    onError: (error) => log.debug("websocket failed", { error }),
  });
  return {
    server,
    tlsServer: options.tls && behindTls(options.tls),
    upgrade: webSocket.upgrade,
    close: webSocket.close,
  };
}

/** The first byte of every MQTT client. */
const CONNECT_BYTE = 0x10;
