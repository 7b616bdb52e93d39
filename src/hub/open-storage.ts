/** Opens the store and reads from it what memory and broker begin with. */
import type { DamageNotes } from "../core/health/damage.ts";
import { createDiskFaults } from "../core/health/disk-faults.ts";
import type { Journal } from "../core/ports/broker-state.ts";
import type { Store } from "../core/ports/readings-store.ts";
import type { StoredDevice } from "../core/ports/stored-device.ts";
import { refuseNewerFiles } from "../platform/newer-files.ts";
import { type OpenedStore, openStore } from "../store/open-store.ts";
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
  /** False: MongoDB could not be reached, and `kept` is only what waits in the outbox. */
  readonly isKeptKnown: boolean;
  /** For the owner; undefined while the disk of the store does what it is asked. */
  diskProblem(): string | undefined;
  /** `run` is given what MongoDB keeps, once, when it is reached for the first time after a start without it. */
  onReached(run: (kept: Kept) => void): void;
}

export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { config, clock, log, own, onFatal, damage, onRefused, storeLimits = {} } = options;
  let reached: Kept | undefined;
  let onReached = (kept: Kept): void => {
    reached = kept;
  };
  const diskFaults = own("disk faults", createDiskFaults({ clock, log }));
  refuseNewerFiles(config.dataDir);
  const opened = await openStore({
    config,
    clock,
    log,
    onDead: onFatal,
    onReached: (kept) => onReached(kept),
    onRefused,
    damage,
    diskFaults,
    limits: storeLimits,
  });
  const { forward } = opened;
  const store = own("store", opened.store);
  const devices = await store.load();
  const isKeptKnown = forward?.isLoaded() ?? true;
  const journal = await store.loadJournal();
  return {
    store,
    forward,
    kept: { devices, journal },
    isKeptKnown,
    diskProblem: diskFaults.problem,
    onReached: (run) => {
      onReached = run;
      if (reached !== undefined) run(reached); // while the other parts were opened
    },
  };
}
