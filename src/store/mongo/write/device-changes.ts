/** What a group changes in the documents of its devices, as one operation for each device. */
import type { AnyBulkWriteOperation } from "mongodb";
import type { DeviceId } from "../../../contract/readings.ts";
import { mergeAttributes } from "../../../core/devices/device-record.ts";
import type { WritesOfMessage } from "../../../core/ports/writes.ts";
import type { DeviceDocument } from "../format/documents.ts";
import type { DeviceCursor, DeviceCursors } from "./device-cursors.ts";
import type { AssignedReading } from "./id-assignment.ts";

export interface DeviceChanges {
  readonly operations: AnyBulkWriteOperation<DeviceDocument>[];
  /** They are durable. */
  done(): void;
}

interface Change {
  set: { -readonly [Field in keyof DeviceDocument]?: DeviceDocument[Field] };
  heardAtMs: number;
  firstHeardAtMs: number;
  unsavedFromMs: number | undefined;
}

/** `readings`: those that are to be stored. A duplicate or refused reading only makes its device, where there is none. */
export function deviceChanges(
  messages: readonly WritesOfMessage[],
  readings: readonly AssignedReading[],
  cursors: DeviceCursors,
): DeviceChanges {
  const changes = new Map<DeviceCursor, Change>();
  const changeOf = (cursor: DeviceCursor, receivedAtMs: number): Change => {
    const found = changes.get(cursor);
    if (found !== undefined) return found;
    const made = { set: {}, heardAtMs: 0, firstHeardAtMs: receivedAtMs, unsavedFromMs: undefined };
    changes.set(cursor, made);
    return made;
  };
  for (const { cursor, write } of readings) {
    const { atMs } = write;
    if (cursor.unsavedFromMs !== undefined && cursor.unsavedFromMs <= atMs) continue;
    const change = changeOf(cursor, write.receivedAtMs);
    change.unsavedFromMs = Math.min(change.unsavedFromMs ?? atMs, atMs);
  }
  for (const writes of messages) {
    for (const write of writes) {
      if (write.kind === "journal") continue;
      const cursor = cursors.get(write.deviceId as DeviceId);
      if (cursor === undefined) continue;
      if (write.kind === "reading") {
        if (!cursor.isThere) changeOf(cursor, write.receivedAtMs);
        continue;
      }
      const change = changeOf(cursor, write.receivedAtMs);
      if (write.kind === "status") {
        change.set.status = { online: write.online, at: new Date(write.receivedAtMs) };
        if (write.online) change.heardAtMs = Math.max(change.heardAtMs, write.receivedAtMs);
        continue;
      }
      mergeAttributes(cursor.attributes, write.patch);
      change.set.attributes = [...cursor.attributes].map(([key, value]) => ({ key, value }));
      if (write.clockSuspect !== undefined) change.set.clockSuspect = write.clockSuspect;
      change.heardAtMs = Math.max(change.heardAtMs, write.receivedAtMs);
    }
  }
  return {
    operations: [...changes].map(([cursor, change]) => operationOf(cursor, change)),
    done: () => {
      for (const [cursor, { unsavedFromMs }] of changes) {
        cursor.isThere = true;
        if (unsavedFromMs !== undefined) {
          cursor.unsavedFromMs = Math.min(cursor.unsavedFromMs ?? unsavedFromMs, unsavedFromMs);
        }
      }
    },
  };
}

function operationOf(cursor: DeviceCursor, change: Change): AnyBulkWriteOperation<DeviceDocument> {
  const { set, heardAtMs, firstHeardAtMs, unsavedFromMs } = change;
  const { device, generation } = cursor;
  return {
    updateOne: {
      filter: { _id: device },
      update: {
        $setOnInsert: {
          ...(set.attributes === undefined && { attributes: [] }),
          latest: {},
          ...(generation > 0 && { life: generation }),
        },
        ...(Object.keys(set).length > 0 && { $set: set }),
        $max: { heardAt: new Date(Math.max(heardAtMs, cursor.isThere ? 0 : firstHeardAtMs)) },
        ...(unsavedFromMs !== undefined && { $min: { unsavedFrom: new Date(unsavedFromMs) } }),
      },
      upsert: true,
    },
  };
}
