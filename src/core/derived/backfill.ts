/** Recomputes derived metrics of stored readings: device after device, in small steps between which readings are stored. */

import type { BackfillRecord, FinishedBackfill } from "../../contract/derived.ts";
import type { DeviceId } from "../../contract/readings.ts";
import { allowedSilenceMs } from "../../contract/silence.ts";
import type { Registry } from "../devices/registry.ts";
import { MIN_PAUSE_MS, PAUSE_BUSY, PAUSE_IDLE } from "../history/upkeep.ts";
import { messageOf } from "../model/message-of.ts";
import { MetricList } from "../model/metric-list.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import { isPassing, type Store } from "../ports/readings-store.ts";
import { backfillsIn, finishedChange, finishedIn, newRecord, nextDevice, recordChange } from "./backfill-record.ts";
import { type ReadDefinition, relatedTo } from "./definition-faults.ts";
import type { Derivation } from "./derivation.ts";
import type { DerivedBook } from "./derived-book.ts";
import { NO_HISTORY } from "./device-history.ts";

export interface BackfillProgress {
  readonly startedAtMs: number;
  readonly devices: number;
  readonly devicesDone: number;
  readonly readings: number;
  readonly changed: number;
  /** The device that is being computed; readings before that instant are done. */
  readonly at: { readonly deviceId: string; readonly atMs: number } | undefined;
  /** Why it stands still. */
  readonly problem: string | undefined;
}

/** A backfill that came to its end. */
export interface LastBackfill extends Pick<FinishedBackfill, "finishedAtMs" | "readings" | "changed"> {
  /** What it computed is no longer what the definitions say. */
  readonly isOutdated: boolean;
}

export interface Backfill {
  /** Settles when it is known on disk, and then continues by itself. One that is under way restarts. False: there is no such definition. */
  begin(definitionId: string): Promise<boolean>;
  /** Settles when it is over on disk. What it has computed stays. False: there is no such definition. */
  cancel(definitionId: string): Promise<boolean>;
  /** Undefined: none is under way. */
  progressOf(definitionId: string): BackfillProgress | undefined;
  /** Undefined: none came to its end, also before this start. */
  lastOf(definitionId: string): LastBackfill | undefined;
  /** `count` readings were stored: ingest is busy. */
  stored(count: number): void;
  /** Waits for the step that is under way. What is left resumes at the next start. */
  close(): Promise<void>;
}

