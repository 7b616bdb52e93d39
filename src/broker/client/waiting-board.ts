/** Serves a board that waits to be let in: heard, answered where silence would end it, and given nothing. Lets nobody in. */
import { REASON } from "../../contract/reason-codes.ts";
import type { Waiting } from "../../core/access/pairing.ts";
import type { ClientPacket, DisconnectPacket } from "../packets/packet.ts";
import type { ResponseWriter } from "./response-writer.ts";

/** QoS above 0 is not acknowledged: the board keeps it until it is let in. */
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
      return; // acknowledgements of what it never got
  }
}
