/** The MQTT clients that are connected, as a person sees them. Types only. */
import type { MqttVersion } from "../../contract/refusals.ts";

/** Nothing of its login: the user name may be a secret. */
export interface ClientFacts {
  /** Of its session. */
  readonly id: string;
  readonly address: string | undefined;
  readonly mqttVersion: MqttVersion | undefined;
  /** By the hub's time. */
  readonly connectedAtMs: number;
  /** Messages to it that wait for its acknowledgement or for their turn. */
  readonly inFlight: number;
  readonly subscriptions: number;
  /** Within the last minute. */
  readonly takeOvers: number;
  /** Messages a second from it, over the last 5 to 10 seconds. */
  readonly inPerS: number;
  /** To it. */
  readonly outPerS: number;
  /** Since it connected, with all packets. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface ConnectedClients {
  /** Ids, in no order. */
  ids(): string[];
  get(id: string): ClientFacts | undefined;
  /** False: no such client is connected. */
  disconnect(id: string): boolean;
}
