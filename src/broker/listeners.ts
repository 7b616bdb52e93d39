/** TCP and WebSocket: streams of bytes, as many as are allowed. Reads none of them. */
import { createServer, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { type ConnectionLimits, createConnectionLimit, type TooManyConnections } from "../core/connection-limit.ts";
import { plainAddress } from "../core/plain-address.ts";
import type { Log } from "../core/ports.ts";
import type { RateLimit } from "../core/rate-limit.ts";
import { TLS_OPTIONS, type TlsSource } from "../core/tls.ts";
import { createWebSocketListener, type WebSocketListener } from "./websocket-listener.ts";

export interface ListenerOptions extends ConnectionLimits {
  readonly connects: RateLimit;
  readonly maxPacketBytes: number;
  readonly log: Log;
  /** Undefined: there is no certificate. */
  readonly tls?: TlsSource | undefined;
  readonly onStream: (stream: Duplex, address: string | undefined) => void;
  readonly onTooMany: (code: TooManyConnections | "TOO_MANY_CONNECTS_OF_ADDRESS", address: string | undefined) => void;
}

export interface Listeners {
  /** TCP; not listening yet. */
  readonly server: Server;
  /** The same behind TLS, where there is a certificate. */
  readonly tlsServer: Server | undefined;
  /** MQTT over WebSocket: an upgrade request that was let in, and whose it is. */
  readonly upgrade: WebSocketListener["upgrade"];
  close(): void;
}

export function createListeners(options: ListenerOptions): Listeners {
  const { connects, onStream, onTooMany, log } = options;
  const limit = createConnectionLimit(options);

  function accept(stream: Duplex, address: string | undefined): void {
    const tooMany = connects.take(address ?? "") > 0 ? "TOO_MANY_CONNECTS_OF_ADDRESS" : limit.enter(address);
    if (tooMany !== undefined) {
      onTooMany(tooMany, address);
      stream.on("error", () => undefined);
      stream.destroy();
      return;
    }
    stream.once("close", () => limit.leave(address));
    onStream(stream, address);
  }

  // The system's keep-alive finds dead peers of those who asked for no keep-alive of MQTT's.
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) =>
    accept(socket, plainAddress(socket.remoteAddress)),
  );
  function behindTls(tls: TlsSource): Server {
    const secure = createTlsServer({ ...TLS_OPTIONS, ...tls.context(), noDelay: true, keepAlive: true }, (socket) =>
      accept(socket, plainAddress(socket.remoteAddress)),
    );
    // Before the handshake nobody is a connection of ours yet.
    secure.maxConnections = options.maxConnections;
    secure.on("tlsClientError", (error, socket) => {
      log.debug("TLS failed", { error });
      socket.destroy();
    });
    tls.onChange((context) => secure.setSecureContext(context));
    return secure;
  }

  const webSocket = createWebSocketListener({
    maxPacketBytes: options.maxPacketBytes,
    onStream: accept,
    onError: (error) => log.debug("websocket failed", { error }),
  });
  return {
    server,
    tlsServer: options.tls && behindTls(options.tls),
    upgrade: webSocket.upgrade,
    close: webSocket.close,
  };
}
