/** A store whose every append waits for the test to say what becomes of it. Keeps no reading. */
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { EraseRequest } from "../../../src/core/ports/history.ts";
import { type Store, StoreError, type StoreSpace } from "../../../src/core/ports/readings-store.ts";
import type { DeviceState, LatestMetric, Retention } from "../../../src/core/ports/stored-device.ts";
import type { UpkeepRequest, UpkeepStep } from "../../../src/core/ports/upkeep.ts";
import type { Write, WriteOutcome, WritesOfMessage } from "../../../src/core/ports/writes.ts";

export interface HeldAppend {
  readonly messages: readonly WritesOfMessage[];
  /** All of it is stored, or becomes what is said. */
  take(outcomes?: WriteOutcome[][]): Promise<void>;
  /** It may go by itself: a full disk. */
  failPassing(reason?: string): Promise<void>;
  failForGood(reason?: string): Promise<void>;
}

export interface MemoryStore extends Store {
  /** Every append so far, in order. */
  readonly appends: readonly HeldAppend[];
  readonly saved: readonly (readonly DeviceState[])[];
  readonly probes: number;
  /** Judges each append at once in place of the test; undefined holds it. */
  script: ((messages: readonly WritesOfMessage[]) => WriteOutcome[][] | StoreError) | undefined;
  /** Of `probe`, `saveState`, `upkeep`, `latestOf` and `space`; undefined: they go well. */
  failure: StoreError | undefined;
  /** Every step of upkeep that was asked for. */
  readonly requests: readonly UpkeepRequest[];
  /** Carries out upkeep in place of the store, which finds nothing to do. */
  onUpkeep: ((request: UpkeepRequest) => Promise<UpkeepStep>) | undefined;
  /** What was erased, and what comes between. */
  readonly erased: readonly EraseRequest[];
  onErase: (() => Promise<void>) | undefined;
  /** What `latestOf` finds. */
  readonly newest: Map<string, LatestMetric>;
  readonly retentions: Map<DeviceId, Partial<Retention>>;
  room: StoreSpace;
}

/** Lets everything run that waits for nothing but its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const passing = (reason = "database or disk is full"): StoreError => new StoreError(reason, true);
export const forGood = (reason = "constraint failed"): StoreError => new StoreError(reason, false);

export const allStored = (messages: readonly WritesOfMessage[]): WriteOutcome[][] =>
  messages.map((writes) => writes.map((_: Write, n) => ({ kind: "stored", n })));

export function createMemoryStore(): MemoryStore {
  const appends: HeldAppend[] = [];
  const saved: (readonly DeviceState[])[] = [];
  const requests: UpkeepRequest[] = [];
  const erased: EraseRequest[] = [];
  let probes = 0;

  function hold(messages: readonly WritesOfMessage[]): Promise<WriteOutcome[][]> {
    return new Promise((resolve, reject) => {
      const settle = (run: () => void): Promise<void> => {
        run();
        return turn();
      };
      appends.push({
        messages,
        take: (outcomes = allStored(messages)) => settle(() => resolve(outcomes)),
        failPassing: (reason) => settle(() => reject(passing(reason))),
        failForGood: (reason) => settle(() => reject(forGood(reason))),
      });
    });
  }

  const store: MemoryStore = {
    appends,
    saved,
    get probes() {
      return probes;
    },
    script: undefined,
    failure: undefined,
    requests,
    onUpkeep: undefined,
    erased,
    onErase: undefined,
    newest: new Map(),
    retentions: new Map(),
    room: { usedBytes: 0, reusableBytes: 0, diskFreeBytes: 1e12, diskBytes: 1e12 },
    load: async () => [],
    loadJournal: async () => ({
      sessions: [],
      subscriptions: [],
      retained: [],
      deliveries: [],
      inbound: [],
      wills: [],
    }),
    append: async (messages) => {
      const held = hold(messages);
      if (store.script === undefined) return held;
      const verdict = store.script(messages);
      if (verdict instanceof StoreError) throw verdict;
      return verdict;
    },
    probe: async () => {
      probes++;
      if (store.failure !== undefined) throw store.failure;
    },
    unsaved: async () => {},
    saveState: async (devices, judged) => {
      await judged;
      saved.push(devices);
      if (store.failure !== undefined) throw store.failure;
    },
    nameDevice: async () => {},
    relocate: async () => {},
    deleteDevice: async () => {},
    readings: async () => [],
    tryRule: async () => ({ events: [], fired: 0, readings: 0, isComplete: true }),
    readingsChunk: async () => ({ json: new Uint8Array(), readings: 0, behind: undefined, damaged: [] }),
    series: async () => ({ resolutionMs: 0, columns: [], damaged: [] }),
    rollups: async () => [],
    exportChunk: async () => ({ lines: new Uint8Array(), readings: 0, behind: undefined, damaged: [] }),
    latestOf: async (_deviceId, metrics) => {
      if (store.failure !== undefined) throw store.failure;
      return new Map([...store.newest].filter(([name]) => metrics.includes(name)));
    },
    damaged: () => [],
    setRetention: async (deviceId, retention) => void store.retentions.set(deviceId, retention),
    erase: async (request) => {
      erased.push(request);
      await store.onErase?.();
    },
    derive: async ({ history }) => ({ toMs: undefined, history, readings: 0, changed: 0 }),
    rebuild: async (hours) => hours.map(() => true),
    upkeep: async (request) => {
      requests.push(request);
      if (store.failure !== undefined) throw store.failure;
      return store.onUpkeep?.(request) ?? { did: "nothing", readings: 0, hot: 0 };
    },
    backup: async () => {},
    stats: async () => ({
      devices: 0,
      readings: 0,
      hotReadings: 0,
      segments: 0,
      bytes: { hot: 0, segments: 0, rollups: 0, journal: 0, other: 0, free: 0, log: 0 },
      oldestMs: undefined,
    }),
    space: async () => {
      if (store.failure !== undefined) throw store.failure;
      return store.room;
    },
    filesProblem: async () => undefined,
    close: async () => {},
  };
  return store;
}
