/**
 * `npm test`: builds while the programs that tests drive are installed, then runs all tests; `npm run check` runs beside the first
 * of them. Arguments go to Vitest.
 */
import { spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");

/** Settles with the exit code. */
function run(command: string, ...args: string[]): Promise<number> {
  const child = spawn(command, args, { cwd: ROOT, stdio: "inherit", shell: process.platform === "win32" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** The exit code of the first that failed, else 0. */
const worst = (codes: readonly number[]): number => codes.find((code) => code !== 0) ?? 0;

async function buildAndTest(): Promise<number> {
  const prepare = run(process.execPath, "--import", "tsx", "test/support/prepare/prepare.ts");
  const built = worst(await Promise.all([run("npm", "run", "build"), prepare]));
  return built || run("npx", "vitest", "run", ...process.argv.slice(2));
}

/** What it found is printed while it is found, and said again behind the tests. */
async function check(): Promise<number> {
  const code = await run("npm", "run", "check");
  if (code !== 0)
    process.once("exit", () => process.stderr.write("`npm run check` failed. What it found is above the tests.\n"));
  return code;
}

process.exitCode = worst(await Promise.all([check(), buildAndTest()]));
