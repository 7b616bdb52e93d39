/** Makes sure that only the owner can read a file of secrets. */
import { chmodSync, statSync } from "node:fs";
import type { Log } from "../core/ports/log.ts";
import { fileFault } from "./file-fault.ts";

const OF_OTHERS = 0o077;
const OWNER_ONLY = 0o600;

/** Removes the permissions of other users, and logs it. A missing file is ignored; Windows has no modes. */
export function keepPrivate(file: string, log: Log): void {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & OF_OTHERS) === 0 || process.platform === "win32") return;
  const was = (mode & 0o777).toString(8).padStart(4, "0");
  try {
    chmodSync(file, OWNER_ONLY);
    log.warn("a file of secrets was open to other users; its mode is 0600 now", { file, was });
  } catch (cause) {
    log.warn("a file of secrets is open to other users, and its mode cannot be changed: make it 0600", {
      file,
      was,
      reason: fileFault(cause),
    });
  }
}
