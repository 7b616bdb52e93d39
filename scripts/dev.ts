/** `npm run dev`: compiles and bundles at each change, and restarts the hub. Its arguments go to the hub. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { forgetBuild } from "./fingerprint.mjs";

const bin = (name: string): string => `node_modules/.bin/${name}`;
const inherit = { stdio: "inherit" } as const;

const built = spawnSync("npm", ["run", "--silent", "build"], inherit);
if (built.status !== 0) process.exit(built.status ?? 1);
forgetBuild("."); // what follows writes into it

const children: ChildProcess[] = [
  spawn(bin("tsc"), ["-p", "tsconfig.build.json", "--watch", "--preserveWatchOutput"], inherit),
  spawn(bin("vite"), ["build", "--watch", "--logLevel", "warn"], inherit),
  spawn(process.execPath, ["--watch", "dist/src/server.js", ...process.argv.slice(2)], inherit),
];

function stop(): void {
  for (const child of children) child.kill("SIGTERM");
}

process.once("SIGINT", stop);
process.once("SIGTERM", stop);
for (const child of children) child.once("exit", stop);
