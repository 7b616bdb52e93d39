/** After a start, or a change of the definitions, reads the readings that averages still need. One device after the other. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Registry } from "../devices/registry.ts";
import { valueInBody } from "../history/value-in-body.ts";
import { messageOf } from "../model/message-of.ts";
import type { ReadingPosition } from "../ports/history.ts";
import type { Log } from "../ports/log.ts";
import type { Store } from "../ports/readings-store.ts";
import type { Derivation } from "./derivation.ts";
import type { DerivedBook } from "./derived-book.ts";
import type { Tracked } from "./device-history.ts";
import { MAX_AVERAGED } from "./terms.ts";

const PAGE = 1_000;
/** Of a metric that is in few of the readings, an average over long begins with less. */
const MOST_PAGES = 20;

export interface WindowLoader {
  /** Settles when it has read what it could; then stops what is under way. */
  close(): Promise<void>;
}

export interface WindowLoaderOptions {
  readonly book: Pick<DerivedBook, "list" | "onChange">;
  readonly derivation: Pick<Derivation, "historyOf">;
  readonly registry: Pick<Registry, "list">;
  readonly store: Pick<Store, "readings">;
  readonly log: Log;
}

export function createWindowLoader({ book, derivation, registry, store, log }: WindowLoaderOptions): WindowLoader {
  let generation = 0;
  let isClosed = false;
  let running = Promise.resolve();
  book.onChange(begin);
  begin();

  function begin(): void {
    const mine = ++generation;
    const isNeeded = book.list().some(({ read }) => read.terms.some(({ kind }) => kind === "average"));
    if (isNeeded) running = running.then(() => loadAll(() => !isClosed && mine === generation));
  }

  async function loadAll(goesOn: () => boolean): Promise<void> {
    for (const { deviceId } of registry.list()) {
      if (!goesOn()) return;
      const tracked = derivation.historyOf(deviceId)?.tracked.filter(({ window }) => window !== undefined) ?? [];
      if (tracked.length === 0) continue;
      try {
        await load(deviceId, tracked, goesOn);
      } catch (error) {
        log.warn("averages start from nothing: the earlier readings cannot be read", { reason: messageOf(error) });
        return;
      }
    }
  }

  async function load(deviceId: DeviceId, tracked: readonly Tracked[], goesOn: () => boolean): Promise<void> {
    for (const { name, overMs, latest, window } of tracked) {
      if (latest === undefined || window === undefined) continue;
      const toMs = window.firstMs ?? latest.atMs + 1;
      const ats: number[] = [];
      const values: number[] = [];
      const range = { deviceId, fromMs: latest.atMs - overMs + 1, toMs, limit: PAGE, order: "desc" } as const;
      let behind: ReadingPosition | undefined;
      for (let page = 0; page < MOST_PAGES && ats.length < MAX_AVERAGED; page++) {
        const found = await store.readings({ ...range, behind });
        if (!goesOn()) return;
        for (const { atMs, body } of found) {
          const value = valueInBody(body, name);
          if (typeof value !== "number" || ats.length === MAX_AVERAGED) continue;
          ats.push(atMs);
          values.push(value);
        }
        behind = found.at(-1);
        if (found.length < PAGE) break;
      }
      window.precede(ats.reverse(), values.reverse());
    }
  }

  return {
    close: async () => {
      isClosed = true;
      await running;
    },
  };
}
