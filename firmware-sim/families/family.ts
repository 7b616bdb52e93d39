/** What the firmware of a family does with its connection: what it announces, sends each interval, and answers. */
import type { StationMetrics } from "../board/sensors.ts";
import type { Will } from "../mqtt/mqtt-session.ts";

export interface Publication {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  /** How many readings are in it; it is counted as telemetry where there are any. */
  readonly readings?: number;
}

/** One device that the client speaks for. */
export interface SimulatedDevice {
  /** Among all devices of its family, from 1. */
  readonly number: number;
  /** Twelve hex digits, capital. */
  readonly mac: string;
  /** Its sensors now; the same instant gives the same values. */
  sense(): StationMetrics;
  /** Watts of what is plugged in. */
  powerW(): number;
  /** Of its meter, which never falls. */
  energyWh(): number;
}

export interface FirmwareContext {
  /** As the board calls itself in its topics, where its owner gave it a name; else the firmware makes one of the MAC. */
  readonly name?: string | undefined;
  /** One, or all of a bridge or gateway. */
  readonly devices: readonly [SimulatedDevice, ...SimulatedDevice[]];
  /** Epoch ms. */
  now(): number;
  send(publication: Publication): void;
}

export interface Firmware {
  readonly clientId: string;
  /** Where the firmware logs in by it; else the simulation's. */
  readonly username?: string;
  readonly keepAliveSeconds: number;
  readonly will?: Will;
  readonly subscriptions: readonly string[];
  /** The connection is open. */
  opened(): void;
  /** Each interval. */
  tick(): void;
  received(topic: string, payload: Buffer): void;
  /** Before an orderly disconnection. */
  leaving?(): void;
}

export interface SimulatedFamily {
  /** One line for --help. */
  readonly about: string;
  /** One client speaks for all devices. */
  readonly isBridge: boolean;
  create(context: FirmwareContext): Firmware;
}

/** With so many decimals. */
export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** The last six hex digits, as firmwares put them into names. */
export const shortMac = (mac: string): string => mac.slice(6);
