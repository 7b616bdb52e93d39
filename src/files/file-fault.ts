/** Translates errors of the file system into plain words for the owner of the machine. */

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than this process may write",
  EROFS: "the disk is read-only",
  EACCES: "the user that the hub runs as may not access the file or its directory",
  EPERM: "the user that the hub runs as may not do that",
  EIO: "the disk reports an error",
  ENOENT: "the directory is not there",
  EISDIR: "a directory is in the way",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

/** The text, and the error's code. */
export function fileFault(cause: unknown): string {
  const { code = "", message = String(cause) } = (cause ?? {}) as NodeJS.ErrnoException;
  const words = WORDS[code];
  return words === undefined ? message : `${words} (${code})`;
}
