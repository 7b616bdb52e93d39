/** Loads the store as it was built: a worker thread takes no TypeScript. The one place here that knows where it is. */
import type { MetricValue } from "../../../src/contract/readings.ts";
import type { ReadingMetrics } from "../../../src/core/model/metric-list.ts";
import type { Clock } from "../../../src/core/ports/clock.ts";
import type { Log, LogFields } from "../../../src/core/ports/log.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { RemoteStore } from "../../../src/core/ports/outbox.ts";

interface StoreModule {
  openSqliteStore(options: { dataDir: string; log: Log; onDead: (cause: Error) => void }): Promise<Store>;
}

interface MongoModule {
  openMongoStore(options: {
    url: string;
    hubId: string;
    clock: Clock;
    log: Log;
    onDead: (cause: Error) => void;
  }): Promise<RemoteStore>;
}

interface ClockModule {
  systemClock: Clock;
}

interface MetricListModule {
  MetricList: new (names: readonly string[], values: readonly MetricValue[]) => ReadingMetrics;
}

export interface BuiltStore {
  open(dataDir: string): Promise<Store>;
  openMongo(url: string): Promise<Store>;
  metricsOf(names: readonly string[], values: readonly MetricValue[]): ReadingMetrics;
}

const built = (file: string): string => new URL(`../../../dist/src/${file}`, import.meta.url).href;

/** `onTrouble` gets what the store warns of, and its death. */
export async function loadBuiltStore(onTrouble: (words: string) => void): Promise<BuiltStore> {
  const { openSqliteStore } = (await import(built("store/sqlite/sqlite-store.js"))) as StoreModule;
  const { openMongoStore } = (await import(built("store/mongo/mongo-store.js"))) as MongoModule;
  const { systemClock: clock } = (await import(built("platform/clock.js"))) as ClockModule;
  const { MetricList } = (await import(built("core/model/metric-list.js"))) as MetricListModule;
  const say = (event: string, fields: LogFields = {}): void =>
    onTrouble(`the store: ${event} ${JSON.stringify(fields)}`);
  const log: Log = { debug: () => {}, info: () => {}, warn: say, error: say };
  const onDead = (cause: Error): void => onTrouble(`the store died: ${cause.message}`);
  return {
    open: (dataDir) => openSqliteStore({ dataDir, log, onDead }),
    openMongo: async (url) => {
      const store = await openMongoStore({ url, hubId: "bench", clock, log, onDead });
      await store.probe();
      return store;
    },
    metricsOf: (names, values) => new MetricList(names, values),
  };
}

/** Undefined where this build of the store cannot do it yet. */
export async function ifBuilt<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.message === "not built yet") return undefined;
    throw error;
  }
}
