/** Opens what works behind the readings: upkeep of the store, its size limit, the free space of the disk, the state of devices. */
import type { Registry } from "../core/devices/registry.ts";
import { createStateSaver, type StateSaver } from "../core/devices/state-saver.ts";
import { createDiskWatch, type DiskWatch } from "../core/health/disk-watch.ts";
import { createSizeBound, type SizeBound } from "../core/health/size-bound.ts";
import type { RetentionClock } from "../core/history/retention-clock.ts";
import { createUpkeep } from "../core/history/upkeep.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { Store } from "../core/ports/readings-store.ts";
import type { PartOptions } from "./hub-options.ts";

export interface UpkeepPartsOptions extends PartOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly counters: Counters;
  readonly retentionClock: RetentionClock;
}

export interface UpkeepParts {
  readonly diskWatch: DiskWatch;
  readonly sizeBound: SizeBound;
  readonly stateSaver: StateSaver;
  /** So many readings were stored. */
  stored(readings: number): void;
}

export function openUpkeep(options: UpkeepPartsOptions): UpkeepParts {
  const { config, clock, log, own, store, registry, counters, retentionClock } = options;
  const { rawDays, hourDays, dayDays, maxStoreBytes: maxBytes } = config;
  const retention = { rawDays, hourDays, dayDays, maxBytes };
  const diskWatch = own("disk watch", createDiskWatch({ store, clock, log }));
  const stateSaver = own("state saver", createStateSaver({ store, registry, clock, log }));
  const sizeBound = createSizeBound({ clock, log, retention });
  const upkeep = own(
    "upkeep",
    createUpkeep({
      store,
      clock,
      log,
      retention,
      mayExpire: retentionClock.mayExpire,
      onStep: (step, request) => {
        sizeBound.noteStep(step, request);
        counters.upkeep(step);
      },
    }),
  );
  return {
    diskWatch,
    sizeBound,
    stateSaver,
    stored: (readings) => {
      stateSaver.stored(readings);
      upkeep.stored(readings);
    },
  };
}
