/** Replaces files atomically: after a crash, a full disk or a power cut, a name stands for the old content or for the new one. */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

export interface FileContent {
  readonly file: string;
  readonly content: string | Uint8Array;
  /** 0600 where none is given. */
  readonly mode?: number;
}

const OWNER_ONLY = 0o600;
const besideOf = (file: string): string => `${file}.new`;

/**
 * All of them are on the disk before the first takes its name. Rejects as `node:fs` does; then nothing is left beside them, and each
 * name stands for its former content again, also where it was the folder that could not be synced: whoever asked says that
 * nothing was changed, and a process that is killed then must not find the new content. Only a power cut may still find it.
 */
export async function replaceFiles(files: readonly FileContent[]): Promise<void> {
  const former: Former[] = [];
  for (const { file } of files) former.push(await readFormer(file));
  const renamed: Former[] = [];
  try {
    for (const each of files) await writeBeside(each);
    for (const each of former) {
      await rename(besideOf(each.file), each.file);
      renamed.push(each);
    }
    for (const folder of new Set(files.map(({ file }) => path.dirname(file)))) await syncFolder(folder);
  } catch (cause) {
    for (const { file } of files) await rm(besideOf(file), { force: true }).catch(() => undefined);
    for (const each of renamed) await putBack(each, cause);
    throw cause;
  }
}

/** The former content of a file; none: the file did not exist. */
interface Former {
  readonly file: string;
  readonly held?: { readonly content: Uint8Array; readonly mode: number };
}

async function readFormer(file: string): Promise<Former> {
  try {
    return { file, held: { content: await readFile(file), mode: (await stat(file)).mode & 0o777 } };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return { file };
    throw cause;
  }
}

async function putBack({ file, held }: Former, cause: unknown): Promise<void> {
  try {
    if (held === undefined) return await rm(file, { force: true });
    await writeBeside({ file, ...held });
    await rename(besideOf(file), file);
  } catch (second) {
    await rm(besideOf(file), { force: true }).catch(() => undefined);
    const words = `${(cause as Error).message}; its former content could not be put back: ${(second as Error).message}`;
    throw new Error(words, { cause });
  }
}

async function writeBeside({ file, content, mode = OWNER_ONLY }: FileContent): Promise<void> {
  const beside = await open(besideOf(file), "w", mode);
  try {
    await beside.chmod(mode); // umask or an existing file may have set another mode
    await beside.writeFile(content);
    await beside.sync();
  } finally {
    await beside.close();
  }
}

/** Removes what a killed process left beside these files. */
export function removeLeftovers(files: readonly string[]): void {
  for (const file of files) {
    try {
      rmSync(besideOf(file), { force: true });
    } catch {
      // It is not our file, or cannot be removed: the next write reports that.
    }
  }
}

/** Syncs the names in a folder to the disk. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const opened = await open(folder, "r");
    await opened.sync().finally(() => opened.close());
  } catch (cause) {
    if (!isUnable(cause)) throw cause;
  }
}

/** Syncs a directory or a file's content to the disk. */
export function syncPath(file: string): void {
  try {
    const descriptor = openSync(file, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (!isUnable(cause)) throw cause;
  }
}

/** Windows cannot open directories, some network file systems cannot sync them, and some may be written but not read. */
const isUnable = (cause: unknown): boolean =>
  ["EISDIR", "EINVAL", "ENOTSUP", "EACCES", "EPERM"].includes((cause as NodeJS.ErrnoException).code ?? "");

/** Copies a file atomically: under its name it is complete and on the disk. Where the file system can, the two share their blocks. */
export function copyFileWhole(from: string, to: string): void {
  const beside = besideOf(to);
  try {
    copyFileSync(from, beside, constants.COPYFILE_FICLONE);
    syncPath(beside);
    renameSync(beside, to);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw cause;
  }
  syncPath(path.dirname(to));
}

/** Creates a folder, and missing parents, for its owner alone; synced to the disk when this returns. */
export function makeFolder(folder: string): void {
  const whole = path.resolve(folder);
  if (existsSync(whole)) return;
  const parent = path.dirname(whole);
  makeFolder(parent);
  try {
    mkdirSync(whole, { mode: 0o700 }); // one by one: below /proc, `recursive` never returns
  } catch (cause) {
    if (existsSync(whole)) return; // another process has created it meanwhile
    throw cause;
  }
  syncPath(parent);
}
