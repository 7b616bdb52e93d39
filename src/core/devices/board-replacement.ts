/** Replaces the board of a device, undoes that, and ends what can no longer be undone. One after the other. */
import type { HardwareAnswer } from "../../contract/answers/hardware.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { AlertEngine } from "../alerts/alert-types.ts";
import type { Descriptions } from "../dialects/descriptions.ts";
import type { HardwareBook } from "../hardware/hardware-book.ts";
import {
  expired,
  type HardwareRecord,
  hardwareOf,
  type RevokedCredential,
  replaced,
  undone,
  withoutBoards,
} from "../hardware/hardware-record.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { TrustedTime } from "../time/trusted-time.ts";
import type { Registry } from "./registry.ts";

/** The credentials of boards, also those that a replacement revoked. */
export interface BoardCredentials {
  /** When the valid credential of this board was made; undefined: it has none. */
  madeAtMs(hardwareId: DeviceId): number | undefined;
  /** Disconnects its clients. */
  end(hardwareId: DeviceId): void;
  /** False: its topics or its name are those of another credential by now. */
  mayReturn(credential: RevokedCredential): boolean;
  /** Deletes what is meant, where it is still there; settles when that is on disk. */
  remove(credential: RevokedCredential): Promise<void>;
}

export type ReplacementFault =
  | "DEVICE_UNKNOWN"
  | "BOARD_UNKNOWN"
  | "SAME_BOARD"
  | "BOARD_NOT_FREE"
  | "FORMER_SECRET_TAKEN"
  | "NOTHING_TO_UNDO";
export type ReplacementOutcome =
  | { readonly ok: true; readonly value: HardwareAnswer }
  | { readonly ok: false; readonly code: ReplacementFault };

export interface BoardReplacement {
  answer(deviceId: DeviceId): HardwareAnswer;
  /** Rejects with a StoreError, and nothing has changed. */
  replace(deviceId: string, by: string): Promise<ReplacementOutcome>;
  /** The same. */
  undo(deviceId: string): Promise<ReplacementOutcome>;
  /** The device is deleted: its board stands for itself again. Answers that board. */
  removed(deviceId: DeviceId): Promise<void>;
  close(): Promise<void>;
}

export interface BoardReplacementOptions {
  readonly book: HardwareBook;
  readonly registry: Pick<Registry, "get" | "setAside" | "bringBack">;
  readonly alerts: Pick<AlertEngine, "deviceRemoved">;
  readonly descriptions: Pick<Descriptions, "changed">;
  /** Undefined: the hub runs without accounts now, and credentials of other runs are valid again when it has them. */
  readonly credentials: BoardCredentials | undefined;
  readonly time: Pick<TrustedTime, "nowMs">;
  readonly clock: Clock;
  readonly log: Log;
}

const EXPIRE_EVERY_MS = 60_000;
const fault = (code: ReplacementFault): ReplacementOutcome => ({ ok: false, code });

export function createBoardReplacement(options: BoardReplacementOptions): BoardReplacement {
  const { book, registry, alerts, descriptions, credentials, time, clock, log } = options;
  const changing = createSerialQueue();
  const stop = clock.every(EXPIRE_EVERY_MS, () => void changing.run(expire));
  void changing.run(expire);

  async function replace(id: string, by: string): Promise<ReplacementOutcome> {
    const device = registry.get(id);
    if (device === undefined) return fault("DEVICE_UNKNOWN");
    const { deviceId } = device;
    const former = book.hardwareOf(deviceId);
    const next = by as DeviceId;
    if (next === former) return fault("SAME_BOARD");
    if (!isFree(next, deviceId)) return fault("BOARD_NOT_FREE");
    if (registry.get(by) === undefined) return fault("BOARD_UNKNOWN");
    const atMs = clock.nowMs();
    const revoked = [...new Set([former, deviceId])].flatMap((hardwareId) => revocationOf(hardwareId, atMs));
    const how = { by: next, atMs, hubMs: time.nowMs(), credentials: revoked };
    await change(replaced(book.record(deviceId), how));
    for (const { hardwareId } of revoked) if (hardwareId !== next) credentials?.end(hardwareId);
    log.info("the board of a device was replaced", { deviceId, former, by });
    return { ok: true, value: book.answer(deviceId) };
  }

  /** It neither stands for another device, nor does another board stand for it. */
  const isFree = (board: DeviceId, deviceId: DeviceId): boolean =>
    !book.hidden().has(board) && (board === deviceId || book.hardwareOf(board) === board);

  function revocationOf(hardwareId: DeviceId, atMs: number): RevokedCredential[] {
    if (credentials === undefined) return [{ hardwareId, madeAtMs: atMs, orEarlier: true }];
    const madeAtMs = credentials.madeAtMs(hardwareId);
    return madeAtMs === undefined ? [] : [{ hardwareId, madeAtMs }];
  }

  async function undo(id: string): Promise<ReplacementOutcome> {
    const device = registry.get(id);
    if (device === undefined) return fault("DEVICE_UNKNOWN");
    const { deviceId } = device;
    const record = undone(book.record(deviceId), { atMs: clock.nowMs(), hubMs: time.nowMs() });
    if (record === undefined) return fault("NOTHING_TO_UNDO");
    const former = hardwareOf(record);
    if (!isFree(former, deviceId)) return fault("BOARD_NOT_FREE");
    const returning = book.record(deviceId).undo?.revoked ?? [];
    if (returning.some((each) => credentials?.mayReturn(each) === false)) return fault("FORMER_SECRET_TAKEN");
    const by = book.hardwareOf(deviceId);
    await change(record);
    log.info("the replacement of a board was undone", { deviceId, by, former });
    return { ok: true, value: book.answer(deviceId) };
  }

  /** One record on disk says all of it: after a kill it is either as before or complete. */
  async function change(record: HardwareRecord): Promise<void> {
    const before = book.hidden();
    await book.save(record);
    follow(before, record.deviceId);
  }

  function follow(before: ReadonlySet<DeviceId>, deviceId: DeviceId): void {
    const hidden = book.hidden();
    for (const id of hidden) {
      if (before.has(id)) continue;
      alerts.deviceRemoved(id);
      registry.setAside(id);
    }
    for (const id of before) if (!hidden.has(id)) registry.bringBack(id);
    descriptions.changed(deviceId);
  }

  async function removed(deviceId: DeviceId): Promise<void> {
    await change(withoutBoards(book.record(deviceId)));
    await expire();
  }

  async function expire(): Promise<void> {
    for (const record of [...book.records()]) {
      const due = expired(record, time.nowMs());
      const mayDelete = credentials !== undefined && due.revoked.length > 0;
      if (due === record && !mayDelete) continue;
      try {
        if (mayDelete) for (const each of due.revoked) await credentials.remove(each);
        await book.save(mayDelete ? { ...due, revoked: [] } : due);
      } catch (cause) {
        log.warn("the secret of a replaced board could not be deleted; it is revoked, and the hub tries again", {
          deviceId: record.deviceId,
          cause,
        });
      }
    }
  }

  return {
    answer: book.answer,
    replace: (deviceId, by) => changing.run(() => replace(deviceId, by)),
    undo: (deviceId) => changing.run(() => undo(deviceId)),
    removed: (deviceId) => changing.run(() => removed(deviceId)),
    close: async () => {
      stop();
      await changing.idle();
    },
  };
}
