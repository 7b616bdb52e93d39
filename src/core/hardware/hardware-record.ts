/** Decides what becomes of a device's record of boards when one is replaced, and when that is undone. */
import { MAX_HARDWARE_CHANGES, UNDO_DAYS } from "../../contract/answers/hardware.ts";
import type { DeviceId } from "../../contract/readings.ts";
import { parseDeviceId } from "../model/device-id.ts";
import { DAY_MS } from "../model/utc-day.ts";

/** The board with this id sends the readings of the device, of those that the hub received from then on. */
export interface HardwareChange {
  readonly hardwareId: DeviceId;
  readonly atMs: number;
}

/** A credential that is not valid any more, by the instant at which it was made: a newer one of the same board is. */
export interface RevokedCredential {
  readonly hardwareId: DeviceId;
  readonly madeAtMs: number;
  /** Any that was made until then: nobody could say which there is, because the hub ran without accounts. */
  readonly orEarlier?: true;
}

export interface HardwareRecord {
  readonly deviceId: DeviceId;
  /** Oldest first. */
  readonly changes: readonly HardwareChange[];
  /** Undefined: the last change cannot be undone. Until then `revoked` of it becomes valid again with it. */
  readonly undo: { readonly untilMs: number; readonly revoked: readonly RevokedCredential[] } | undefined;
  /** To be deleted from the accounts. */
  readonly revoked: readonly RevokedCredential[];
}

export interface Replacement {
  readonly by: DeviceId;
  readonly atMs: number;
  /** The same by the hub's own time. */
  readonly hubMs: number;
  /** Of the boards that sent until now. */
  readonly credentials: readonly RevokedCredential[];
}

/** Of a device that was never replaced. */
export const untouched = (deviceId: DeviceId): HardwareRecord => ({
  deviceId,
  changes: [],
  undo: undefined,
  revoked: [],
});

export const hardwareOf = ({ deviceId, changes }: HardwareRecord): DeviceId => changes.at(-1)?.hardwareId ?? deviceId;

/** The change before can no longer be undone. */
export function replaced(record: HardwareRecord, { by, atMs, hubMs, credentials }: Replacement): HardwareRecord {
  const revoked = [...record.revoked, ...(record.undo?.revoked ?? [])];
  return {
    ...record,
    changes: [...record.changes, { hardwareId: by, atMs }].slice(-MAX_HARDWARE_CHANGES),
    undo: { untilMs: hubMs + UNDO_DAYS * DAY_MS, revoked: credentials.filter(({ hardwareId }) => hardwareId !== by) },
    // The board comes back, and so does its credential.
    revoked: revoked.filter(({ hardwareId }) => hardwareId !== by),
  };
}

/** What the former board sends is the device's again; what the other one sent meanwhile stays. Undefined: it is too late. */
export function undone(
  record: HardwareRecord,
  { atMs, hubMs }: Pick<Replacement, "atMs" | "hubMs">,
): HardwareRecord | undefined {
  if (record.undo === undefined || hubMs >= record.undo.untilMs) return undefined;
  const hardwareId = record.changes.at(-2)?.hardwareId ?? record.deviceId;
  return { ...record, changes: [...record.changes, { hardwareId, atMs }], undo: undefined };
}

/** Past its time a change cannot be undone, and what it revoked is deleted. The same record: nothing is due. */
export function expired(record: HardwareRecord, hubMs: number): HardwareRecord {
  if (record.undo === undefined || hubMs < record.undo.untilMs) return record;
  return { ...record, undo: undefined, revoked: [...record.revoked, ...record.undo.revoked] };
}

export const isRevokedBy = ({ undo, revoked }: HardwareRecord, { hardwareId, madeAtMs }: RevokedCredential): boolean =>
  [...revoked, ...(undo?.revoked ?? [])].some((each) => isMeant(each, { hardwareId, madeAtMs }));

export const isMeant = (revoked: RevokedCredential, { hardwareId, madeAtMs }: RevokedCredential): boolean =>
  revoked.hardwareId === hardwareId &&
  (revoked.orEarlier === true ? madeAtMs <= revoked.madeAtMs : madeAtMs === revoked.madeAtMs);

/** The device is deleted, and its board stands for itself again. What is revoked stays so until it is deleted. */
export const withoutBoards = ({ deviceId, undo, revoked }: HardwareRecord): HardwareRecord => ({
  ...untouched(deviceId),
  revoked: [...revoked, ...(undo?.revoked ?? [])],
});

export const saysNothing = ({ changes, revoked }: HardwareRecord): boolean =>
  changes.length === 0 && revoked.length === 0;

export function textOf({ deviceId: _deviceId, ...record }: HardwareRecord): string {
  return JSON.stringify(record);
}

/** Undefined: it cannot be read. */
export function readRecord(id: string, data: string): HardwareRecord | undefined {
  const deviceId = parseDeviceId(id);
  try {
    const { changes, undo, revoked } = JSON.parse(data) as Omit<HardwareRecord, "deviceId">;
    const isWhole = deviceId.ok && Array.isArray(changes) && Array.isArray(revoked);
    return isWhole ? { deviceId: deviceId.value, changes, undo, revoked } : undefined;
  } catch {
    return undefined;
  }
}
