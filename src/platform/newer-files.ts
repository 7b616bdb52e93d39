/** Refuses a data directory with a JSON file that a newer version of the hub wrote, before anything in the directory is changed. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { StartError } from "../core/model/start-error.ts";
import { ACCESS_FILE, ACCESS_VERSION } from "./access/access-format.ts";
import { TIME_FILE, TIME_VERSION } from "./time-file.ts";

const FORMATS = [
  [ACCESS_FILE, ACCESS_VERSION],
  [TIME_FILE, TIME_VERSION],
] as const;

/** Throws a StartError. A file that is damaged or cannot be read is left to whoever opens it. */
export function refuseNewerFiles(dataDir: string): void {
  for (const [name, known] of FORMATS) {
    const file = path.join(dataDir, name);
    const version = versionOf(file);
    if (typeof version !== "number" || version <= known) continue;
    throw new StartError(
      `${file} was written by a newer Aerie (version ${version}; this one reads version ${known}). Start that version, or restore a backup that this version wrote (aerie restore).`,
      1,
    );
  }
}

function versionOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"))?.version;
  } catch {
    return undefined;
  }
}
