/** A local socket in a directory, which only its owner may connect to. */
import { chmodSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { identityOf } from "../files/data-folder.ts";

/** Systems take about so many bytes as a socket's path: 104 on macOS and BSD, 108 on Linux, the last of them 0. */
const MAX_PATH_BYTES = 100;

/** A path of the same file that is short enough for the system; `remove` deletes what it needed, once the socket is open. */
export function shortPath(file: string): { path: string; remove(): void } {
  if (Buffer.byteLength(file) <= MAX_PATH_BYTES) return { path: file, remove: () => undefined };
  const folder = mkdtempSync(path.join(tmpdir(), "aerie-"));
  const link = path.join(folder, "d");
  symlinkSync(path.dirname(file), link);
  return { path: path.join(link, path.basename(file)), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * The caller owns the directory alone, so that a socket there is left over from a process that was killed. The answer
 * takes the file away, unless another one has its name by then; the server is closed by its owner. Node removes a
 * socket by the name that it was made under, so it is made under another name.
 */
export async function listenLocally(server: Server, file: string): Promise<{ close(): void }> {
  const made = `${file}.new`;
  rmSync(made, { force: true });
  const short = shortPath(made);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      // The socket is made within `listen`, so it is never there with other rights.
      const before = process.umask(0o177);
      try {
        server.listen({ path: short.path }, () => {
          server.off("error", reject);
          resolve();
        });
      } finally {
        process.umask(before);
      }
    });
    chmodSync(made, 0o600); // where umask has no say
    renameSync(made, file);
  } finally {
    short.remove();
  }
  const identity = identityOf(file);
  return {
    close: () => {
      if (identityOf(file) === identity) rmSync(file, { force: true });
    },
  };
}
