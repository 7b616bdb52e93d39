/** Does one small step of upkeep, each kind of work in its turn. Runs in the writer's thread. */

import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { UpkeepRequest, UpkeepStep } from "../../../core/ports/upkeep.ts";
import { type DiskFault, diskFaultOf } from "../db/disk-fault.ts";
import { isDamage } from "../db/file-damage.ts";
import { pragma } from "../db/space.ts";
import type { HotCounts } from "../write/hot-counts.ts";
import type { UpkeepConditions } from "./conditions.ts";
import type { RetentionSteps } from "./retention.ts";
import type { RollupUpdater } from "./rollup-updater.ts";
import type { Sealer } from "./sealer.ts";

export interface UpkeepParts {
  readonly db: DatabaseSyncInstance;
  readonly hotCounts: HotCounts;
  readonly sealer: Sealer;
  readonly rollups: RollupUpdater;
  readonly retention: RetentionSteps;
  /** A page of the file is damaged: the step continued with the others. */
  readonly onFault: (reason: string) => void;
}

type Did = Omit<UpkeepStep, "hot" | "failed">;

/** `fault`: of a kind of work that failed because of the disk; the others continue. */
export type StoreStep = Did & { readonly hot: number; readonly fault: DiskFault | undefined };

/** Free pages are reused. Only more than this, and more than a tenth of the file, are returned to the disk, some at a time. */
const KEPT_FREE_PAGES = 16;
const GIVE_BACK_PAGES = 128;

export type Upkeep = (request: UpkeepRequest, conditions: UpkeepConditions) => StoreStep;

export function createUpkeep({ db, hotCounts, sealer, rollups, retention, onFault }: UpkeepParts): Upkeep {
  const kinds: ((request: UpkeepRequest, conditions: UpkeepConditions) => Did | undefined)[] = [
    ({ nowMs }, { clockSteps }) => did("sealed", sealer.step({ nowMs, clockSteps })),
    () => did("sealed", sealer.clear()),
    ({ nowMs }) => (rollups.step(nowMs) ? { did: "rolledUp", readings: 0 } : undefined),
    expire,
    () => giveBack(db),
  ];
  let next = 0;
  /** Kinds of work whose last try failed because of the disk. */
  const failed = new Map<number, DiskFault>();

  /** A damaged page, or a failing disk, stops one kind of work and not the others. */
  function whole<T>(index: number, work: () => T): T | undefined {
    try {
      const done = work();
      failed.delete(index);
      return done;
    } catch (error) {
      const fault = diskFaultOf(error);
      if (fault !== undefined) failed.set(index, fault);
      else if (isDamage(error)) onFault((error as Error).message);
      else throw error;
      return undefined;
    }
  }

  function expire(request: UpkeepRequest, conditions: UpkeepConditions): Did | undefined {
    const done = retention.step(request, conditions);
    if (done === undefined) return undefined;
    return done === "tooLarge" ? { did: "nothing", readings: 0, tooLarge: true } : done;
  }

  return (request, conditions) => {
    let said: Did = { did: "nothing", readings: 0 };
    // Begins behind the kind that worked last, so that no kind waits for another to finish all its work.
    for (let tried = 0; tried < kinds.length; tried++) {
      const index = next;
      const kind = kinds[index];
      next = (next + 1) % kinds.length;
      if (conditions.isFull && kind !== expire) continue;
      const done = whole(index, () => kind?.(request, conditions));
      if (done === undefined) continue;
      said = done;
      if (done.did !== "nothing") break;
    }
    return { ...said, hot: hotCounts.total(), fault: [...failed.values()][0] ?? sealer.diskFault() };
  };
}

const did = (what: "sealed", readings: number): Did | undefined => (readings > 0 ? { did: what, readings } : undefined);

function giveBack(db: DatabaseSyncInstance): Did | undefined {
  const free = pragma(db, "freelist_count");
  if (free <= KEPT_FREE_PAGES || free <= pragma(db, "page_count") / 10) return undefined;
  db.exec(`PRAGMA incremental_vacuum(${GIVE_BACK_PAGES})`);
  return { did: "gaveBack", readings: 0 };
}
