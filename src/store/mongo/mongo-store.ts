/** The MongoDB engine, put together from its parts. */
import { randomBytes } from "node:crypto";
import { tryByPages } from "../../core/alerts/trial/trial-pages.ts";
import { messageOf } from "../../core/model/message-of.ts";
import { createSerialQueue } from "../../core/model/serial-queue.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { RemoteStore } from "../../core/ports/outbox.ts";
import { type Store, StoreError } from "../../core/ports/readings-store.ts";
import type { ClockSteps } from "../../core/time/clock-steps.ts";
import { createConnection, type Opened, startFault } from "./db/connection.ts";
import { createInTime, LIMITED, WRITE_WITHIN_MS } from "./db/in-time.ts";
import { createLease } from "./db/lease.ts";
import { asStore } from "./db/store-fault.ts";
import { concernOfCommand } from "./db/write-concern.ts";
import { createHistory } from "./history.ts";
import { readExportChunk, readReadings, readReadingsChunk } from "./read/readings-query.ts";
import { createAppender } from "./write/append.ts";
import { type BrokerJournal, openBrokerJournal } from "./write/broker-journal.ts";
import { createDeviceCursors } from "./write/device-cursors.ts";
import { createDevices } from "./write/devices.ts";
import { createInFlight } from "./write/in-flight.ts";
import { createMarks } from "./write/marks.ts";

export interface MongoStoreOptions {
  readonly url: string;
  /** Kept in the data directory: by it a hub takes its own database back at once. */
  readonly hubId: string;
  readonly clock: Clock;
  /** Over `REDELIVERY_WINDOW_MS`; left out: the clock is taken for steady. */
  readonly clockSteps?: ClockSteps | undefined;
  readonly log: Log;
  /** Another hub has taken the database. */
  readonly onDead: (cause: Error) => void;
  /** For tests: charts of more raw readings than this are drawn from hours and days where those are fine enough. */
  readonly quickReadings?: number | undefined;
}

/**
 * Settles with a store also while MongoDB cannot be reached; `probe` tries again. Rejects with a StartError where a retry is
 * useless: an invalid address, a login that fails, a database that does not fit, another hub that uses it.
 */
export async function openMongoStore(options: MongoStoreOptions): Promise<RemoteStore> {
  const { url, hubId, clock, clockSteps, log, onDead, quickReadings } = options;
  const lease = createLease({ hubId, clock, log, onLost: onDead });
  let journal: BrokerJournal | undefined;
  let closing: Promise<void> | undefined;
  const connection = createConnection({ url, onOpened });
  const collections = () => {
    lease.check();
    return connection.now().collections;
  };
  const db = () => connection.now().db;
  const inFlight = createInFlight();
  const inTime = createInTime(clock);
  const marks = createMarks({
    due: () => collections().due,
    inFlight,
    inTime,
    bootId: randomBytes(6).toString("base64url"),
  });
  const cursors = createDeviceCursors(collections);
  const deviceQueue = createSerialQueue();
  const journalQueue = createSerialQueue();
  const brokerJournal = (): BrokerJournal => {
    if (journal === undefined) throw new StoreError("MongoDB has not been reached since the start", true);
    return journal;
  };
  const appender = createAppender({
    db,
    collections,
    cursors,
    clockSteps,
    marks,
    inFlight,
    inTime,
    deviceQueue,
    writeJournal: (entries) => journalQueue.run(() => brokerJournal().write(entries)),
  });
  const devices = createDevices({ collections, cursors, queue: deviceQueue, inTime });
  const queryParts = { collections, earlierGenerations: cursors.earlierGenerations };
  const history = createHistory({
    db,
    collections,
    cursors,
    marks,
    inFlight,
    // Of upkeep, each task in it is one small write.
    deviceQueue: { ...deviceQueue, run: (task) => deviceQueue.run(() => inTime(task())) },
    appender,
    clock,
    log,
    quickReadings,
  });

  const readings: Store["readings"] = (query) => asStore(() => readReadings(queryParts, query));

  async function onOpened(opened: Opened): Promise<void> {
    await lease.take(opened.collections.meta);
    journal = await openBrokerJournal(connection.brokerDb(), inTime);
    await history.recover();
  }

  async function probe(): Promise<void> {
    const { db: open } = await connection.open();
    lease.check();
    const update = {
      update: "meta",
      updates: [{ q: { _id: "probe" }, u: { $inc: { count: 1 } }, upsert: true }],
      writeConcern: concernOfCommand(open, WRITE_WITHIN_MS),
    };
    await asStore(() => inTime(open.command(update, LIMITED)));
  }

  try {
    await connection.open();
  } catch (error) {
    const fault = startFault(error);
    if (fault !== undefined) {
      await lease.close();
      await connection.close();
      throw fault;
    }
    log.warn("MongoDB cannot be reached", { reason: messageOf(error) });
  }
  return {
    load: () => asStore(devices.load),
    loadJournal: () => asStore(() => brokerJournal().load()),
    append: appender.append,
    repeat: appender.repeat,
    probe,
    unsaved: (take) => asStore(() => devices.unsaved(take)),
    saveState: (states, judged) => asStore(() => devices.saveState(states, judged)),
    nameDevice: (deviceId, names) => asStore(() => devices.nameDevice(deviceId, names)),
    relocate: (deviceIds, to) => asStore(() => devices.relocate(deviceIds, to)),
    setRetention: (deviceId, retention) => asStore(() => devices.setRetention(deviceId, retention)),
    readings,
    tryRule: (spec, goOn) => tryByPages(readings, spec, goOn),
    readingsChunk: (query) => asStore(() => readReadingsChunk(queryParts, query)),
    exportChunk: (query) => asStore(() => readExportChunk(queryParts, query)),
    damaged: () => [],
    filesProblem: async () => undefined,
    ...history.store,
    backup: () =>
      Promise.reject(
        new StoreError(
          "MongoDB is the store: back it up with MongoDB's own tools, such as mongodump (docs/mongodb.md)",
          false,
        ),
      ),
    close: () => {
      closing ??= close();
      return closing;
    },
  };

  async function close(): Promise<void> {
    await history.stop();
    await inFlight.settled();
    await deviceQueue.idle();
    await journal?.close();
    await lease.close();
    await connection.close();
  }
}
