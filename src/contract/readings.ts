/** The types of readings and devices that all parts and both protocols share. */

/** 1–64 of `A-Z a-z 0-9 . _ : -`, not `.` or `..`. Only `parseDeviceId` makes one. */
export type DeviceId = string & { readonly brand: "DeviceId" };

/** A finite number, a boolean, or text of at most 256 bytes. */
export type MetricValue = number | boolean | string;

/** `{ temperature: 21.5, flameDetected: false }`. Names: 1–64 of `A-Z a-z 0-9 . _ -`, first a letter. */
export type Metrics = { [metric: string]: MetricValue };

/** One stored reading, as REST and the live `readings` event show it. */
export interface Reading {
  /** `<deviceId>-<instant, base 36>-<n>`; never changes. */
  _id: string;
  deviceId: string;
  /** The reading's instant, ISO 8601 in UTC. */
  timestamp: string;
  /** When the hub got it, ISO 8601; left out where it is the instant itself. */
  receivedAt?: string;
  metrics: Metrics;
}

export interface LatestValue {
  value: MetricValue;
  /** Instant of the reading that this value is from, ISO 8601. */
  timestamp: string;
  /** Numbers and texts of this metric came: a sensor that says `unavailable` at times. */
  hasTexts?: true;
}

export type Presence = "online" | "offline";

/** A JSON value as a device sent it in its attributes. */
export type AttributeValue = string | number | boolean | AttributeValue[] | { [key: string]: AttributeValue | null };

/** Days that each is kept, 0 forever; what is not there is as the hub's settings say. */
export interface DeviceRetention {
  rawDays?: number;
  hourDays?: number;
  dayDays?: number;
}

/** `clock`: it sends an instant that cannot be true; `zone`: it names no zone; `unreadable`: it is no instant. */
export type TimeFault = "clock" | "zone" | "unreadable";

/** A device with what is known of it now. */
export interface Device {
  deviceId: string;
  /** Given by its owner; absent until then. */
  name?: string;
  place?: string;
  presence: Presence;
  /** When it came into that state, ISO 8601. */
  since: string;
  /** When the hub last accepted anything from it, ISO 8601; absent where it never did. */
  lastHeardAt?: string;
  /** The usual time between its messages in ms, once it is known. A gap is more than 2.5 times this. */
  intervalMs?: number;
  /** The device has sent an instant that cannot be true; the hub's time was used instead. */
  clockSuspect: boolean;
  /** Why the time that it sends is not used; absent where it sends none, or a right one. */
  timeFault?: TimeFault;
  /** Where its owner has set one for it. */
  retention?: DeviceRetention;
  attributes: { [key: string]: AttributeValue };
  latest: { [metric: string]: LatestValue };
}
