/** One message for one session, and where it stands on its way. Moves nothing itself. */
import type { JournalEntry } from "../../core/ports/broker-state.ts";
import { type DeliveryRequest, keptOf, type Publication } from "../routing/publication.ts";

export interface Delivery extends Omit<DeliveryRequest, "publication"> {
  /** Undefined: it is only its packet id that is still of use, or it was dropped. */
  publication: Publication | undefined;
  /** Order within the session, and with it the packet id; 0 with QoS 0. */
  readonly order: number;
  /** It may have been sent before. [MQTT-3.3.1-1] */
  isRepeat: boolean;
  isDropped: boolean;
  /** What it waits for is durable: the message, for it to be sent with QoS 2; PUBREC, for PUBREL. */
  isWritten: boolean;
}

export const bytesOf = ({ publication }: Delivery): number => publication?.bytes ?? 0;

/**
 * Derived from the place, so that a message keeps its packet id over a restart without the id being written down.
 * [MQTT-2.3.1-1]: never 0.
 */
export const packetIdOf = (order: number): number => (order % 65_535) + 1;

export function deliveryEntry(clientId: string, delivery: Delivery): JournalEntry {
  const { publication, qos, retain, subscriptionIds, share, order } = delivery;
  return {
    of: "delivery",
    clientId,
    order,
    value: {
      message: publication && keptOf(publication),
      qos: qos === 2 ? 2 : 1,
      retain,
      subscriptionIds,
      share,
    },
  };
}
