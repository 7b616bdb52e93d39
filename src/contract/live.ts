/** The Socket.IO surface, both directions: one typed map that hub and browser compile against. */
import type { Metrics, Presence, Reading } from "./readings.ts";
import type { Refusal } from "./refusals.ts";

/** The seed's event, to the letter; both timestamps are the reading's instant, ISO 8601. */
export interface SensorData {
  timestamp: string;
  data: { _id: string; deviceId: string; timestamp: string } & Metrics;
}

export interface HubToBrowser {
  /** On connect. */
  connectionInfo(info: { clientId: string; totalClients: number }): void;
  /** One for each stored reading, to who has not asked for batches. */
  sensorData(event: SensorData): void;
  /** Instead of `sensorData` for who asked for batches; at most one each 100 ms. */
  readings(batch: Reading[]): void;
  presence(event: { deviceId: string; state: Presence; since: string }): void;
  /** At most four a second. */
  rejected(event: Refusal): void;
  /** Readings that this client was not sent. */
  dropped(event: { count: number }): void;
  /** Every 2 s: the hub's time (ISO 8601) and the build that serves the page. */
  tick(event: { time: string; build: string }): void;
}

export interface SubscribeWish {
  /** Device ids; all devices when left out. At most 1,000. */
  devices?: string[];
  /** `readings` instead of `sensorData`. */
  batch?: boolean;
}

export type SubscribeAnswer = { ok: true } | { ok: false; code: string };

export interface BrowserToHub {
  /** Replaces the former wish. */
  subscribe(wish: SubscribeWish, reply: (answer: SubscribeAnswer) => void): void;
}
