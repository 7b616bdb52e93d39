/** What each MQTT client that people use can do, so that one test serves them all. Knows no program. */
import type { HubAddress } from "../hub/hub.ts";

export interface ClientWish {
  /** At most 23 characters: MQTT 3.1 allows no more. */
  clientId: string;
  /** The session outlives its connection. */
  keep?: boolean;
  will?: { topic: string; payload: string; qos: 0 | 1 | 2; retain: boolean };
  /** Subscribed to before `connect` settles. */
  filters?: readonly { filter: string; qos: 0 | 1 | 2 }[];
}

export interface SeenMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
}

export interface UsedClient {
  readonly received: readonly SeenMessage[];
  /** As CONNACK said; undefined where the program does not tell. */
  readonly sessionPresent: boolean | undefined;
  /** Settles when what was published is acknowledged, at QoS 0 when it was sent. */
  publish(topic: string, payload: string, options: { qos: 0 | 1 | 2; retain?: boolean }): Promise<void>;
  /** Gone without a word, as when the power fails. */
  vanish(): Promise<void>;
}

export interface ClientKind {
  /** The program, and how it speaks. */
  readonly name: string;
  /** Protocol level: 3, 4 or 5. */
  readonly version: 3 | 4 | 5;
  connect(hub: HubAddress, wish: ClientWish): Promise<UsedClient>;
  /** Connects, subscribes and leaves with DISCONNECT. */
  visit(hub: HubAddress, wish: ClientWish): Promise<void>;
}

export const VERSION_NAMES = { 3: "MQTT 3.1", 4: "MQTT 3.1.1", 5: "MQTT 5" } as const;
