/** What a sample of a stored format is said to hold, and where samples are. Opens nothing. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

export type Value = number | string | boolean;
export type Metrics = Readonly<Record<string, Value>>;

export interface HeldDevice {
  readonly deviceId: string;
  readonly name: string | null;
  readonly place: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly clockSuspect: boolean;
  /** The last status; null: it sent none. */
  readonly online: boolean | null;
  /** Metric → value and instant. */
  readonly latest: Readonly<Record<string, readonly [Value, number]>>;
  /** Days; left out: as the hub. */
  readonly retention: Readonly<Record<string, number>>;
  /** Its readings came from a file and were received at their instants. */
  readonly isImported?: true;
  /** Instant, number within that millisecond, metrics. */
  readonly readings: readonly (readonly [number, number, Metrics])[];
}

/** An hour that was imported without its readings. */
export interface HeldHour {
  readonly deviceId: string;
  readonly startMs: number;
  readonly metric: string;
  readonly values: readonly number[];
}

export interface HeldMessage {
  readonly topic: string;
  /** In hexadecimal, like `properties`: MQTT 5 properties as on the wire. */
  readonly payload: string;
  readonly properties: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly publisher: string;
  /** From its publication; left out: it does not expire. */
  readonly expiresAfterS?: number;
}

export interface HeldJournal {
  readonly sessions: readonly { readonly clientId: string; readonly version: number; readonly expiryS: number }[];
  readonly subscriptions: readonly {
    readonly clientId: string;
    readonly filter: string;
    readonly qos: number;
    readonly noLocal: boolean;
    readonly retainAsPublished: boolean;
    readonly subscriptionId?: number;
  }[];
  readonly retained: readonly HeldMessage[];
  /** In the order of each session. `message: null`: only the packet id is left of it. */
  readonly deliveries: readonly {
    readonly clientId: string;
    readonly qos: number;
    readonly retain: boolean;
    readonly subscriptionIds: readonly number[];
    readonly share?: string;
    readonly message: HeldMessage | null;
  }[];
  readonly inbound: readonly { readonly clientId: string; readonly packetId: number }[];
  readonly wills: readonly {
    readonly clientId: string;
    readonly delayS: number;
    readonly keepAliveS: number;
    /** Its client had gone, and the delay ran. */
    readonly isDue: boolean;
    readonly message: HeldMessage;
  }[];
}

export interface HeldAccounts {
  readonly users: readonly { readonly name: string; readonly role: string; readonly password: string }[];
  readonly tokens: readonly { readonly name: string; readonly scope: string; readonly secret: string }[];
  readonly boards: readonly { readonly deviceId: string; readonly secret: string }[];
  readonly applications: readonly {
    readonly name: string;
    readonly publish: readonly string[];
    readonly subscribe: readonly string[];
    readonly secret: string;
  }[];
}

export interface Held {
  /** The version of the hub that wrote the sample. */
  readonly commit: string;
  /** Between these instants. */
  readonly madeMs: readonly [number, number];
  readonly devices: readonly HeldDevice[];
  readonly hours: readonly HeldHour[];
  /** Left out: this version kept nothing of the broker. */
  readonly journal?: HeldJournal;
  readonly accounts?: HeldAccounts;
  /** How far a file was imported. */
  readonly position?: Readonly<Record<"endByte" | "stored" | "duplicates" | "refused", number>>;
}

export const SAMPLES = fileURLToPath(new URL("../../samples/", import.meta.url));

export const readHeld = (sample: string): Held =>
  JSON.parse(readFileSync(path.join(SAMPLES, `${sample}.holds.json`), "utf8")) as Held;

/** Copies a folder of a sample; files that end in `.gz` are unpacked. */
export function unpackSample(folder: string, to: string): string {
  cpSync(path.join(SAMPLES, folder), to, { recursive: true });
  for (const each of readdirSync(to, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".gz"))) {
    const packed = path.join(to, each);
    writeFileSync(packed.slice(0, -".gz".length), gunzipSync(readFileSync(packed)));
    rmSync(packed);
  }
  return to;
}
