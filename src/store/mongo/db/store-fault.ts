/** Makes a StoreError of whatever the driver throws: may it pass, and what does its owner read. Tries nothing again. */
import { MongoAPIError, MongoError, MongoNetworkError, MongoServerError } from "mongodb";
import { StoreError } from "../../../core/ports/readings-store.ts";

/** Server errors that may go by themselves, by code (error_codes.yml of the server). */
const PASSING = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  13, // Unauthorized: rights that were taken away may be given back
  18, // AuthenticationFailed: so may a password
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  189, // PrimarySteppedDown
  262, // ExceededTimeLimit
  391, // ReauthenticationRequired
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11601, // Interrupted
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

export const DUPLICATE_KEY = 11_000;

export const isPassingCode = (code: unknown): boolean => typeof code === "number" && PASSING.has(code);

export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(`MongoDB: ${wordsOf(error)}`, isPassing(error), error);
}

function isPassing(error: unknown): boolean {
  if (error instanceof MongoServerError) {
    // A bulk whose connection broke comes as an answer of the server that has no code: what happened is in it.
    if (error.code === undefined && error.errorResponse instanceof Error) return isPassing(error.errorResponse);
    return isPassingCode(error.code) || isPassingCode(codeOfConcern(error));
  }
  // Of the driver's own errors all but those of a call that is wrong come of a connection.
  if (error instanceof MongoError) return !(error instanceof MongoAPIError) || isOfConnection(error);
  return isOfSystem(error);
}

/** ECONNRESET and the like, where the driver passes them on as they came. */
const isOfSystem = (error: unknown): boolean => error instanceof Error && "syscall" in error;

const isOfConnection = (error: MongoError): boolean =>
  ["MongoTopologyClosedError", "MongoNotConnectedError", "MongoClientClosedError", "MongoExpiredSessionError"].includes(
    error.name,
  );

const codeOfConcern = (error: MongoServerError): unknown =>
  (error.errorResponse["writeConcernError"] as { code?: number } | undefined)?.code;

/** For its owner; the driver's own messages name hosts, and no password. */
export function wordsOf(error: unknown): string {
  if (error instanceof MongoNetworkError && error.message === "") return "the connection was closed";
  return error instanceof Error ? error.message : String(error);
}

/** What `run` throws is a StoreError. */
export async function asStore<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toStoreError(error);
  }
}
