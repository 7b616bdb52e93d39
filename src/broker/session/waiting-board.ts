/** Serves a board that waits to be let in: heard, answered where silence would end it, and given nothing. Lets nobody in. */
import { REASON } from "../../contract/reason-codes.ts";
import type { Waiting } from "../../core/access/pairing.ts";
import type { ClientPacket, DisconnectPacket } from "../packets/packet.ts";
import type { Voice } from "./response-writer.ts";

/** QoS above 0 is not acknowledged: the board keeps it until it is let in. */
export function serveWaiting(packet: Exclude<ClientPacket, DisconnectPacket>, waiting: Waiting, voice: Voice): void {
  switch (packet.type) {
    case "publish":
      return waiting.said(packet.topic, packet.payload);
    case "pingreq":
      return voice.pingresp();
    case "subscribe":
      return voice.suback(
        packet.packetId,
        packet.wishes.map(() => REASON.notAuthorized),
      );
    case "unsubscribe":
      return voice.unsuback(
        packet.packetId,
        packet.filters.map(() => REASON.noSubscriptionExisted),
      );
    default:
      return; // acknowledgements of what it never got
  }
}
