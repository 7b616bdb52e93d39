/** Opens what works behind the readings: upkeep of the store, its size limit, the free space of the disk, the state of devices. */
import { type Backfill, createBackfill } from "../core/derived/backfill.ts";
import type { Registry } from "../core/devices/registry.ts";
import { createStateSaver, type StateSaver } from "../core/devices/state-saver.ts";
import { createDiskWatch, type DiskWatch } from "../core/health/disk-watch.ts";
import { createSizeBound, type SizeBound } from "../core/health/size-bound.ts";
import { createStoreGrowth, type StoreGrowth } from "../core/health/store-growth.ts";
import type { RetentionClock } from "../core/history/retention-clock.ts";
import { createUpkeep } from "../core/history/upkeep.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Alerts } from "./open-alerts.ts";
import type { DerivedParts } from "./open-devices.ts";
import type { Storage } from "./open-storage.ts";

export interface UpkeepPartsOptions extends PartOptions {
  readonly storage: Pick<Storage, "store" | "hubFile" | "keptOfHub">;
  readonly derivedParts: DerivedParts;
  readonly registry: Registry;
  readonly counters: Counters;
  readonly retentionClock: RetentionClock;
  readonly alerts: Alerts;
}

export interface UpkeepParts {
  readonly diskWatch: DiskWatch;
  readonly growth: Pick<StoreGrowth, "now">;
  readonly sizeBound: SizeBound;
  readonly stateSaver: StateSaver;
  readonly backfill: Backfill;
  /** So many readings were stored. */
  stored(readings: number): void;
}

export function openUpkeep(options: UpkeepPartsOptions): UpkeepParts {
  const { config, clock, log, own, storage, derivedParts, registry, counters, retentionClock, alerts } = options;
  const { store, hubFile, keptOfHub } = storage;
  const { rawDays, hourDays, dayDays, maxStoreBytes: maxBytes } = config;
  const retention = { rawDays, hourDays, dayDays, maxBytes };
  const growth = createStoreGrowth(clock);
  const diskWatch = own(
    "disk watch",
    createDiskWatch({
      store,
      clock,
      log,
      onSpace: ({ usedBytes, reusableBytes }) => growth.note(usedBytes - reusableBytes),
    }),
  );
  const stateSaver = own("state saver", createStateSaver({ store, registry, judged: alerts.judged, clock, log }));
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
  const { derivedBook: book, derivation } = derivedParts;
  const saveState = stateSaver.saveNow;
  const backfill = own(
    "backfill",
    createBackfill({ book, derivation, registry, store, hubFile, stored: keptOfHub.records, saveState, clock, log }),
  );
  return {
    backfill,
    diskWatch,
    growth,
    sizeBound,
    stateSaver,
    stored: (readings) => {
      stateSaver.stored(readings);
      upkeep.stored(readings);
      backfill.stored(readings);
    },
  };
}
