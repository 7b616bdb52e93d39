/** MQTT over WebSocket: turns upgrade requests into streams of bytes. The caller checks Origin. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocketServer } from "ws";
import type { Peer } from "./peer.ts";

export interface WebSocketListener {
  /** The socket's errors are heard already; where this refuses, it ends it before it returns. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, peer: Peer): void;
  close(): void;
}

/** Names of MQTT as a WebSocket subprotocol: 3.1.1 and 5 use the first [MQTT-6.0.0-3], 3.1 the second. */
const PROTOCOLS = ["mqtt", "mqttv3.1"];

export function createWebSocketListener(options: {
  maxPacketBytes: number;
  onStream: (stream: Duplex, peer: Peer) => void;
  onError: (error: Error) => void;
}): WebSocketListener {
  const server = new WebSocketServer({
    noServer: true,
    // A frame may hold several packets; each is limited by itself later.
    maxPayload: 2 * options.maxPacketBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => PROTOCOLS.find((name) => offered.has(name)) ?? false,
  });
  server.on("error", options.onError);
  server.on("wsClientError", (error, socket) => {
    options.onError(error);
    socket.once("finish", () => socket.destroy());
    socket.end(`HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return {
    upgrade: (request, socket, head, peer) => {
      server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on("error", options.onError);
        webSocket.on("message", (_, isBinary) => {
          if (!isBinary) webSocket.terminate(); // [MQTT-6.0.0-1]
        });
        options.onStream(createWebSocketStream(webSocket), peer);
      });
    },
    close: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
