/** What devices and the broker's journal are once the writes of the outbox are applied to them. */
import type { DeviceId } from "../../contract/readings.ts";
import { mergeAttributes } from "../devices/device-record.ts";
import { mergeLatest } from "../devices/latest-values.ts";
import type { Journal, JournalEntry } from "../ports/broker-state.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { UnsavedReading } from "../ports/readings-store.ts";
import type { StoredDevice } from "../ports/stored-device.ts";
import type { ReadingWrite, Write, WritesOfMessage } from "../ports/writes.ts";

export interface StoredState {
  readonly devices: StoredDevice[];
  readonly journal: Journal;
}

/** What a store holds, with everything that waits in the outbox. */
export async function replayWaiting(stored: StoredState, outbox: Pick<Outbox, "next">): Promise<StoredState> {
  let behind = 0;
  let state = stored;
  for (;;) {
    const group = await outbox.next(behind);
    if (group === undefined) return state;
    state = {
      devices: replayDevices(state.devices, group.messages),
      journal: replayJournal(state.journal, group.messages),
    };
    behind = group.seq;
  }
}

/** Readings that wait to be sent. Where the store has assigned no `n` yet, it is as the outbox answered it: they come in their order. */
export async function unsavedWaiting(
  outbox: Pick<Outbox, "next">,
  take: (readings: readonly UnsavedReading[]) => void | Promise<void>,
): Promise<void> {
  const last = new Map<DeviceId, { readonly atMs: number; readonly n: number }>();
  const numbered = (write: ReadingWrite): UnsavedReading => {
    const { deviceId, atMs } = write;
    const before = last.get(deviceId);
    const n = write.n ?? (before?.atMs === atMs ? before.n + 1 : 0);
    last.set(deviceId, { atMs, n });
    return { ...write, n };
  };
  for (let behind = 0; ; ) {
    const group = await outbox.next(behind);
    if (group === undefined) return;
    const { messages } = group.assigned ?? group;
    await take(messages.flat().flatMap((write) => (write.kind === "reading" ? [numbered(write)] : [])));
    behind = group.seq;
  }
}

export function replayDevices(devices: readonly StoredDevice[], messages: readonly WritesOfMessage[]): StoredDevice[] {
  const known = new Map(devices.map((device) => [device.deviceId, device]));
  for (const write of messages.flat()) {
    if (write.kind === "journal") continue;
    let device = known.get(write.deviceId);
    if (device === undefined) {
      device = fresh(write);
      known.set(write.deviceId, device);
    }
    replayWrite(device, write);
  }
  return [...known.values()];
}

type DeviceWrite = Exclude<Write, { kind: "journal" }>;

const fresh = ({ deviceId }: DeviceWrite): StoredDevice => ({
  deviceId,
  name: undefined,
  place: undefined,
  attributes: new Map(),
  clockSuspect: false,
  status: undefined,
  lastHeardAtMs: undefined,
  intervalMs: undefined,
  latest: new Map(),
  retention: {},
});

function replayWrite(device: StoredDevice, write: DeviceWrite): void {
  switch (write.kind) {
    case "reading":
      mergeLatest(device.latest, write.metrics, write.atMs);
      break;
    case "attributes":
      mergeAttributes(device.attributes, write.patch);
      if (write.clockSuspect !== undefined) device.clockSuspect = write.clockSuspect;
      break;
    case "status":
      device.status = { online: write.online, atMs: write.receivedAtMs };
      // Nobody hears from a device by its last will.
      if (!write.online) return;
  }
  device.lastHeardAtMs = Math.max(device.lastHeardAtMs ?? write.receivedAtMs, write.receivedAtMs);
}

export function replayJournal(journal: Journal, messages: readonly WritesOfMessage[]): Journal {
  const entries = messages.flat().flatMap((write) => (write.kind === "journal" ? [write.entry] : []));
  if (entries.length === 0) return journal;
  const kept = {
    sessions: byKey(journal.sessions, ({ clientId }) => clientId),
    subscriptions: byKey(journal.subscriptions, ({ clientId, filter }) => keyOf(clientId, filter)),
    retained: byKey(journal.retained, ({ topic }) => topic),
    deliveries: byKey(journal.deliveries, ({ clientId, order }) => keyOf(clientId, order)),
    inbound: byKey(journal.inbound, ({ clientId, packetId }) => keyOf(clientId, packetId)),
    wills: byKey(journal.wills, ({ clientId }) => clientId),
  };
  for (const entry of entries) replayEntry(kept, entry);
  const inOrder = [...kept.deliveries.values()].sort(
    (a, b) => (a.clientId < b.clientId ? -1 : a.clientId > b.clientId ? 1 : 0) || a.order - b.order,
  );
  return {
    sessions: [...kept.sessions.values()],
    subscriptions: [...kept.subscriptions.values()],
    retained: [...kept.retained.values()],
    deliveries: inOrder,
    inbound: [...kept.inbound.values()],
    wills: [...kept.wills.values()],
  };
}

type Kept = { readonly [Kind in keyof Journal]: Map<string, Journal[Kind][number]> };

const keyOf = (clientId: string, rest: string | number): string => JSON.stringify([clientId, rest]);

const byKey = <Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item> =>
  new Map(items.map((item) => [key(item), item]));

function replayEntry(kept: Kept, entry: JournalEntry): void {
  switch (entry.of) {
    case "session":
      if (entry.value === undefined) removeSession(kept, entry.clientId);
      else kept.sessions.set(entry.clientId, { clientId: entry.clientId, value: entry.value });
      return;
    case "subscription": {
      const { clientId, filter, value } = entry;
      return put(kept.subscriptions, keyOf(clientId, filter), value && { clientId, filter, value });
    }
    case "retained":
      return put(kept.retained, entry.topic, entry.value && { topic: entry.topic, value: entry.value });
    case "delivery": {
      const { clientId, order, value } = entry;
      return put(kept.deliveries, keyOf(clientId, order), value && { clientId, order, value });
    }
    case "inbound": {
      const { clientId, packetId, value } = entry;
      return put(kept.inbound, keyOf(clientId, packetId), value && { clientId, packetId });
    }
    case "will":
      return put(kept.wills, entry.clientId, entry.value && { clientId: entry.clientId, value: entry.value });
  }
}

function put<Item>(items: Map<string, Item>, key: string, item: Item | undefined): void {
  if (item === undefined) items.delete(key);
  else items.set(key, item);
}

/** All of it but its will. */
function removeSession(kept: Kept, clientId: string): void {
  kept.sessions.delete(clientId);
  for (const items of [kept.subscriptions, kept.deliveries, kept.inbound]) {
    for (const [key, item] of items) if (item.clientId === clientId) items.delete(key);
  }
}
