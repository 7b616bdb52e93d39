/** What memory holds of one device, and how its attributes and its retention change. */
import type { AttributeValue, Availability, DeviceId, Presence, PresenceState } from "../../contract/readings.ts";
import type { LatestMetric, Retention } from "../ports/stored-device.ts";
import type { Rhythm } from "../presence/rhythm.ts";

export interface DeviceRecord {
  readonly deviceId: DeviceId;
  name: string | undefined;
  place: string | undefined;
  /** As its owner set them. */
  tags: readonly string[];
  readonly attributes: Map<string, AttributeValue>;
  clockSuspect: boolean;
  /** Without events. */
  readonly latest: Map<string, LatestMetric>;
  /** The last occurrence of each event. It is no value that holds now. */
  readonly events: Map<string, LatestMetric>;
  /** Names of its metrics, stored or on their way, also of those without a latest value. */
  readonly metrics: ReadonlySet<string>;
  /** How it speaks. */
  readonly rhythm: Rhythm;
  /** What its owner has set apart from the hub's settings. */
  retention: Partial<Retention>;
  /** Undefined: never. */
  lastHeardAtMs: number | undefined;
  /** When its last reading, or a message without news, was received; undefined: never. */
  lastReadingAtMs: number | undefined;
  /** The same in monotonic ms; infinitely long ago: never. */
  readMs: number;
  state: Presence;
  /** Since when it has that state, epoch ms. */
  sinceMs: number;
  /** The same in four words. */
  detail: PresenceState;
  detailSinceMs: number;
  /** A connection of its own is open. */
  isConnected: boolean;
  /** What it, its last will or its bridge last said; undefined: nothing that still holds. */
  availability: Availability | undefined;
}

export interface DeviceSilence {
  /** Since its last reading, ms; infinite: there was none. */
  readonly silentMs: number;
  /** How long it may be silent before its presence changes, ms. */
  readonly allowedMs: number;
  /** Its usual interval; undefined: unknown. */
  readonly intervalMs: number | undefined;
  /** When its last reading was received, epoch ms; undefined: never. */
  readonly lastReadingAtMs: number | undefined;
  readonly presence: PresenceState;
}

/** The later of two instants of which either may be unknown. */
export const laterOf = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

/** Attributes that say where a device stands, the first wins: what boards send, and Home Assistant's suggested area. */
const LOCATION_ATTRIBUTES = ["room", "area", "suggestedArea"];
const MAX_LOCATION_CHARS = 100;

/** Given by its owner, or else by the device itself. */
export function locationOf({ place, attributes }: Pick<DeviceRecord, "place" | "attributes">): string | undefined {
  if (place !== undefined || attributes.size === 0) return place;
  for (const key of LOCATION_ATTRIBUTES) {
    const said = attributes.get(key);
    const text = typeof said === "string" ? said.trim().slice(0, MAX_LOCATION_CHARS).trim() : "";
    if (text !== "") return text;
  }
  return undefined;
}

/** `null` deletes a key. */
export function mergeAttributes(
  attributes: Map<string, AttributeValue>,
  patch: ReadonlyMap<string, AttributeValue | null>,
): void {
  for (const [key, value] of patch) {
    if (value === null) attributes.delete(key);
    else attributes.set(key, value);
  }
}

/** A level that the patch leaves out stays. `null` removes a level; `null` as the patch removes all of them. */
export function mergeRetention(
  former: Partial<Retention>,
  patch: { readonly [Level in keyof Retention]?: number | null | undefined } | null,
): Partial<Retention> {
  const merged = patch === null ? {} : { ...former, ...patch };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, number] => entry[1] != null));
}
