/** Makes a StoreError of what the driver throws: whether it may pass, and what its owner reads. */
import { MongoAPIError, MongoError, MongoNetworkError, MongoServerError } from "mongodb";
import { messageOf } from "../../../core/model/message-of.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";

/** Errors of the server that may pass by themselves, by code (error_codes.yml of the server). */
const PASSING = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  13, // Unauthorized: the rights may be granted again
  18, // AuthenticationFailed: the password may be set again
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
    // A bulk write whose connection broke is reported as an answer of the server without a code; the cause is in it.
    if (error.code === undefined && error.errorResponse instanceof Error) return isPassing(error.errorResponse);
    return isPassingCode(error.code) || isPassingCode(codeOfConcern(error));
  }
  // The driver's own errors come from the connection, except for those of a wrong call.
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

/** For the owner. The driver's messages name hosts, and no password. */
export function wordsOf(error: unknown): string {
  if (error instanceof MongoNetworkError && error.message === "") return "the connection was closed";
  return messageOf(error);
}

/** What `run` throws is a StoreError. */
export async function asStore<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toStoreError(error);
  }
}
