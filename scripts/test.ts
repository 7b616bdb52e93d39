/** `npm test`: checks and builds while the programs that tests drive are installed, then runs all tests. Arguments go to Vitest. */
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

async function checkAndBuild(): Promise<number> {
  return (await run("npm", "run", "check")) || run("npm", "run", "build");
}

const prepare = () => run(process.execPath, "--import", "tsx", "test/support/prepare/prepare.ts");

const failed = (await Promise.all([checkAndBuild(), prepare()])).find((code) => code !== 0);
process.exitCode = failed ?? (await run("npx", "vitest", "run", ...process.argv.slice(2)));
