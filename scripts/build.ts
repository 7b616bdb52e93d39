/** `npm run build`: the hub by tsc, the pages by Vite, each thread of the store as one file, and build.json. `npm run check` checks types. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "vite";

const ROOT = path.join(import.meta.dirname, "..");
const DIST = path.join(ROOT, "dist");

function compile(): Promise<void> {
  const tsc = path.join(ROOT, "node_modules", ".bin", "tsc");
  const child = spawn(tsc, ["-p", "tsconfig.build.json", "--noCheck"], { cwd: ROOT, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error("tsc failed"))));
  });
}

/**
 * Over what tsc made of it. A thread loads its modules one by one, and each store starts two: as one file each they take a third less
 * CPU to start.
 */
async function bundleThread(file: string): Promise<void> {
  const { dir, name } = path.parse(path.relative(ROOT, file));
  await build({
    configFile: false,
    root: ROOT,
    publicDir: false,
    logLevel: "warn",
    build: {
      ssr: file,
      outDir: path.join(DIST, dir),
      emptyOutDir: false,
      target: "node20",
      minify: false,
      sourcemap: true,
      rollupOptions: { output: { entryFileNames: `${name}.js` }, checks: { pluginTimings: false } },
    },
  });
}

/** Version, build id, and when it was built. */
function stamp(): void {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
  const hash = createHash("sha256");
  for (const file of readdirSync(DIST, { recursive: true, withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (file.isFile() && file.name !== "build.json") hash.update(readFileSync(path.join(file.parentPath, file.name)));
  }
  const id = `${version}-${hash.digest("hex").slice(0, 10)}`;
  writeFileSync(path.join(DIST, "build.json"), `${JSON.stringify({ version, id, builtAtMs: Date.now() })}\n`);
  chmodSync(path.join(DIST, "src", "server.js"), 0o755);
}

await Promise.all([
  compile(),
  build({ root: path.join(ROOT, "public"), configFile: path.join(ROOT, "vite.config.ts"), logLevel: "warn" }),
]);
const threads = readdirSync(path.join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith("-thread.ts"),
);
await Promise.all(threads.map((file) => bundleThread(path.join(ROOT, "src", file))));
stamp();
