/** The two ways in which packets travel: a WebSocket, and requests of HTTP where a proxy lets no WebSocket through. */
import { CLOSE, parsePacket } from "./packets.ts";

export interface Transport {
  /** Only after the hub's first packet. */
  send(packet: string): void;
  close(): void;
}

export interface TransportEvents {
  received(packet: string): void;
  /** By the hub or the network. */
  closed(): void;
}

export type OpenTransport = (events: TransportEvents) => Transport;

const PATH = "/socket.io/?EIO=4&transport=";
const SEPARATOR = "\x1e";

export const openWebSocket: OpenTransport = ({ received, closed }) => {
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}${PATH}websocket`);
  socket.onmessage = ({ data }) => received(data);
  socket.onclose = closed;
  return { send: (packet) => socket.send(packet), close: () => socket.close() };
};

export const openPolling: OpenTransport = ({ received, closed }) => {
  const ending = new AbortController();
  let sid = "";
  let sending: Promise<unknown> = Promise.resolve();

  async function request(init: RequestInit = {}): Promise<string> {
    const answer = await fetch(`${PATH}polling${sid}`, { cache: "no-store", ...init });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return answer.text();
  }
  async function poll(): Promise<void> {
    while (!ending.signal.aborted) {
      for (const text of (await request({ signal: ending.signal })).split(SEPARATOR)) {
        const packet = parsePacket(text);
        if (packet.kind === "open") sid = `&sid=${packet.sid}`;
        received(text);
      }
    }
  }
  function fail(): void {
    if (ending.signal.aborted) return;
    ending.abort();
    closed();
  }
  // The hub takes one request with packets at a time.
  const send = (packet: string): void => {
    const keepalive = packet === CLOSE; // browsers refuse more than 64 KiB with it
    sending = sending.then(() => request({ method: "POST", body: packet, keepalive })).catch(fail);
  };
  poll().catch(fail);
  return {
    send,
    close() {
      ending.abort();
      if (sid !== "") send(CLOSE);
    },
  };
};
