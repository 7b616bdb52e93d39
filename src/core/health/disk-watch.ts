/** Watches the free disk space and the store's files, and warns before the disk is full. */
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Store, StoreSpace } from "../ports/readings-store.ts";
import { createFilesWatch } from "./files-watch.ts";

export interface DiskWatch {
  /** As of the last minute; undefined while it is unknown. */
  space(): StoreSpace | undefined;
  /** For the owner; undefined while there is enough space. */
  problem(): string | undefined;
  /** For the owner: why nothing can be stored, as of the last second. */
  filesProblem(): string | undefined;
  /** Waits for the check that is under way. */
  close(): Promise<void>;
}

const CHECK_EVERY_MS = 60_000;
const MB = 1_000_000;
/** Too little on any disk: it lasts a few boards for some days. */
const LEAST_BYTES = 200 * MB;
/** Less than this is too little if it is also less than a tenth of the disk. */
const SMALL_BYTES = 1_000 * MB;
const SMALL_SHARE = 0.1;
/** The warning ends with a tenth more, so that the log does not alternate. */
const AGAIN = 1.1;

export function createDiskWatch({
  store,
  clock,
  log,
  onSpace,
}: {
  store: Pick<Store, "space" | "filesProblem">;
  clock: Clock;
  log: Log;
  onSpace: (space: StoreSpace) => void;
}): DiskWatch {
  let space: StoreSpace | undefined;
  let low = false;
  let failed = false;
  let looking: Promise<void> | undefined = look();
  const stop = clock.every(CHECK_EVERY_MS, () => {
    looking ??= look();
  });

  const files = createFilesWatch({
    clock,
    log,
    ask: store.filesProblem,
    words: { failed: "nothing can be stored", works: "readings can be stored again" },
  });

  async function look(): Promise<void> {
    try {
      const now = await store.space();
      note(now);
      space = now;
      onSpace(now);
      failed = false;
    } catch (cause) {
      if (!failed) log.debug("the store's disk space is not known", { cause });
      failed = true;
      space = undefined;
    }
    looking = undefined;
  }

  /** A warning stays until enough space is measured. */
  function note(now: StoreSpace): void {
    const { diskFreeBytes, diskBytes } = now;
    const isLow = isShort(now, low ? AGAIN : 1);
    if (isLow && !low) log.warn("the disk is nearly full", { diskFreeBytes, diskBytes });
    if (!isLow && low) log.info("the disk has enough free space again", { diskFreeBytes, diskBytes });
    low = isLow;
  }

  return {
    space: () => space,
    problem: () => {
      if (!low) return undefined;
      const free = space === undefined ? "little" : `${Math.round(space.diskFreeBytes / MB)} MB`;
      return `The disk of the data directory is nearly full, ${free} is free: free some space, or keep less (AERIE_RAW_DAYS, AERIE_MAX_STORE_BYTES)`;
    },
    filesProblem: files.problem,
    close: async () => {
      stop();
      await Promise.all([looking, files.close()]);
    },
  };
}

function isShort({ diskFreeBytes, diskBytes }: StoreSpace, factor: number): boolean {
  if (diskFreeBytes < LEAST_BYTES * factor) return true;
  return diskFreeBytes < SMALL_BYTES * factor && diskFreeBytes < diskBytes * SMALL_SHARE * factor;
}