export interface BackfillOptions {
  readonly book: Pick<DerivedBook, "list" | "ofDevice" | "onChange">;
  readonly registry: Pick<Registry, "list" | "get" | "admitMetrics" | "dropLatest" | "restoreLatest">;
  readonly derivation: Pick<Derivation, "recall">;
  readonly store: Pick<Store, "derive" | "latestOf">;
  readonly hubFile: Pick<HubFile, "write">;
  readonly stored: readonly StoredRecord[];
  /** Saves the latest values. */
  readonly saveState: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const FIRST_AFTER_MS = 1_000;
const AGAIN_AFTER_MS = 10_000;
/** After a kill at most so much is computed once more. */
const KEEP_EVERY_MS = 2_000;
const MOST_PAUSE_MS = 10_000;

export function createBackfill(options: BackfillOptions): Backfill {
  const { book, registry, derivation, store, hubFile, saveState, clock, log } = options;
  /** The first is under way. */
  const jobs = new Map<string, BackfillRecord>(backfillsIn(options.stored));
  const finished = new Map<string, FinishedBackfill>(finishedIn(options.stored));
  let arrived = 0;
  let keptMs = clock.monotonicMs();
  let problem: string | undefined;
  let cancel: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let isClosed = false;
  book.onChange(wake);
  book.onChange(dropDeleted);
  if (jobs.size > 0) plan(FIRST_AFTER_MS);

  function plan(delayMs: number): void {
    if (isClosed) return;
    cancel?.();
    cancel = clock.after(delayMs, run);
  }

  function wake(): void {
    if (jobs.size > 0 && running === undefined) plan(MIN_PAUSE_MS);
  }

  function run(): void {
    const [first] = jobs;
    if (first === undefined || isClosed) return;
    const sinceMs = clock.monotonicMs();
    running = step(...first).then(
      () => {
        problem = undefined;
        const share = arrived > 0 ? PAUSE_BUSY : PAUSE_IDLE;
        arrived = 0;
        after(Math.max(MIN_PAUSE_MS, Math.min(share * (clock.monotonicMs() - sinceMs), MOST_PAUSE_MS)));
      },
      (error: unknown) => {
        if (problem === undefined) log.warn("a backfill is paused; the hub tries again", { reason: messageOf(error) });
        problem = messageOf(error);
        if (!isPassing(error))
          log.error("a derived metric of stored readings could not be recomputed", { cause: error });
        after(AGAIN_AFTER_MS);
      },
    );
  }

  function after(delayMs: number): void {
    running = undefined;
    if (jobs.size > 0) plan(delayMs);
  }

  async function step(id: string, before: BackfillRecord): Promise<void> {
    const definition = book.list().find((each) => each.id === id);
    if (definition === undefined) return finish(id, before); // it was deleted
    const key = keyOf(definition);
    const job = before.key === key ? before : newRecord(before.startedAtMs, key);
    const deviceId = nextDevice(devicesOf(definition), job.doneId);
    if (deviceId === undefined) {
      const { readings, changed } = job;
      await finish(id, before, { finishedAtMs: clock.nowMs(), key, readings, changed });
      return log.info("a derived metric was recomputed", { id, readings, changed });
    }
    const at = job.at?.deviceId === deviceId ? job.at : { deviceId, fromMs: 0, history: NO_HISTORY };
    const definitions = definitionsOf(deviceId, definition);
    const silenceMs = allowedSilenceMs(registry.get(deviceId)?.rhythm.intervalMs);
    const done = await store.derive({ deviceId, fromMs: at.fromMs, definitions, history: at.history, silenceMs });
    const counts = { readings: job.readings + done.readings, changed: job.changed + done.changed };
    if (done.toMs !== undefined) {
      const { toMs: fromMs, history } = done;
      return keep(id, before, { ...job, ...counts, at: { deviceId, fromMs, history: copied(history) } }, false);
    }
    derivation.recall(deviceId, at.history);
    await show(
      deviceId,
      definitions.map(({ metric }) => metric),
    );
    const { at: _at, ...rest } = job;
    await keep(id, before, { ...rest, ...counts, doneId: deviceId, devicesDone: job.devicesDone + 1 }, true);
  }

  /** `before`: what it was when the step began; where it has restarted since, the step does not count. */
  async function keep(id: string, before: BackfillRecord, job: BackfillRecord, isImportant: boolean): Promise<void> {
    if (jobs.get(id) !== before) return;
    jobs.set(id, job);
    if (!isImportant && clock.monotonicMs() - keptMs < KEEP_EVERY_MS) return;
    await hubFile.write([recordChange(id, job)]);
    keptMs = clock.monotonicMs();
  }

  /** `done` undefined: it did not come to its end. */
  async function finish(id: string, job: BackfillRecord, done?: FinishedBackfill): Promise<void> {
    if (jobs.get(id) !== job) return;
    jobs.delete(id);
    try {
      await hubFile.write([recordChange(id, undefined), ...(done === undefined ? [] : [finishedChange(id, done)])]);
      if (done !== undefined) finished.set(id, done);
    } catch (error) {
      if (!jobs.has(id)) jobs.set(id, job);
      throw error;
    }
  }

  function dropDeleted(): void {
    const gone = [...finished.keys()].filter((id) => !book.list().some((each) => each.id === id));
    if (gone.length === 0) return;
    for (const id of gone) finished.delete(id);
    hubFile
      .write(gone.map((id) => finishedChange(id, undefined)))
      .catch((cause: unknown) => log.warn("what is kept of finished backfills could not be deleted", { cause }));
  }

  /** Memory has the newest of what is stored, also of a device that sends nothing now; and a start has it. */
  async function show(deviceId: DeviceId, metrics: readonly string[]): Promise<void> {
    registry.admitMetrics(
      deviceId,
      new MetricList(
        metrics,
        metrics.map(() => 0),
      ),
    );
    registry.dropLatest(deviceId, (metric) => metrics.includes(metric));
    registry.restoreLatest(deviceId, metrics, await store.latestOf(deviceId, metrics));
    await saveState();
  }

  const devicesOf = ({ id }: ReadDefinition): DeviceId[] =>
    registry
      .list()
      .flatMap(({ deviceId }) => (book.ofDevice(deviceId).some((each) => each.id === id) ? [deviceId] : []));

  function definitionsOf(deviceId: DeviceId, { metric }: ReadDefinition) {
    const related = relatedTo(metric, book.list());
    return book
      .ofDevice(deviceId)
      .filter((each) => related.has(each.metric))
      .map(({ metric: name, expression }) => ({ metric: name, expression }));
  }

  function keyOf({ metric }: ReadDefinition): string {
    const related = relatedTo(metric, book.list());
    const those = book.list().filter((each) => related.has(each.metric));
    return JSON.stringify(those.map(({ id, metric: name, expression, scope }) => [id, name, expression, scope]));
  }

  return {
    begin: async (id) => {
      const definition = book.list().find((each) => each.id === id);
      if (definition === undefined) return false;
      const job = newRecord(clock.nowMs(), keyOf(definition));
      await hubFile.write([recordChange(id, job)]);
      jobs.set(id, job);
      wake();
      return true;
    },
    cancel: async (id) => {
      const job = jobs.get(id);
      if (job !== undefined) await finish(id, job);
      return book.list().some((each) => each.id === id);
    },
    progressOf: (id) => {
      const job = jobs.get(id);
      const definition = book.list().find((each) => each.id === id);
      if (job === undefined || definition === undefined) return undefined;
      const { startedAtMs, devicesDone, readings, changed, at } = job;
      return {
        startedAtMs,
        devices: Math.max(devicesDone, devicesOf(definition).length),
        devicesDone,
        readings,
        changed,
        at: at && { deviceId: at.deviceId, atMs: at.fromMs },
        problem: jobs.keys().next().value === id ? problem : undefined,
      };
    },
    lastOf: (id) => {
      const done = finished.get(id);
      const definition = book.list().find((each) => each.id === id);
      if (done === undefined || definition === undefined) return undefined;
      const { finishedAtMs, readings, changed, key } = done;
      return { finishedAtMs, readings, changed, isOutdated: key !== keyOf(definition) };
    },
    stored: (count) => {
      arrived += count;
    },
    close: async () => {
      isClosed = true;
      cancel?.();
      await running;
    },
  };
}

/** Lists that may be changed, as the schema of the record has them. */
const copied = (history: Parameters<Store["derive"]>[0]["history"]): NonNullable<BackfillRecord["at"]>["history"] => ({
  latest: history.latest.map(([metric, value, atMs]) => [metric, value, atMs]),
  windows: history.windows.map(([metric, ats, values]) => [metric, [...ats], [...values]]),
});
