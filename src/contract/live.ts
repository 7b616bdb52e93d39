/** The events of Socket.IO in both directions, as types that hub and dashboard share. */
import type { Metrics, Presence, Reading } from "./readings.ts";
import type { Refusal } from "./refusal.ts";

/** The seed's event, to the letter; both timestamps are the reading's instant, ISO 8601. */
export interface SensorData {
  timestamp: string;
  data: { _id: string; deviceId: string; timestamp: string } & Metrics;
}

export interface HubToBrowser {
  /** On connect. */
  connectionInfo(info: { clientId: string; totalClients: number }): void;
  /** One for each stored reading, to clients that did not ask for batches. */
  sensorData(event: SensorData): void;
  /** Instead of `sensorData` for clients that asked for batches; at most one every 100 ms. */
  readings(batch: Reading[]): void;
  presence(event: { deviceId: string; state: Presence; since: string }): void;
  /** At most four a second. */
  rejected(event: Refusal): void;
  /** How many readings this client was not sent. */
  dropped(event: { count: number }): void;
  /** Every 2 s: the hub's time (ISO 8601) and the build that serves the page. */
  tick(event: { time: string; build: string }): void;
}

export interface SubscribeOptions {
  /** Device ids; all devices when left out. At most 1,000. */
  devices?: string[];
  /** `readings` instead of `sensorData`. */
  batch?: boolean;
}

export type SubscribeAnswer = { ok: true } | { ok: false; code: string };

export interface BrowserToHub {
  /** Replaces the former subscription. */
  subscribe(options: SubscribeOptions, reply: (answer: SubscribeAnswer) => void): void;
}
