/** TCP and WebSocket: streams of bytes, as many as are allowed. Reads none of them. */
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import type { Log } from "../core/ports.ts";
import { TLS_OPTIONS, type TlsSource } from "../core/tls.ts";
import { createWebSocketListener } from "./websocket-listener.ts";

export interface ListenerOptions {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxPacketBytes: number;
  readonly log: Log;
  /** Undefined: there is no certificate. */
  readonly tls?: TlsSource | undefined;
  readonly onStream: (stream: Duplex, address: string | undefined) => void;
  readonly onTooMany: (
    code: "TOO_MANY_CONNECTIONS" | "TOO_MANY_CONNECTIONS_OF_ADDRESS",
    address: string | undefined,
  ) => void;
}

export interface Listeners {
  /** TCP; not listening yet. */
  readonly server: Server;
  /** The same behind TLS, where there is a certificate. */
  readonly tlsServer: Server | undefined;
  /** MQTT over WebSocket: an upgrade request that was let in. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  close(): void;
}

export function createListeners(options: ListenerOptions): Listeners {
  const { maxConnections, maxConnectionsPerAddress, onStream, onTooMany, log } = options;
  const ofAddress = new Map<string, number>();
  let open = 0;

  function accept(stream: Duplex, address: string | undefined): void {
    const key = address ?? "";
    const those = ofAddress.get(key) ?? 0;
    if (open >= maxConnections || those >= maxConnectionsPerAddress) {
      onTooMany(open >= maxConnections ? "TOO_MANY_CONNECTIONS" : "TOO_MANY_CONNECTIONS_OF_ADDRESS", address);
      stream.on("error", () => undefined);
      stream.destroy();
      return;
    }
    open++;
    ofAddress.set(key, those + 1);
    stream.once("close", () => {
      open--;
      const left = (ofAddress.get(key) ?? 1) - 1;
      if (left === 0) ofAddress.delete(key);
      else ofAddress.set(key, left);
    });
    onStream(stream, address);
  }

  // The system's keep-alive finds dead peers of those who asked for no keep-alive of MQTT's.
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => accept(socket, socket.remoteAddress));
  function behindTls(tls: TlsSource): Server {
    const secure = createTlsServer({ ...TLS_OPTIONS, ...tls.context(), noDelay: true, keepAlive: true }, (socket) =>
      accept(socket, socket.remoteAddress),
    );
    // Before the handshake nobody is a connection of ours yet.
    secure.maxConnections = maxConnections;
    secure.on("tlsClientError", (error, socket) => {
      log.debug("TLS failed", { error });
      socket.destroy();
    });
    tls.onChange((context) => secure.setSecureContext(context));
    return secure;
  }

  const webSocket = createWebSocketListener({
    maxPacketBytes: options.maxPacketBytes,
    onStream: (stream, request) => accept(stream, request.socket.remoteAddress),
    onError: (error) => log.debug("websocket failed", { error }),
  });
  return {
    server,
    tlsServer: options.tls && behindTls(options.tls),
    upgrade: webSocket.upgrade,
    close: webSocket.close,
  };
}
