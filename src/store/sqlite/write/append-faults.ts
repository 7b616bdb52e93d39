/** The reasons why one write of a group is not stored while the others are. */
import type { StoreRefusal } from "../../../core/model/store-refusal.ts";
import { primaryCode } from "../db/file-damage.ts";

/** A write that must not be stored. */
class Refusal extends Error {
  readonly refusal: StoreRefusal;
  constructor(refusal: StoreRefusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

export function refuseIf(refusal: StoreRefusal | undefined): void {
  if (refusal !== undefined) throw new Refusal(refusal);
}

/** A page with data of a device is damaged. */
export class DeviceDamage extends Error {
  readonly deviceId: string;
  /** What is damaged: its row or index; the fields of its row; or readings that a new one is compared with. */
  readonly of: "device" | "fields" | "comparing";
  constructor(deviceId: string, of: DeviceDamage["of"], cause: unknown) {
    super((cause as Error).message, { cause });
    this.deviceId = deviceId;
    this.of = of;
  }
}

export const DEVICE_DAMAGED =
  "The stored data of this device is damaged. Check the disk, stop the hub and put a backup in its place (aerie restore)";

/** CONSTRAINT, TOOBIG, MISMATCH, RANGE. */
const OF_THE_WRITE = new Set([19, 18, 20, 25]);

export function isOfTheWrite(error: unknown): boolean {
  return error instanceof Refusal || OF_THE_WRITE.has(primaryCode(error) ?? 0);
}

export const refusalOf = (error: unknown): StoreRefusal =>
  error instanceof Refusal ? error.refusal : { reason: (error as Error).message };
