/** Connects to MongoDB, again after a connection was lost, and checks the databases once it is reached. */
import { type Db, MongoClient, type MongoClientOptions, MongoServerSelectionError } from "mongodb";
import { StartError } from "../../../core/model/start-error.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";
import { type Collections, collectionsOf } from "./collections.ts";
import { cpuReason } from "./cpu-support.ts";
import { prepareDatabase } from "./schema.ts";
import { toStoreError, wordsOf } from "./store-fault.ts";
import { type DurableConcern, durableConcern } from "./write-concern.ts";

/** The database, once MongoDB was reached and the database checked. */
export interface Opened {
  readonly db: Db;
  readonly collections: Collections;
}

export interface Connection {
  /** Throws a passing StoreError where it has not been reached yet. */
  now(): Opened;
  /** Connects and checks the database, if that is not done yet. */
  open(): Promise<Opened>;
  /** A second database, for the sessions, retained messages and wills of the MQTT broker. Throws as `now` does. */
  brokerDb(): Db;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  /** Called and awaited before `open` settles. */
  readonly onOpened: (opened: Opened) => Promise<void>;
}

const REACH_MS = 2_500;
const DEFAULT_DATABASE = "aerie";
const NOT_REACHED = "MongoDB has not been reached since the start";

const OPTIONS: MongoClientOptions = {
  appName: "aerie",
  serverSelectionTimeoutMS: REACH_MS,
  connectTimeoutMS: REACH_MS,
  // A chart over a long range takes its time; writes have a shorter limit of their own.
  socketTimeoutMS: 60_000,
  readConcern: { level: "local" },
  heartbeatFrequencyMS: 2_000,
  maxPoolSize: 20,
  promoteLongs: true,
};

/** Throws a StartError where the address is invalid. */
export function createConnection({ url, onOpened }: ConnectionOptions): Connection {
  let client = newClient(url);
  let opened: Opened | undefined;
  let writeConcern: DurableConcern | undefined;
  let opening: Promise<Opened> | undefined;
  let isClosed = false;

  function now(): Opened {
    if (opened !== undefined) return opened;
    throw new StoreError(NOT_REACHED, true);
  }

  async function reach(): Promise<Opened> {
    try {
      await client.connect();
      writeConcern = durableConcern(await client.db("admin").command({ hello: 1 }, { timeoutMS: REACH_MS }));
      const db = client.db(databaseName(url), { writeConcern });
      const collections = collectionsOf(db);
      await prepareDatabase(db);
      opened = { db, collections };
      await onOpened(opened);
      return opened;
    } catch (error) {
      opened = undefined;
      // A client whose first connection failed cannot be used again.
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
    brokerDb: () => {
      if (writeConcern === undefined) throw new StoreError(NOT_REACHED, true);
      return client.db(`${databaseName(url)}_mqtt`, { writeConcern });
    },
    close: async () => {
      isClosed = true;
      await opening?.catch(() => undefined);
      await client.close().catch(() => undefined);
    },
  };
}

/** As the address names it. Without a name the driver would take `test`. */
function databaseName(url: string): string {
  const name = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]+)/.exec(url)?.[1];
  return name === undefined ? DEFAULT_DATABASE : decodeURIComponent(name);
}

function newClient(url: string): MongoClient {
  try {
    return new MongoClient(url, OPTIONS);
  } catch (error) {
    throw new StartError(`AERIE_MONGODB_URL is invalid: ${wordsOf(error)}`, 2, error);
  }
}

/** Where nothing answers on this machine itself, its CPU may be why. */
function withHint(error: unknown, url: string): unknown {
  const why = error instanceof MongoServerSelectionError && isLocal(url) ? cpuReason() : undefined;
  return why === undefined ? error : new StoreError(`MongoDB: ${wordsOf(error)}. ${why}`, true, error);
}

const isLocal = (url: string): boolean => /^mongodb:\/\/(?:[^@/]*@)?(?:localhost|127\.|\[::1\])/.test(url);

/** Codes of a server that was reached, and refuses the login or a right. */
const ACCESS_DENIED = new Set([8000, 13, 18, 33, 334]);

/** Why a retry is useless, so that the start fails; undefined: it may work later. */
export function startFault(error: unknown): StartError | undefined {
  if (error instanceof StartError) return error;
  const cause = error instanceof StoreError ? error.cause : error;
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (typeof code === "number" && ACCESS_DENIED.has(code)) {
    return new StartError(
      `MongoDB denies access: ${wordsOf(cause)}. Check user, password and authSource in AERIE_MONGODB_URL. The user needs the role readWrite on the database and on the database of the same name with _mqtt behind it.`,
      2,
      cause,
    );
  }
  if (error instanceof StoreError && !error.passing) return new StartError(error.message, 1, cause);
  return undefined;
}
