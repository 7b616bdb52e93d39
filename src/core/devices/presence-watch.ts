/** Keeps the presence of each device up to date: what it sends, what is said of it, its connections and its silence. */
import type { Availability, PresenceState } from "../../contract/readings.ts";
import { MetricList, type ReadingMetrics } from "../model/metric-list.ts";
import type { StoredPresence } from "../ports/hub-file.ts";
import { type PresenceFacts, presenceOf, toPresence } from "../presence/presence-rules.ts";
import type { Connection } from "./connection.ts";
import { createDeviceConnections } from "./device-connections.ts";
import type { DeviceEntry, EntryParts } from "./device-entry.ts";
import type { DeviceSilence } from "./device-record.ts";
import { factsOf } from "./presence-facts.ts";

export interface PresenceWatch {
  /** A device from the store: nobody is notified. */
  begin(entry: DeviceEntry): void;
  /** A message of it is durable; `settle` follows. */
  heard(entry: DeviceEntry, connection: Connection, receivedAtMs: number): void;
  /** A reading of it, after `heard`. */
  read(entry: DeviceEntry, metrics: ReadingMetrics): void;
  /** A message of it came that holds nothing to store. */
  alive(entry: DeviceEntry, connection: Connection, receivedAtMs: number): void;
  said(entry: DeviceEntry, availability: Availability, connection: Connection): void;
  connectionClosed(connection: Connection): void;
  /** Decides about those of which something came. */
  settle(): void;
  /** Decides again: time has passed. */
  update(entry: DeviceEntry): void;
  /** How long it has been silent, and may be. */
  silenceOf(entry: DeviceEntry): DeviceSilence;
}

/** So long a device may take to come back after a start, before its connection is missed. */
const HOLD_MS = 2 * 60_000;
/** If the hub was down for longer, nothing is held. */
const MOST_DOWN_MS = 10 * 60_000;

