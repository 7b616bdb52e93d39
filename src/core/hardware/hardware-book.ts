/** Knows which device the messages of a board belong to. Kept in hub.db, with either store. */
import type { HardwareAnswer } from "../../contract/answers/hardware.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { HardwareSince } from "../ports/history.ts";
import type { HubFile, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import {
  type HardwareRecord,
  hardwareOf,
  isRevokedBy,
  readRecord,
  saysNothing,
  textOf,
  untouched,
} from "./hardware-record.ts";

export interface HardwareBook {
  /** The device that a board of this id stands for: another one's id where it replaces its board. */
  deviceOf(hardwareId: DeviceId): DeviceId;
  /** The board of this device: the device's own id where it was never replaced. */
  hardwareOf(deviceId: DeviceId): DeviceId;
  /** Whether a replacement revoked the credential that this board was given then. */
  isRevoked(hardwareId: string, madeAtMs: number): boolean;
  record(deviceId: DeviceId): HardwareRecord;
  records(): Iterable<HardwareRecord>;
  /** Boards that stand for another device, which have no device of their own meanwhile. */
  hidden(): ReadonlySet<DeviceId>;
  answer(deviceId: DeviceId): HardwareAnswer;
  /** For exports; undefined: it was never replaced. */
  since(deviceId: DeviceId): readonly HardwareSince[] | undefined;
  /** In force when it is durable; rejects with a StoreError, and nothing has changed. One that says nothing is deleted. */
  save(record: HardwareRecord): Promise<void>;
}

export interface HardwareBookOptions {
  readonly hubFile: Pick<HubFile, "write">;
  /** Of all kinds. */
  readonly stored: readonly StoredRecord[];
  readonly log: Log;
}

export function createHardwareBook({ hubFile, stored, log }: HardwareBookOptions): HardwareBook {
  const records = new Map<DeviceId, HardwareRecord>();
  /** By board: the device that it stands for. */
  let devices = new Map<DeviceId, DeviceId>();
  let hidden: ReadonlySet<DeviceId> = new Set();
  for (const { kind, id, data } of stored) {
    if (kind !== "hardware") continue;
    const record = readRecord(id, data);
    if (record === undefined) log.warn("which board replaced another cannot be read, and is left as it is", { id });
    else records.set(record.deviceId, record);
  }
  index();

  function index(): void {
    devices = new Map();
    for (const record of records.values()) {
      const hardwareId = hardwareOf(record);
      if (hardwareId !== record.deviceId) devices.set(hardwareId, record.deviceId);
    }
    hidden = new Set(devices.keys());
  }

  const recordOf = (deviceId: DeviceId): HardwareRecord => records.get(deviceId) ?? untouched(deviceId);

  return {
    deviceOf: (hardwareId) => (devices.size === 0 ? hardwareId : (devices.get(hardwareId) ?? hardwareId)),
    hardwareOf: (deviceId) => hardwareOf(recordOf(deviceId)),
    isRevoked: (hardwareId, madeAtMs) => {
      for (const record of records.values()) {
        if (isRevokedBy(record, { hardwareId: hardwareId as DeviceId, madeAtMs })) return true;
      }
      return false;
    },
    record: recordOf,
    records: () => records.values(),
    hidden: () => hidden,
    answer: (deviceId) => {
      const record = recordOf(deviceId);
      return {
        hardware: hardwareOf(record),
        changes: record.changes.map(({ hardwareId, atMs }) => ({ hardware: hardwareId, since: iso(atMs) })),
        ...(record.undo !== undefined && { undoUntil: iso(record.undo.untilMs) }),
      };
    },
    since: (deviceId) => {
      const { changes } = recordOf(deviceId);
      return changes.length === 0 ? undefined : changes.map(({ hardwareId, atMs }) => ({ hardwareId, sinceMs: atMs }));
    },
    save: async (record) => {
      const { deviceId } = record;
      const isNothing = saysNothing(record);
      if (isNothing && !records.has(deviceId)) return;
      const data = isNothing ? undefined : textOf(record);
      await hubFile.write([{ of: "record", kind: "hardware", id: deviceId, data }]);
      if (isNothing) records.delete(deviceId);
      else records.set(deviceId, record);
      index();
    },
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
