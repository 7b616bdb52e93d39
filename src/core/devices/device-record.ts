/** What memory holds of one device, and how its attributes and its retention change. */
import type { AttributeValue, DeviceId, Presence } from "../../contract/readings.ts";
import type { LatestMetric, Retention } from "../ports/stored-device.ts";
import type { UsualInterval } from "./presence.ts";

export interface DeviceRecord {
  readonly deviceId: DeviceId;
  name: string | undefined;
  place: string | undefined;
  readonly attributes: Map<string, AttributeValue>;
  clockSuspect: boolean;
  readonly latest: Map<string, LatestMetric>;
  readonly interval: UsualInterval;
  /** What its owner has set apart from the hub's settings. */
  retention: Partial<Retention>;
  /** Undefined: never. */
  lastHeardAtMs: number | undefined;
  state: Presence;
  /** Since when it has that state, epoch ms. */
  sinceMs: number;
}

/** The later of two instants of which either may be unknown. */
export const laterOf = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

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
