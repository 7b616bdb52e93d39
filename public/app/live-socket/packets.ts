/** Packets of Socket.IO 5 over Engine.IO 4, as text: those that the hub and the dashboard send each other. */

export type HubPacket =
  | { readonly kind: "open"; readonly sid: string; readonly silentAfterMs: number }
  | { readonly kind: "ping" }
  | { readonly kind: "connected" }
  /** The hub refuses the session, or ends it. */
  | { readonly kind: "ended" }
  | { readonly kind: "event"; readonly name: string; readonly data: unknown }
  | { readonly kind: "answer"; readonly id: number; readonly data: unknown }
  | { readonly kind: "unknown" };

export const PONG = "3";
export const CLOSE = "1";
export const CONNECT = "40";

/** Asks for an answer, which will carry this id. */
export const eventPacket = (id: number, name: string, data: unknown): string =>
  `42${id}${JSON.stringify([name, data])}`;

export function parsePacket(text: string): HubPacket {
  switch (text[0]) {
    case "0": {
      const { sid, pingInterval, pingTimeout } = JSON.parse(text.slice(1));
      return { kind: "open", sid, silentAfterMs: pingInterval + pingTimeout };
    }
    case "1":
      return { kind: "ended" };
    case "2":
      return { kind: "ping" };
    case "4":
      return parseMessage(text.slice(1));
    default:
      return { kind: "unknown" };
  }
}

function parseMessage(text: string): HubPacket {
  switch (text[0]) {
    case "0":
      return { kind: "connected" };
    case "1":
    case "4":
      return { kind: "ended" };
    case "2": {
      const [name, data] = JSON.parse(text.slice(1));
      return { kind: "event", name, data };
    }
    case "3": {
      const start = text.indexOf("[");
      return { kind: "answer", id: Number(text.slice(1, start)), data: JSON.parse(text.slice(start))[0] };
    }
    default:
      return { kind: "unknown" };
  }
}