export function createPresenceWatch(parts: EntryParts, onChange: (entry: DeviceEntry) => void): PresenceWatch {
  const { clock, before } = parts;
  const connections = createDeviceConnections({ onChange: update, onLeft: left });
  let touched: DeviceEntry[] = [];

  function begin(entry: DeviceEntry): void {
    const former = before.lastOf(entry.deviceId);
    entry.awaitsBridge = former?.detail === "offline" && (entry.lastReadingAtMs ?? 0) <= former.atMs;
    const facts = factsNow(entry);
    const next = presenceOf(facts);
    if (former === undefined) {
      const atMs = changedAtMs(entry, next, facts);
      return set(entry, { state: toPresence(next), sinceMs: atMs, detail: next, atMs });
    }
    set(entry, former);
    if (next === former.detail) return;
    const downMs = clock.nowMs() - (before.aliveAtMs ?? 0);
    if (mayComeBack(entry, next) && downMs <= MOST_DOWN_MS) entry.heldUntilMs = clock.monotonicMs() + HOLD_MS;
    else change(entry, next, changedAtMs(entry, next, facts));
  }

  /** When it came into a state that was found after a start: not before what the run before knew of it, and not in the future. */
  function changedAtMs(entry: DeviceEntry, next: PresenceState, facts: PresenceFacts): number {
    const { lastReadingAtMs, said, detail, detailSinceMs } = entry;
    const former = before.lastOf(entry.deviceId);
    const wasThereUntilMs = former === undefined || detail === "offline" ? 0 : (before.aliveAtMs ?? 0);
    const earliestMs = former === undefined ? 0 : Math.max(detailSinceMs, wasThereUntilMs);
    return Math.min(clock.nowMs(), Math.max(earliestMs, foundAtMs()));

    function foundAtMs(): number {
      if (next === "online" || next === "asleep") return lastReadingAtMs ?? clock.nowMs();
      if (facts.availability === "offline" && said !== undefined) return said.atMs;
      return lastReadingAtMs === undefined ? (said?.atMs ?? clock.nowMs()) : lastReadingAtMs + facts.allowedMs;
    }
  }

  function heard(entry: DeviceEntry, connection: Connection, receivedAtMs: number): void {
    entry.lastHeardAtMs = receivedAtMs;
    // What comes over its own topics comes from itself. A bridge may repeat what it knows of a device that is gone.
    if (entry.family === undefined) retractOffline(entry);
    const isOpen = connections.join(entry, connection);
    if (!isOpen || isOwn(entry, connection)) entry.rhythm.spoke(connection.serial, clock.monotonicMs());
    // A board that publishes and disconnects is gone before its message is durable.
    if (!isOpen) entry.rhythm.left(clock.monotonicMs());
    touch(entry);
  }

  function read(entry: DeviceEntry, metrics: ReadingMetrics): void {
    spoke(entry);
    if (isPeriodic(entry, metrics)) entry.rhythm.read(entry.readMs);
    touch(entry);
  }

  function alive(entry: DeviceEntry, connection: Connection, receivedAtMs: number): void {
    heard(entry, connection, receivedAtMs);
    spoke(entry);
    entry.rhythm.read(entry.readMs);
    update(entry);
  }

  function spoke(entry: DeviceEntry): void {
    entry.readMs = clock.monotonicMs();
    entry.lastReadingAtMs = entry.lastHeardAtMs;
    entry.awaitsBridge = false;
    retractOffline(entry);
  }

  const isOwn = (entry: DeviceEntry, connection: Connection): boolean =>
    entry.family?.presence()?.radio === undefined && connections.isOwn(entry, connection);

  function retractOffline(entry: DeviceEntry): void {
    if (entry.said?.availability === "offline") entry.said = undefined;
  }

  function said(entry: DeviceEntry, availability: Availability, connection: Connection): void {
    if (availability === "offline" && connections.isOutdated(entry, connection)) return;
    const holds = availability === "offline" || !connections.isClosed(connection);
    entry.said = holds ? { availability, atMs: clock.nowMs(), connection } : undefined;
    touch(entry);
  }

  /** Nobody is left who would say `offline`. A bridge connects again and need not repeat what it said. */
  function left(entry: DeviceEntry, connection: Connection, wasAlone: boolean): void {
    const { said, family } = entry;
    const wasOwn = wasAlone && family?.presence()?.radio === undefined;
    if ((wasOwn || family === undefined) && said?.availability === "online" && said.connection === connection)
      entry.said = undefined;
    if (wasOwn && entry.connections.size === 0) entry.rhythm.left(clock.monotonicMs());
  }

  function touch(entry: DeviceEntry): void {
    if (entry.isTouched) return;
    entry.isTouched = true;
    touched.push(entry);
  }

  function settle(): void {
    const some = touched;
    touched = [];
    for (const entry of some) {
      entry.isTouched = false;
      update(entry);
    }
  }

  function update(entry: DeviceEntry): void {
    const facts = factsNow(entry);
    const next = presenceOf(facts);
    if (next === entry.detail) return;
    const { heldUntilMs } = entry;
    if (heldUntilMs !== undefined && clock.monotonicMs() < heldUntilMs && mayComeBack(entry, next)) return;
    entry.heldUntilMs = undefined;
    change(entry, next, heldUntilMs === undefined ? clock.nowMs() : changedAtMs(entry, next, facts));
    if (entry.stored) onChange(entry);
  }

  function silenceOf(entry: DeviceEntry): DeviceSilence {
    const { silentMs, allowedMs } = factsNow(entry);
    const { detail: presence, lastReadingAtMs, rhythm } = entry;
    return { silentMs, allowedMs, intervalMs: rhythm.usual?.ms, lastReadingAtMs, presence };
  }

  const factsNow = (entry: DeviceEntry): PresenceFacts => factsOf(entry, clock.monotonicMs());

  return { begin, heard, read, alive, said, connectionClosed: connections.close, settle, update, silenceOf };
}

/** After a start boards connect again within a minute or two: until then it is not known that one is gone. */
function mayComeBack({ detail, availability }: DeviceEntry, next: PresenceState): boolean {
  const wasThere = detail === "online" || detail === "late";
  return wasThere && (next === "late" || next === "offline") && availability !== "offline";
}

function change(entry: DeviceEntry, detail: PresenceState, atMs: number): void {
  const state = toPresence(detail);
  set(entry, { state, sinceMs: state === entry.state ? entry.sinceMs : atMs, detail, atMs });
}

type Known = Pick<StoredPresence, "state" | "sinceMs" | "detail" | "atMs">;

function set(entry: DeviceEntry, { state, sinceMs, detail, atMs }: Known): void {
  entry.state = state;
  entry.sinceMs = sinceMs;
  entry.detail = detail;
  entry.detailSinceMs = atMs;
}

/** Whether a reading says something about when the next one is due: events and truth values come when something happens. */
function isPeriodic({ family }: DeviceEntry, metrics: ReadingMetrics): boolean {
  if (family === undefined && metrics instanceof MetricList) {
    for (const value of metrics.values) if (typeof value !== "boolean") return true;
    return false;
  }
  for (const [name, value] of metrics) if (typeof value !== "boolean" && family?.isEvent(name) !== true) return true;
  return false;
}
