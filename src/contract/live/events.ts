/** The events of Socket.IO in both directions, as types that hub and dashboard share. */
import type { AlertsEvent, Severity } from "../alerts.ts";
import type { FleetCounts } from "../fleet/states.ts";
import type { Metrics, Presence, PresenceDetail, Reading } from "../readings.ts";
import type { Refusal } from "../refusal.ts";
import type { MessagesEvent, WatchAnswer, WatchRequest } from "./watched-messages.ts";

/** The seed's event, to the letter; both timestamps are the reading's instant, ISO 8601. */
export interface SensorData {
  timestamp: string;
  data: { _id: string; deviceId: string; timestamp: string } & Metrics;
}

export interface PresenceEvent {
  deviceId: string;
  state: Presence;
  /** When it came into that state. */
  since: string;
  presenceDetail: PresenceDetail;
}

/** For a channel of the kind `browser`. */
export interface NotificationEvent {
  /** The same again is the same notification. */
  id: string;
  severity: Severity;
  title: string;
  text: string;
  at: string;
}

/** `data` of the `connect_error` with which the hub refuses a CONNECT for good; its `message` says the same as a sentence. */
export interface ConnectRefusal {
  code: "LOGIN_NEEDED" | "LEVEL_TOO_LOW";
  /** As HTTP would answer. */
  status: number;
}

export interface HubToBrowser {
  /** On connect. */
  connectionInfo(info: { clientId: string; totalClients: number }): void;
  /** One for each stored reading, to clients that did not ask for batches. */
  sensorData(event: SensorData): void;
  /** Instead of `sensorData` for clients that asked for batches; at most one every 100 ms. */
  readings(batch: Reading[]): void;
  /** Also where only `presenceDetail` changed. */
  presence(event: PresenceEvent): void;
  /** On connect, without alerts, and when alerts change; at most four a second. */
  alert(event: AlertsEvent): void;
  /** On connect, and when they change; at most one a second. */
  counts(event: FleetCounts): void;
  /** Names, places, tags or what is known of metrics changed, of these devices: who shows one reads it again. At most once a second, 250 in one. */
  described(event: { devices: string[] }): void;
  /** A notification that somebody should see. */
  notify(event: NotificationEvent): void;
  /** At most four a second. */
  rejected(event: Refusal): void;
  /** MQTT messages, to who asked by `watchMessages`; at most two a second. */
  messages(event: MessagesEvent): void;
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
  /** Replaces the former request; null ends it. For operators, also with payloads. */
  watchMessages(request: WatchRequest | null, reply: (answer: WatchAnswer) => void): void;
}
