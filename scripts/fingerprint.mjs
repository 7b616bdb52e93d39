/**
 * What a build was made of, and which files it wrote: `npm start` builds again only where either is another now. In JavaScript, because
 * tsx alone takes longer to start than Node.js takes for all of this.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Files, and folders with all that is in them. The second lock is of what is installed: the bundles contain libraries. */
const INPUTS = [
  "src",
  "public",
  "firmware-sim",
  "scripts/build.ts",
  "scripts/fingerprint.mjs",
  "scripts/third-party-licenses.ts",
  "scripts/licenses",
  "vite.config.ts",
  "tsconfig.json",
  "tsconfig.build.json",
  "package.json",
  "package-lock.json",
  "node_modules/.package-lock.json",
];

const OUTPUTS = "dist";
const FINGERPRINT = "dist/fingerprint.json";

/** Of all files below `name`, which may be a file itself; sorted. */
function filesIn(root, name) {
  const whole = path.join(root, name);
  if (!existsSync(whole)) return [];
  if (!statSync(whole).isDirectory()) return [name];
  return readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .sort();
}

export const inputFiles = (root) => INPUTS.flatMap((name) => filesIn(root, name));

/** A hash of the contents: times say nothing after a checkout. */
export function hashInputs(root) {
  const hash = createHash("sha256");
  for (const file of inputFiles(root)) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

const sizesOf = (root, files) => Object.fromEntries(files.map((file) => [file, statSync(path.join(root, file)).size]));

/** Before a build, so that one that is cut off counts as none. */
export const forgetBuild = (root) => rmSync(path.join(root, FINGERPRINT), { force: true });

/** After a build. `inputs`: the hash of before it, since a file may have changed meanwhile. */
export function rememberBuild(root, inputs) {
  forgetBuild(root);
  const outputs = sizesOf(root, filesIn(root, OUTPUTS));
  writeFileSync(path.join(root, FINGERPRINT), `${JSON.stringify({ inputs, outputs })}\n`);
}

/** Undefined: the build is the one of what is there now. Otherwise why it is not, for people. */
export function whyOutdated(root) {
  let built;
  try {
    built = JSON.parse(readFileSync(path.join(root, FINGERPRINT), "utf8"));
  } catch {
    return "there is no finished build";
  }
  const isWhole = Object.entries(built.outputs).every(
    ([file, size]) => statSync(path.join(root, file), { throwIfNoEntry: false })?.size === size,
  );
  if (!isWhole) return "files of the last build are missing or changed";
  return hashInputs(root) === built.inputs ? undefined : "the source or its libraries changed since the last build";
}
