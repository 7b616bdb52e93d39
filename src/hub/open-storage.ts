/** Opens the store and reads from it what memory and broker begin with. */
import type { DamageNotes } from "../core/health/damage.ts";
import { createDiskFaults } from "../core/health/disk-faults.ts";
import type { Journal } from "../core/ports/broker-state.ts";
import type { HubFile, KeptOfHub } from "../core/ports/hub-file.ts";
import type { Store } from "../core/ports/readings-store.ts";
import type { StoredDevice } from "../core/ports/stored-device.ts";
import { refuseNewerFiles } from "../platform/newer-files.ts";
import { type OpenedStore, openStore } from "../store/open-store.ts";
import { openHubFile, refuseNewerHubFile } from "../store/sqlite/hub-file/hub-file.ts";
import type { HubOptions, PartOptions } from "./hub-options.ts";

export interface StorageOptions extends PartOptions, Pick<HubOptions, "onFatal" | "storeLimits"> {
  readonly damage: DamageNotes;
  /** MongoDB refused so many readings that had been acknowledged. */
  readonly onRefused: (count: number) => void;
}

/** What a store keeps for memory and broker. */
export interface Kept {
  readonly devices: readonly StoredDevice[];
  readonly journal: Journal;
}

export interface Storage {
  readonly store: Store;
  /** The outbox before MongoDB; undefined with the embedded store. */
  readonly forward: OpenedStore["forward"];
  readonly kept: Kept;
  /** On this machine, whichever store holds the readings. */
  readonly hubFile: HubFile;
  /** What `hubFile` keeps. */
  readonly keptOfHub: KeptOfHub;
  /** False: MongoDB could not be reached, and `kept` is only what waits in the outbox. */
  readonly isKeptKnown: boolean;
  /** For the owner; undefined while the disk of the store does what it is asked. */
  diskProblem(): string | undefined;
  /** Each `run`, in their order, is given what MongoDB keeps, once, when it is reached for the first time after a start without it. */
  onReached(run: (kept: Kept) => void): void;
  /** `run` is awaited each time before what waits is sent to MongoDB. Once; where it rejects with a passing StoreError, it is asked again. */
  beforeSending(run: () => Promise<void>): void;
}

export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { config, clock, log, own, onFatal, damage, onRefused, storeLimits = {} } = options;
  let reached: Kept | undefined;
  let beforeSending = async (): Promise<void> => undefined;
  const whenReached: ((kept: Kept) => void)[] = [];
  const diskFaults = own("disk faults", createDiskFaults({ clock, log }));
  const { dataDir } = config;
  refuseNewerFiles(dataDir);
  refuseNewerHubFile(dataDir);
  const opened = await openStore({
    config,
    clock,
    log,
    onDead: onFatal,
    onReached: (kept) => {
      reached = kept;
      for (const run of whenReached) run(kept);
    },
    beforeSending: () => beforeSending(),
    onRefused,
    damage,
    diskFaults,
    limits: storeLimits,
  });
  const { forward } = opened;
  const store = own("store", opened.store);
  // Its thread starts while the store is read. Not before the store is open: that locks the directory, and finishes a restore.
  const opening = openHubFile({ dataDir, clock, log, onDead: onFatal, damage, diskFaults });
  const kept = await keptBy(store).catch(async (error: unknown) => {
    await opening.then(({ close }) => close()).catch(() => undefined);
    throw error;
  });
  const isKeptKnown = forward?.isLoaded() ?? true;
  const hubFile = own("hub file", await opening);
  return {
    store,
    forward,
    kept,
    hubFile,
    keptOfHub: await hubFile.load(),
    isKeptKnown,
    diskProblem: diskFaults.problem,
    beforeSending: (run) => {
      beforeSending = run;
    },
    onReached: (run) => {
      whenReached.push(run);
      if (reached !== undefined) run(reached); // while the other parts were opened
    },
  };
}

const keptBy = async (store: Store): Promise<Kept> => ({
  devices: await store.load(),
  journal: await store.loadJournal(),
});
