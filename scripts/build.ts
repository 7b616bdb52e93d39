/** `npm run build`: the hub by tsc and as a bundle, the pages by Vite, and build.json. `npm run check` checks types. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, type InlineConfig, type Plugin } from "vite";
import { forgetBuild, hashInputs, rememberBuild } from "./fingerprint.mjs";
import { thirdPartyLicenses } from "./third-party-licenses.ts";

const ROOT = path.join(import.meta.dirname, "..");
const SRC = path.join(ROOT, "src");
const DIST = path.join(ROOT, "dist");
const BUNDLE = path.join(DIST, "src", "bundle");

function compile(): Promise<void> {
  const tsc = path.join(ROOT, "node_modules", ".bin", "tsc");
  const child = spawn(tsc, ["-p", "tsconfig.build.json", "--noCheck"], { cwd: ROOT, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error("tsc failed"))));
  });
}

/** `file` and what it imports of ours, into files of `folder`; libraries stay where npm installed them unless `ssr` says otherwise. */
async function bundle(file: string, folder: string, { ssr = {}, plugins = [] }: InlineConfig = {}): Promise<void> {
  await build({
    configFile: false,
    root: ROOT,
    publicDir: false,
    logLevel: "warn",
    plugins,
    ssr,
    build: {
      ssr: file,
      outDir: folder,
      emptyOutDir: false,
      target: "node20",
      minify: false,
      sourcemap: true,
      rollupOptions: {
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
        checks: { pluginTimings: false },
      },
    },
  });
}

/** Stays a file of its own, so that the tests can give a hub another clock. */
const OWN_FILE = path.join(SRC, "platform", "clock.ts");
const clockApart: Plugin = {
  name: "clock-apart",
  enforce: "pre",
  resolveId(source, importer) {
    if (importer === undefined || path.resolve(path.dirname(importer), source) !== OWN_FILE) return;
    return { id: "../platform/clock.js", external: true };
  },
};

/**
 * Libraries that stay where npm installed them: of native code, optional in `ws`, loaded only where somebody asks for them, or published
 * without the text of their licence (@bufbuild/protobuf).
 */
const NOT_BUNDLED = [
  "@photostructure/sqlite",
  "@node-rs/argon2",
  "bufferutil",
  "utf-8-validate",
  "@bufbuild/protobuf",
  "mongodb",
  "nodemailer",
  "web-push",
];

const HUB: InlineConfig = {
  ssr: { noExternal: true, external: NOT_BUNDLED },
  plugins: [clockApart, thirdPartyLicenses("hub")],
};

/** The process of the simulated boards, whose libraries are development dependencies of the hub. */
const SIMULATOR_FOLDER = path.join("platform", "simulation");
const SIMULATOR_FILES = ["simulator-process.js", "simulator-licenses.txt"];

const bundleSimulator = (): Promise<void> =>
  bundle(path.join(ROOT, "firmware-sim", "simulator-process.ts"), path.join(DIST, "src", SIMULATOR_FOLDER), {
    ssr: { noExternal: true, external: NOT_BUNDLED },
    plugins: [thirdPartyLicenses("simulator")],
  });

/**
 * Node.js loads a module in about a millisecond; the hub has 400, and its libraries as many. As a bundle it starts in half of the CPU
 * time. The files of tsc stay beside it: tests open their parts.
 */
async function bundleHub(): Promise<void> {
  const threads = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("-thread.ts"));
  await Promise.all([
    bundle(path.join(SRC, "server.ts"), BUNDLE, HUB),
    bundleSimulator(),
    ...threads.map((file) => bundle(path.join(SRC, file), path.join(DIST, "src", path.dirname(file)))),
  ]);
  // The file of a thread or process is beside the code that starts it.
  const ofThreads = threads.map((file) => file.replace(/\.ts$/, ".js")).flatMap((name) => [name, `${name}.map`]);
  for (const name of [...ofThreads, ...SIMULATOR_FILES.map((file) => path.join(SIMULATOR_FOLDER, file))]) {
    copyFileSync(path.join(DIST, "src", name), path.join(BUNDLE, path.basename(name)));
  }
  const [firstLine] = readFileSync(path.join(SRC, "server.ts"), "utf8").split("\n", 1);
  writeFileSync(path.join(DIST, "src", "server.js"), `${firstLine}\nimport "./bundle/server.js";\n`);
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

const inputs = hashInputs(ROOT);
forgetBuild(ROOT);
rmSync(path.join(DIST, "src"), { recursive: true, force: true }); // files of modules that were renamed
await Promise.all([
  compile(),
  build({ root: path.join(ROOT, "public"), configFile: path.join(ROOT, "vite.config.ts"), logLevel: "warn" }),
]);
await bundleHub();
stamp();
rememberBuild(ROOT, inputs);
