/** Opens what takes care of `hub.db` while the hub runs: when it ran, what is past its age, and whether it can be written. */
import { createFilesWatch, type FilesWatch } from "../core/health/files-watch.ts";
import { createRunRecord } from "../core/health/run-record.ts";
import { createPresenceExpiry } from "../core/history/presence-expiry.ts";
import type { RetentionClock } from "../core/history/retention-clock.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Storage } from "./open-storage.ts";

export interface HubRecordsOptions extends PartOptions {
  readonly storage: Storage;
  readonly retentionClock: RetentionClock;
}

export interface HubRecords {
  /** For the owner; undefined while `hub.db` can be written. */
  readonly problem: FilesWatch["problem"];
  /** As of the last minute; undefined while it is not known. */
  usedBytes(): number | undefined;
}

const MEASURE_EVERY_MS = 60_000;

export function openHubRecords({ clock, log, own, storage, retentionClock }: HubRecordsOptions): HubRecords {
  const { store, forward, hubFile } = storage;
  own("run record", createRunRecord({ hubFile, clock, log }));
  const { mayExpire } = retentionClock;
  own("presence expiry", createPresenceExpiry({ hubFile, clock, log, mayExpire }));
  const watch = createFilesWatch({
    clock,
    log,
    ask: async () => {
      const found = await hubFile.problem();
      // On a full disk, or without the directory, nothing can be stored at all, which is said already.
      const isSaid = found !== undefined && forward === undefined && (await store.filesProblem()) !== undefined;
      return isSaid ? undefined : found;
    },
    words: { failed: "hub.db cannot be written", works: "hub.db can be written again" },
  });
  let usedBytes: number | undefined;
  const measure = async (): Promise<void> => {
    usedBytes = await hubFile.space().then(
      (space) => space.usedBytes,
      () => undefined,
    );
  };
  void measure();
  own("hub file size", { close: clock.every(MEASURE_EVERY_MS, () => void measure()) });
  return { problem: own("hub file watch", watch).problem, usedBytes: () => usedBytes };
}
