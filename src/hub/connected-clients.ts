/** Browsers and MQTT clients, for parts that are opened before anybody can connect. */
import type { Broker } from "../broker/broker.ts";
import type { PresenceChange } from "../core/devices/registry.ts";
import type { LiveReading } from "../core/model/live-reading.ts";
import type { Live } from "../live/live.ts";

export interface ConnectedClients {
  /** Undefined until it is open. */
  live(): Live | undefined;
  browsers(): number;
  presence(change: PresenceChange): void;
  readings(readings: readonly LiveReading[]): void;
  /** These sign-ins and tokens were revoked: their browsers are disconnected. */
  endSignIns(keys: readonly string[]): void;
  /** The credential of this device or application was revoked: its sessions end. */
  endSessions(owner: string): void;
  brokerOpened(broker: Pick<Broker, "drop">): void;
  liveOpened(live: Live): void;
}

export function createConnectedClients(): ConnectedClients {
  let broker: Pick<Broker, "drop"> | undefined;
  let live: Live | undefined;
  return {
    live: () => live,
    browsers: () => live?.clients() ?? 0,
    presence: (change) => live?.presence(change),
    readings: (readings) => live?.readings(readings),
    endSignIns: (keys) => live?.end(keys),
    endSessions: (owner) => broker?.drop(owner),
    brokerOpened: (opened) => {
      broker = opened;
    },
    liveOpened: (opened) => {
      live = opened;
    },
  };
}
