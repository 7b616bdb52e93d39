/** Remembers which readings could not be read, and logs each range once. */
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import { damagedIn } from "../../../core/health/damage.ts";
import type { Span, WithDamage } from "../../../core/ports/history.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Damage, Read } from "./damage-note.ts";

export interface DamageList {
  add(damage: Damage & { readonly deviceId: DeviceId }): void;
  /** Notes the damage, and returns the value. */
  note<T>(deviceId: DeviceId, read: Read<T>): T;
  /** The same, for an answer that names the damage in the range of its query. */
  answer<T extends object>(query: Span & { readonly deviceId: DeviceId }, read: Read<T>): T & WithDamage;
  of(deviceId: DeviceId): readonly Span[];
}

/** A file that is damaged all over must not fill the memory. */
const MOST_SPANS = 1_000;

/** The bounds may be damaged too, and must be valid dates. */
const instantOf = (ms: number): number => (ms >= 0 ? Math.min(ms, MAX_INSTANT_MS) : 0);

export function createDamageList(log: Log): DamageList {
  const spans = new Map<DeviceId, Map<string, Span>>();
  let many = 0;

  function add({ deviceId, reason, ...span }: Damage & { readonly deviceId: DeviceId }): void {
    const [fromMs, toMs] = [instantOf(span.fromMs), instantOf(span.toMs)];
    const ofDevice = spans.get(deviceId) ?? new Map<string, Span>();
    spans.set(deviceId, ofDevice);
    const key = `${fromMs} ${toMs}`;
    if (ofDevice.has(key) || many >= MOST_SPANS) return;
    ofDevice.set(key, { fromMs, toMs });
    many++;
    const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
    log.error("stored readings cannot be read; a backup may have them", { deviceId, from, to, reason });
  }

  function note<T>(deviceId: DeviceId, { value, damage }: Read<T>): T {
    for (const each of damage) add({ deviceId, ...each });
    return value;
  }

  const of = (deviceId: DeviceId): Span[] => [...(spans.get(deviceId)?.values() ?? [])];

  return {
    add,
    note,
    answer: (query, read) => ({ ...note(query.deviceId, read), damaged: damagedIn(of(query.deviceId), query) }),
    of,
  };
}
