/** Writes the licences of the software in the built dashboard, hub or simulator, as the bundler lists it, into a file beside it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

const NODE_MODULES = path.join(import.meta.dirname, "..", "node_modules");
/** Licences of packages that are built into others and not installed here, as they were published: `@scope+name.txt`. */
const PUBLISHED_LICENSES = path.join(import.meta.dirname, "licenses");

/**
 * MQTT.js comes to browsers as one minified file. Beside it is the same without minification, which names the file of each piece
 * that it is made of.
 */
const UNMINIFIED: Readonly<Record<string, string>> = { mqtt: "dist/mqtt.js" };
/** A line of such a file: `// node_modules/@scope/name/file.js`. */
const PIECE = /^ *\/\/ node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm;

/** What such a file says of licences at its end. */
const OWN_NOTICE = /\/\*! Bundled license information:\n([\s\S]*?)\*\/\s*$/;

/** Packages that are in the published files of another one, which does not name them: built in, or as a worker's text. */
const CARRIED: Readonly<Record<string, readonly string[]>> = {
  "@jspm/core": ["buffer", "base64-js", "ieee754"],
  "worker-timers": ["worker-timers-worker", "worker-factory"],
};

/** `…/node_modules/@scope/name/file.js` → `…/node_modules/@scope/name` */
const PACKAGE_FOLDER = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;
/** What the bundler adds of its own: `\0vite/preload-helper.js`. */
const BUNDLER_CODE = /^\0(vite|rolldown)\//;

const FILE_NAMES = {
  dashboard: "third-party-licenses.txt",
  hub: "third-party-licenses.txt",
  simulator: "simulator-licenses.txt",
} as const;

/** A plugin of Vite. The build fails where a licence is missing. */
export function thirdPartyLicenses(part: keyof typeof FILE_NAMES): Plugin {
  return {
    name: "third-party-licenses",
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((output) => (output.type === "chunk" ? output.moduleIds : []));
      this.emitFile({
        type: "asset",
        fileName: FILE_NAMES[part],
        source: noticeOf(part, licensesOf(modules)),
      });
    },
  };
}

/** Package, with its version where it is known → text of its licence. */
function licensesOf(modules: readonly string[]): ReadonlyMap<string, string> {
  const licenses = new Map<string, string>();
  for (const id of modules) {
    const bundler = BUNDLER_CODE.exec(id)?.[1];
    const folder = bundler === undefined ? PACKAGE_FOLDER.exec(id)?.[0] : path.join(NODE_MODULES, bundler);
    if (folder === undefined) continue;
    const { name, version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as PackageJson;
    if (licenses.has(`${name} ${version}`)) continue;
    const { pieces, notice } = readPrebuilt(name, folder, id);
    licenses.set(`${name} ${version}`, licenseOf(folder) + notice);
    // Their versions are those of whoever built the package, and it does not say them.
    for (const piece of pieces) licenses.set(`${piece} (in ${name})`, licenseOf(folderOf(piece, folder)));
  }
  return new Map([...licenses].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface PackageJson {
  readonly name: string;
  readonly version: string;
}

/** Names of the packages that were built into this one before it was published, and what it says of them. */
function readPrebuilt(name: string, folder: string, module: string): { pieces: readonly string[]; notice: string } {
  const file = UNMINIFIED[name];
  if (file === undefined || path.dirname(module) !== path.dirname(path.join(folder, file)))
    return { pieces: [], notice: "" };
  const code = readFileSync(path.join(folder, file), "utf8");
  const pieces = [...code.matchAll(PIECE)].map(([, piece = ""]) => piece);
  if (pieces.length === 0) throw new Error(`${name}/${file} does not name its pieces any more`);
  return {
    pieces: [...new Set(pieces.flatMap((piece) => [piece, ...(CARRIED[piece] ?? [])]))],
    notice: OWN_NOTICE.exec(code)?.[1] ?? "",
  };
}

function folderOf(name: string, dependent: string): string {
  const nested = path.join(dependent, "node_modules", name);
  return existsSync(nested) ? nested : path.join(NODE_MODULES, name);
}

function licenseOf(folder: string): string {
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
        .map((file) => path.join(folder, file))
    : [path.join(PUBLISHED_LICENSES, `${path.relative(NODE_MODULES, folder).replace(path.sep, "+")}.txt`)];
  if (files.length === 0) throw new Error(`${folder} is in the bundle, and the file of its licence is not found`);
  const text = files.map((file) => readFileSync(file, "utf8").replaceAll("\r\n", "\n")).join("\n");
  // Vite's file goes on with the licences of what Vite itself contains, none of which is in a page.
  return text.split("\n# Licenses of bundled dependencies")[0] ?? "";
}

function noticeOf(part: string, licenses: ReadonlyMap<string, string>): string {
  const list = [...licenses.keys()].map((title) => `  ${title}\n`).join("");
  const texts = [...licenses].map(([title, text]) => `${"-".repeat(80)}\n${title}\n\n${text.trim()}\n\n`).join("");
  return `Aerie's ${part} contains the software below. The licence of each follows.\n\n${list}\n${texts}`;
}
