/** Names the state of the code in a work tree: the commit, and a hash of all that is not committed, new files included. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";

/** `root`: the top folder of the work tree. */
export function codeState(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  const commit = git("rev-parse", "--short=12", "HEAD").trim();
  const changes = git("status", "--porcelain") + git("diff", "HEAD");
  if (changes === "") return commit;
  const hash = createHash("sha256").update(changes);
  // A diff does not show what is in files that git does not know yet.
  for (const name of git("ls-files", "-o", "-z", "--exclude-standard").split("\0")) {
    const file = path.join(root, name);
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) hash.update(`\0${name}\0`).update(readFileSync(file));
  }
  return `${commit} with changes ${hash.digest("hex").slice(0, 8)}`;
}
