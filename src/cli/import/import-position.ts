/** Saves how far a file was imported into a data directory, so that a stopped import resumes. */
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { makeFolder, removeLeftovers, replaceFiles } from "../../files/durable-file.ts";
import { fileFault } from "../../files/file-fault.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { ImportSource } from "./import-source.ts";

export interface FilePosition {
  /** Unpacked bytes whose readings are durable. */
  readonly endByte: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly refused: number;
}

/** Each name is stored: what it is called in memory may change, these may not. */
interface StoredPosition {
  readonly endByte: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Of which file. */
  readonly key: string;
}

export interface PositionFile {
  /** Undefined: the import of this file was not begun, or the file has changed since. */
  find(): FilePosition | undefined;
  /** Rejects with a CommandFault. */
  save(position: FilePosition): Promise<void>;
  remove(): void;
}

/** In the data directory. */
export const IMPORTS_FOLDER = "imports";

export function createPositionFile(dataDir: string, source: ImportSource, deviceId: string | undefined): PositionFile {
  const { file, sizeBytes, modifiedMs, format } = source;
  const key = JSON.stringify([file, sizeBytes, modifiedMs, format, deviceId ?? null]);
  const folder = path.join(dataDir, IMPORTS_FOLDER);
  const kept = path.join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);

  return {
    find: () => {
      removeLeftovers([kept]);
      try {
        const {
          key: ofFile,
          endByte,
          stored,
          duplicates,
          refused,
        } = JSON.parse(readFileSync(kept, "utf8")) as StoredPosition;
        const position = { endByte, stored, duplicates, refused };
        return ofFile === key && Object.values(position).every(Number.isSafeInteger) ? position : undefined;
      } catch {
        return undefined; // missing or unreadable: an import from the beginning is right too
      }
    },
    save: async ({ endByte, stored, duplicates, refused }) => {
      const position: StoredPosition = { endByte, stored, duplicates, refused, key };
      try {
        makeFolder(folder);
        await replaceFiles([{ file: kept, content: JSON.stringify(position) }]);
      } catch (cause) {
        throw new CommandFault(
          `The position of the import cannot be saved in ${folder}: ${fileFault(cause)}. A new run of the import stores nothing twice.`,
        );
      }
    },
    remove: () => rmSync(kept, { force: true }),
  };
}
