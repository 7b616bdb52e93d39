/** One message for one session, and its state. */
import type { JournalEntry } from "../../core/ports/broker-state.ts";
import { type DeliveryRequest, keptOf, type Publication } from "../routing/publication.ts";

export interface Delivery extends Omit<DeliveryRequest, "publication"> {
  /** Undefined: only its packet id is still needed, or it was dropped. */
  publication: Publication | undefined;
  /** Its number within the session, from which the packet id is derived; 0 with QoS 0. */
  readonly order: number;
  /** It may have been sent before. [MQTT-3.3.1-1] */
  isRepeat: boolean;
  isDropped: boolean;
  /** What must be on disk is on disk: the message, before it is sent with QoS 2; PUBREC, before PUBREL is sent. */
  isWritten: boolean;
}

export const bytesOf = ({ publication }: Delivery): number => publication?.bytes ?? 0;

/**
 * Derived from the order, so that a message keeps its packet id over a restart without the id being stored.
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
