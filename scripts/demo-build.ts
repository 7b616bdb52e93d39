/** Builds the hub where there is no build of what is there now. */
import { spawn } from "node:child_process";
import path from "node:path";
import { whyOutdated } from "./fingerprint.mjs";

const ROOT = path.join(import.meta.dirname, "..");

/** Rejects with what the build printed where it fails, or is ended because of `signal`. */
export function buildIfChanged(signal: AbortSignal): Promise<void> {
  if (whyOutdated(ROOT) === undefined) return Promise.resolve();
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/build.ts"], { cwd: ROOT, signal });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`The build failed.\n${said}`))));
  });
}
