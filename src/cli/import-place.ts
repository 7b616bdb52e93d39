/** Remembers how far a file was imported into a data directory, so that a stopped import goes on. Reads no readings. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ImportSource } from "./import-source.ts";

export interface PlaceInFile {
  /** Unpacked bytes whose readings are durable. */
  readonly endByte: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly refused: number;
}

export interface PlaceKeeper {
  /** Undefined: this file was not begun, or was changed since. */
  find(): PlaceInFile | undefined;
  keep(place: PlaceInFile): void;
  forget(): void;
}

/** In the data directory. */
export const IMPORTS_FOLDER = "imports";

export function createPlaceKeeper(dataDir: string, source: ImportSource, deviceId: string | undefined): PlaceKeeper {
  const { file, sizeBytes, modifiedMs, format } = source;
  const key = JSON.stringify([file, sizeBytes, modifiedMs, format, deviceId ?? null]);
  const folder = path.join(dataDir, IMPORTS_FOLDER);
  const kept = path.join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);

  return {
    find: () => {
      try {
        const found = JSON.parse(readFileSync(kept, "utf8")) as PlaceInFile & { key: string };
        return found.key === key ? found : undefined;
      } catch {
        return undefined; // whatever is wrong with it: from the beginning on is right too
      }
    },
    keep: (place) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${kept}.new`, JSON.stringify({ ...place, key }));
      renameSync(`${kept}.new`, kept);
    },
    forget: () => rmSync(kept, { force: true }),
  };
}
