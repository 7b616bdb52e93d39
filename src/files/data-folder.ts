/** Tells whether a data directory is still the one that was opened, so that nothing is written into another one at its path. */
import { statSync } from "node:fs";
import path from "node:path";

/** A hub holds it open as long as it runs, and writes nothing to it. */
export const LOCK_FILE = "aerie.lock";

/** Undefined: it is not there. */
export const identityOf = (file: string): string | undefined => {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
};

/** To be called when the directory is there, and locked. The answer throws an Error in the owner's words. */
export function watchDataFolder(dataDir: string): () => void {
  const witnesses = [dataDir, path.join(dataDir, LOCK_FILE)].map((file) => [file, identityOf(file)] as const);
  return () => {
    if (witnesses.every(([file, identity]) => identityOf(file) === identity)) return;
    throw new Error(
      `${dataDir} was removed or replaced while the hub was running. Check the data directory, then restart the hub`,
    );
  };
}
