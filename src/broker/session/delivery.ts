/** One message for one session, and where it stands on its way. Moves nothing itself. */
import type { JournalEntry } from "../../core/ports.ts";
import type { Qos } from "../packets/packet.ts";
import { keptOf, type Publication, type Times } from "../publication.ts";

export interface Delivery {
  /** Undefined: PUBREC came, and only its packet id is still of use. */
  publication: Publication | undefined;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  /** The shared subscription that it came by. */
  readonly share: string | undefined;
  /** Order within the session, and with it the packet id; 0 with QoS 0. */
  readonly place: number;
  /** It may have been sent before. [MQTT-3.3.1-1] */
  isRepeat: boolean;
  isDropped: boolean;
}

/** What is to be delivered, before it has its place. */
export interface Wish {
  readonly publication: Publication;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  readonly share?: string | undefined;
}

export const bytesOf = ({ publication }: Delivery): number => publication?.bytes ?? 0;

/**
 * Derived from the place, so that a message keeps its packet id over a restart without the id being written down.
 * [MQTT-2.3.1-1]: never 0.
 */
export const packetIdOf = (place: number): number => (place % 65_535) + 1;

export function deliveryEntry(clientId: string, delivery: Delivery, times: Times): JournalEntry {
  const { publication, qos, retain, subscriptionIds, share, place } = delivery;
  return {
    of: "delivery",
    clientId,
    place,
    value: {
      message: publication && keptOf(publication, times),
      qos: qos === 2 ? 2 : 1,
      retain,
      subscriptionIds,
      share,
    },
  };
}
