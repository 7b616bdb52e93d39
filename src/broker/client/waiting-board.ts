/** Answers an unknown board that waits for pairing: it stays connected, and gets nothing. */
import { REASON } from "../../contract/reason-codes.ts";
import type { Waiting } from "../../core/access/pairing.ts";
import type { ClientPacket, DisconnectPacket } from "../packets/packet.ts";
import type { ResponseWriter } from "./response-writer.ts";

/** Messages with QoS above 0 are not acknowledged: the board keeps them until it is let in. */
export function serveWaiting(
  packet: Exclude<ClientPacket, DisconnectPacket>,
  waiting: Waiting,
  responses: ResponseWriter,
): void {
  switch (packet.type) {
    case "publish":
      return waiting.said(packet.topic, packet.payload);
    case "pingreq":
      return responses.pingresp();
    case "subscribe":
      for (const { filter } of packet.requests) waiting.tried(filter);
      return responses.suback(
        packet.packetId,
        packet.requests.map(() => REASON.notAuthorized),
      );
    case "unsubscribe":
      return responses.unsuback(
        packet.packetId,
        packet.filters.map(() => REASON.noSubscriptionExisted),
      );
    default:
      return; // acknowledgements of messages that it never got
  }
}
