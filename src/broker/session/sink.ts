/** The connected client, as its session's deliveries use it. Types only. */
import type { DeliveryRequest } from "../routing/publication.ts";

export interface Sink {
  /** The most unacknowledged messages that the client takes. */
  readonly window: number;
  /** The socket takes bytes at once. */
  canTake(): boolean;
  /** False: the packet is larger than the client takes, and was not sent. [MQTT-3.1.2-24] */
  publish(request: DeliveryRequest, packetId: number, isRepeat: boolean, expiryS: number | undefined): boolean;
  pubrel(packetId: number): void;
}
