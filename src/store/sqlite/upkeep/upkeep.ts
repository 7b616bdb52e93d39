/** One small step of what keeps the store small and true, each kind in its turn. Runs in the writer's thread; decides no pace. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { UpkeepRequest, UpkeepStep } from "../../../core/ports/upkeep.ts";
import { isDamage } from "../db/file-damage.ts";
import { pragma } from "../db/space.ts";
import type { HotLedger } from "../write/hot-ledger.ts";
import type { Forgetter } from "./forgetter.ts";
import type { RollupKeeper } from "./rollup-keeper.ts";
import type { Sealer } from "./sealer.ts";

export interface UpkeepParts {
  readonly db: DatabaseSyncInstance;
  readonly ledger: HotLedger;
  readonly sealer: Sealer;
  readonly rollups: RollupKeeper;
  readonly forgetter: Forgetter;
  /** Of a page of the file: the step went on with what is whole. */
  readonly onFault: (reason: string) => void;
}

type Did = Omit<UpkeepStep, "hot">;

/** Free pages are used again; only what is more than this, and more than a tenth, is given back, some at a time. */
const KEPT_FREE_PAGES = 16;
const GIVE_BACK_PAGES = 128;

export function createUpkeep({
  db,
  ledger,
  sealer,
  rollups,
  forgetter,
  onFault,
}: UpkeepParts): (request: UpkeepRequest) => UpkeepStep {
  const kinds: ((request: UpkeepRequest) => Did | undefined)[] = [
    ({ nowMs }) => did("sealed", sealer.step(nowMs)),
    () => did("sealed", sealer.clear()),
    ({ nowMs }) => (rollups.step(nowMs) ? { did: "rolledUp", readings: 0 } : undefined),
    forget,
    () => giveBack(db),
  ];
  let next = 0;

  /** A damaged page stops one kind of work, and none of the others. */
  function whole<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      onFault((error as Error).message);
      return undefined;
    }
  }

  function forget(request: UpkeepRequest): Did | undefined {
    const forgot = forgetter.step(request);
    if (forgot === undefined) return undefined;
    return forgot === "tooLarge" ? { did: "nothing", readings: 0, tooLarge: true } : forgot;
  }

  return (request) => {
    let said: Did = { did: "nothing", readings: 0 };
    // Begins behind the kind that worked last, so that none waits for another to run out of work.
    for (let tried = 0; tried < kinds.length; tried++) {
      const kind = kinds[next];
      next = (next + 1) % kinds.length;
      const done = whole(() => kind?.(request));
      if (done === undefined) continue;
      said = done;
      if (done.did !== "nothing") break;
    }
    return { ...said, hot: ledger.total() };
  };
}

const did = (what: "sealed", readings: number): Did | undefined => (readings > 0 ? { did: what, readings } : undefined);

function giveBack(db: DatabaseSyncInstance): Did | undefined {
  const free = pragma(db, "freelist_count");
  if (free <= KEPT_FREE_PAGES || free <= pragma(db, "page_count") / 10) return undefined;
  db.exec(`PRAGMA incremental_vacuum(${GIVE_BACK_PAGES})`);
  return { did: "gaveBack", readings: 0 };
}
