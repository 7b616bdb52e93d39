/** Loads the store as it was built: a worker thread takes no TypeScript. The one place here that knows where it is. */
import type { MetricValue } from "../../src/contract/readings.ts";
import type { ReadingMetrics } from "../../src/core/metric-list.ts";
import type { Log, LogFields, Store } from "../../src/core/ports.ts";

interface StoreModule {
  openSqliteStore(options: { dataDir: string; log: Log; onDead: (cause: Error) => void }): Promise<Store>;
}

interface MetricListModule {
  MetricList: new (shape: readonly string[], values: readonly MetricValue[]) => ReadingMetrics;
}

export interface BuiltStore {
  open(dataDir: string): Promise<Store>;
  metricsOf(shape: readonly string[], values: readonly MetricValue[]): ReadingMetrics;
}

const built = (file: string): string => new URL(`../../dist/src/${file}`, import.meta.url).href;

/** `onTrouble` gets what the store warns of, and its death. */
export async function loadBuiltStore(onTrouble: (words: string) => void): Promise<BuiltStore> {
  const { openSqliteStore } = (await import(built("store/sqlite/sqlite-store.js"))) as StoreModule;
  const { MetricList } = (await import(built("core/metric-list.js"))) as MetricListModule;
  const say = (event: string, fields: LogFields = {}): void =>
    onTrouble(`the store: ${event} ${JSON.stringify(fields)}`);
  const log: Log = { debug: () => {}, info: () => {}, warn: say, error: say };
  return {
    open: (dataDir) =>
      openSqliteStore({ dataDir, log, onDead: (cause) => onTrouble(`the store's thread died: ${cause.message}`) }),
    metricsOf: (shape, values) => new MetricList(shape, values),
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
