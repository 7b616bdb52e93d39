/** The connection to MongoDB: made, lost and made again, and the databases checked once it is there. Stores no reading. */
import { type Db, MongoClient, type MongoClientOptions, MongoServerSelectionError } from "mongodb";
import { StartError } from "../../../core/model/start-error.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";
import { type Collections, collectionsOf } from "./collections.ts";
import { processorReason } from "./cpu-support.ts";
import { prepareDatabase } from "./schema.ts";
import { toStoreError, wordsOf } from "./store-fault.ts";

/** What is there once MongoDB was reached and found as it must be. */
export interface Opened {
  readonly db: Db;
  readonly collections: Collections;
}

export interface Connection {
  /** Throws a passing StoreError where it has not been reached yet. */
  now(): Opened;
  /** Reaches it and checks what is there, where that was not done; settles at once where it was. */
  open(): Promise<Opened>;
  /** The database beside it for what the MQTT broker must not forget. */
  brokerDb(): Db;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  /** Told once it is there, before `open` settles. */
  readonly onOpened: (opened: Opened) => Promise<void>;
}

const REACH_MS = 2_500;
const DEFAULT_DATABASE = "aerie";

const OPTIONS: MongoClientOptions = {
  appName: "aerie",
  serverSelectionTimeoutMS: REACH_MS,
  connectTimeoutMS: REACH_MS,
  // A chart over a long range takes its time; what must not wait has a limit of its own.
  socketTimeoutMS: 60_000,
  writeConcern: { w: "majority", journal: true },
  readConcern: { level: "local" },
  heartbeatFrequencyMS: 2_000,
  maxPoolSize: 20,
  promoteLongs: true,
};

/** Throws a StartError where the address itself cannot work. */
export function createConnection({ url, onOpened }: ConnectionOptions): Connection {
  let client = newClient(url);
  let opened: Opened | undefined;
  let opening: Promise<Opened> | undefined;
  let isClosed = false;

  function now(): Opened {
    if (opened !== undefined) return opened;
    throw new StoreError("MongoDB has not been reached since the start", true);
  }

  async function reach(): Promise<Opened> {
    try {
      await client.connect();
      await client.db("admin").command({ ping: 1 }, { timeoutMS: REACH_MS });
      const db = client.db(databaseName(url));
      const collections = collectionsOf(db);
      await prepareDatabase(db);
      opened = { db, collections };
      await onOpened(opened);
      return opened;
    } catch (error) {
      opened = undefined;
      // One whose first connection failed is of no use any more.
      await client.close().catch(() => undefined);
      if (!isClosed) client = newClient(url);
      throw error instanceof StartError ? error : toStoreError(withHint(error, url));
    } finally {
      opening = undefined;
    }
  }

  function open(): Promise<Opened> {
    if (opened !== undefined) return Promise.resolve(opened);
    opening ??= reach();
    return opening;
  }

  return {
    now,
    open,
    brokerDb: () => client.db(`${databaseName(url)}_mqtt`),
    close: async () => {
      isClosed = true;
      await opening?.catch(() => undefined);
      await client.close().catch(() => undefined);
    },
  };
}

/** As the address names it; a driver left to itself would take `test`. */
function databaseName(url: string): string {
  const name = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]+)/.exec(url)?.[1];
  return name === undefined ? DEFAULT_DATABASE : decodeURIComponent(name);
}

function newClient(url: string): MongoClient {
  try {
    return new MongoClient(url, OPTIONS);
  } catch (error) {
    throw new StartError(`AERIE_MONGODB_URL cannot work: ${wordsOf(error)}`, 2, error);
  }
}

/** Where nothing answers on this machine itself, its processor may be why. */
function withHint(error: unknown, url: string): unknown {
  const why = error instanceof MongoServerSelectionError && isLocal(url) ? processorReason() : undefined;
  return why === undefined ? error : new StoreError(`MongoDB: ${wordsOf(error)}. ${why}`, true, error);
}

const isLocal = (url: string): boolean => /^mongodb:\/\/(?:[^@/]*@)?(?:localhost|127\.|\[::1\])/.test(url);

/** Codes of a server that was reached and lets this hub not in, or not do what it must. */
const NOT_LET_IN = new Set([8000, 13, 18, 33, 334]);

/** Undefined: it may work later. Else why it never will as it is, for a start that must say so. */
export function startFault(error: unknown): StartError | undefined {
  if (error instanceof StartError) return error;
  const cause = error instanceof StoreError ? error.cause : error;
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (typeof code === "number" && NOT_LET_IN.has(code)) {
    return new StartError(
      `MongoDB does not let the hub in: ${wordsOf(cause)}. Check user, password and authSource in AERIE_MONGODB_URL; the user needs readWrite on the database and on the one with _mqtt behind its name.`,
      2,
      cause,
    );
  }
  if (error instanceof StoreError && !error.passing) return new StartError(error.message, 1, cause);
  return undefined;
}
