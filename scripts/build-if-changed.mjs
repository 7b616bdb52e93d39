/** The first half of `npm start`: runs `npm run build` unless the last build is of what is there now. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { whyOutdated } from "./fingerprint.mjs";

const ROOT = path.join(import.meta.dirname, "..");

const reason = whyOutdated(ROOT);
if (reason !== undefined) {
  console.error(`Building the hub: ${reason}`);
  // A shell, because npm is a script of its own on each system.
  const { status } = spawnSync("npm run --silent build", { cwd: ROOT, stdio: "inherit", shell: true });
  process.exitCode = status ?? 1;
}
