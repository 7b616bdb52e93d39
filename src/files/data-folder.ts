/** Checks that a data directory is still the one that was opened, so that nothing is written into another one at the same path. */
import { statSync } from "node:fs";
import path from "node:path";

/** A running hub holds this file open, and writes nothing to it. */
export const LOCK_FILE = "aerie.lock";

/** Undefined: the file does not exist. */
export const identityOf = (file: string): string | undefined => {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
};

/** To be called when the directory exists and is locked. The returned function throws an Error with a text for the owner. */
export function watchDataFolder(dataDir: string): () => void {
  const witnesses = [dataDir, path.join(dataDir, LOCK_FILE)].map((file) => [file, identityOf(file)] as const);
  return () => {
    if (witnesses.every(([file, identity]) => identityOf(file) === identity)) return;
    throw new Error(
      `${dataDir} was removed or replaced while the hub was running. Check the data directory, then restart the hub`,
    );
  };
}
