/** Refuses a database that a newer version of the hub wrote, before anything in its directory is changed. */
import { closeSync, openSync, readSync } from "node:fs";
import { StartError } from "../../../core/model/start-error.ts";
import { type FileFormat, newerWords, STORE_FORMAT } from "./schema.ts";

/** https://www.sqlite.org/fileformat2.html, section 1.3 */
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/**
 * Throws a StartError. It reads the file's header only: to open a database, SQLite may write to it. A file that cannot be read, or is of
 * another program, is left to whoever opens it.
 */
export function refuseNewerFile(file: string, { applicationId, migrations }: FileFormat = STORE_FORMAT): void {
  const header = headerOf(file);
  if (header?.toString("latin1", 0, MAGIC.length) !== MAGIC) return;
  if (header.readUInt32BE(APPLICATION_ID_AT) !== applicationId) return;
  const version = header.readUInt32BE(USER_VERSION_AT);
  if (version > migrations.length) throw new StartError(newerWords(file, version, migrations.length), 1);
}

function headerOf(file: string): Buffer | undefined {
  try {
    const descriptor = openSync(file, "r");
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      return readSync(descriptor, header, 0, HEADER_BYTES, 0) === HEADER_BYTES ? header : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
