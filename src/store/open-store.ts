/** Opens the store that the settings name: the embedded one, or MongoDB with an outbox in front of it. */

import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { DamageNotes } from "../core/health/damage.ts";
import type { DiskFaults } from "../core/health/disk-faults.ts";
import { REDELIVERY_WINDOW_MS } from "../core/model/identity.ts";
import { StartError } from "../core/model/start-error.ts";
import { createStoreAndForward, type StoreAndForward } from "../core/outbox/store-and-forward.ts";
import type { Journal } from "../core/ports/broker-state.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import type { Store } from "../core/ports/readings-store.ts";
import type { StoredDevice } from "../core/ports/stored-device.ts";
import { createClockSteps } from "../core/time/clock-steps.ts";
import { makeFolder, removeLeftovers, replaceFiles } from "../files/durable-file.ts";
import { fileFault } from "../files/file-fault.ts";
import { takeDataDir } from "./sqlite/data-dir.ts";
import { refuseNewerFile } from "./sqlite/db/newer-file.ts";
import { STORE_FILE } from "./sqlite/db/store-file.ts";
import { openSqliteOutbox } from "./sqlite/sqlite-outbox.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";

export interface OpenStoreOptions {
  readonly config: { readonly dataDir: string; readonly mongodbUrl: string; readonly maxOutboxBytes: number };
  readonly clock: Clock;
  readonly log: Log;
  /** The store has failed for good. */
  readonly onDead: (cause: Error) => void;
  /** MongoDB could not be reached at the start, and now was. */
  readonly onReached: (kept: { readonly devices: readonly StoredDevice[]; readonly journal: Journal }) => void;
  /** Awaited each time before what waits is sent to MongoDB. */
  readonly beforeSending: () => Promise<void>;
  /** Acknowledged readings that MongoDB refused when they were sent. */
  readonly onRefused: (count: number) => void;
  /** Where the stores note damage; left out: only in the log. */
  readonly damage?: DamageNotes | undefined;
  /** Where they tell of a disk that fails; left out: their callers only. */
  readonly diskFaults?: DiskFaults | undefined;
  /** For tests: a full disk and a slow one. */
  readonly limits?: { readonly maxPages?: number; readonly commitDelayMs?: number } | undefined;
}

export interface OpenedStore {
  readonly store: Store;
  /** Undefined: the embedded store. */
  readonly forward: Pick<StoreAndForward, "away" | "waiting" | "isLoaded" | "unsavedIn"> | undefined;
}

/** Rejects with a StartError, and with nothing opened. */
export async function openStore(options: OpenStoreOptions): Promise<OpenedStore> {
  const { config, clock, log, onDead, damage, diskFaults, limits } = options;
  const { dataDir, mongodbUrl: url, maxOutboxBytes } = config;
  const clockSteps = createClockSteps(clock, REDELIVERY_WINDOW_MS);
  if (url === "") {
    return {
      store: await openSqliteStore({ dataDir, log, onDead, damage, diskFaults, clockSteps, ...limits }),
      forward: undefined,
    };
  }
  const outboxDir = path.join(dataDir, OUTBOX_DIR);
  refuseNewerFile(path.join(outboxDir, STORE_FILE));
  const closing: (() => void | Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    const each = closing.pop();
    if (each === undefined) return;
    try {
      await each();
    } finally {
      await close();
    }
  };
  try {
    // The outbox has a lock of its own, under which the other files of the data directory are not.
    closing.push(takeDataDir(dataDir, log).release);
    const outbox = await openSqliteOutbox({
      dataDir: outboxDir,
      clock,
      clockSteps,
      log,
      onDead,
      damage,
      diskFaults,
      maxBytes: maxOutboxBytes,
    });
    closing.push(outbox.close);
    // Only a hub that has MongoDB loads its driver.
    const { openMongoStore } = await import("./mongo/mongo-store.ts");
    const remote = await openMongoStore({ url, hubId: await hubIdOf(dataDir, log), clock, clockSteps, log, onDead });
    warnOfOthers(dataDir, log);
    const { onReached, beforeSending, onRefused } = options;
    const forward = createStoreAndForward({ remote, outbox, clock, log, onReached, beforeSending, onRefused });
    closing.splice(1, 1, forward.close); // which closes the outbox, too
    return { store: { ...forward, close }, forward };
  } catch (error) {
    await close();
    throw error;
  }
}

export const OUTBOX_DIR = "outbox";
const HUB_ID_FILE = "hub-id";

const HUB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Identifies this hub to MongoDB: after it was killed, it takes its own database back at once. Rejects with a StartError. */
export async function hubIdOf(dataDir: string, log: Log): Promise<string> {
  const file = path.join(dataDir, HUB_ID_FILE);
  try {
    makeFolder(dataDir);
    removeLeftovers([file]);
    const kept = existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
    if (kept !== undefined && HUB_ID.test(kept)) return kept;
    if (kept !== undefined) {
      log.warn(
        "the file hub-id was damaged and was replaced; if the hub was killed before, this start waits some seconds for MongoDB",
        {
          file,
        },
      );
    }
    const made = randomUUID();
    await replaceFiles([{ file, content: made }]);
    return made;
  } catch (cause) {
    throw new StartError(`${file} cannot be made or read: ${fileFault(cause)}`, 1, cause);
  }
}

function warnOfOthers(dataDir: string, log: Log): void {
  const file = path.join(dataDir, STORE_FILE);
  if (existsSync(file))
    log.warn("the readings of the embedded store are not used; aerie migrate --to mongodb moves them", { file });
}
