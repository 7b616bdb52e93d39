/** `npm start` builds again where a source, a library or a file of the build is another, and otherwise not: in a small project. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { forgetBuild, hashInputs, rememberBuild, whyOutdated } from "../../../scripts/fingerprint.mjs";
import { tempDir } from "../../support/hub/hub.ts";

const SCRIPTS = path.join(import.meta.dirname, "..", "..", "..", "scripts");

const CHANGED = "the source or its libraries changed since the last build";
const BROKEN = "files of the last build are missing or changed";
const NONE = "there is no finished build";

function writeIn(root: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

/** A project with a build of it. */
function openProject(): string {
  const root = tempDir();
  writeIn(root, "src/core/a.ts", "a");
  writeIn(root, "public/app/main.tsx", "main");
  writeIn(root, "docs/architecture.md", "words");
  writeIn(root, "package.json", "{}");
  writeIn(root, "package-lock.json", "{}");
  writeIn(root, "node_modules/.package-lock.json", "{}");
  writeIn(root, "dist/src/server.js", "server");
  writeIn(root, "dist/public/index.html", "page");
  rememberBuild(root, hashInputs(root));
  return root;
}

const CHANGES: Readonly<Record<string, (root: string) => void>> = {
  "a changed source": (root) => writeIn(root, "src/core/a.ts", "b"),
  "a new source": (root) => writeIn(root, "src/core/b.ts", ""),
  "a source that is gone": (root) => rmSync(path.join(root, "src/core/a.ts")),
  "a source that moved": (root) => renameSync(path.join(root, "src/core/a.ts"), path.join(root, "src/core/b.ts")),
  "a changed page": (root) => writeIn(root, "public/app/main.tsx", "Main"),
  "a changed lock": (root) => writeIn(root, "package-lock.json", '{"packages": {}}'),
  "other libraries": (root) => writeIn(root, "node_modules/.package-lock.json", '{"packages": {}}'),
  "another script of the build": (root) => writeIn(root, "scripts/build.ts", ""),
};

test.each(Object.keys(CHANGES))("%s makes a build outdated", (change) => {
  const root = openProject();
  CHANGES[change]?.(root);
  expect(whyOutdated(root)).toBe(CHANGED);
});

test("a build of the same contents is not outdated, whatever their times and other files are", () => {
  const root = openProject();
  utimesSync(path.join(root, "src/core/a.ts"), new Date(), new Date());
  writeIn(root, "docs/architecture.md", "other words");
  writeIn(root, "dist/public/left-over.js", "");
  expect(whyOutdated(root)).toBeUndefined();
});

test("without dist, without one of its files, with another one, and after a build that was cut off there is none", () => {
  const reasonAfter = (change: (root: string) => void) => {
    const root = openProject();
    change(root);
    return whyOutdated(root);
  };
  expect(reasonAfter((root) => rmSync(path.join(root, "dist"), { recursive: true }))).toBe(NONE);
  expect(reasonAfter(forgetBuild)).toBe(NONE);
  expect(reasonAfter((root) => writeIn(root, "dist/fingerprint.json", '{"inputs'))).toBe(NONE);
  expect(reasonAfter((root) => rmSync(path.join(root, "dist/public/index.html")))).toBe(BROKEN);
  expect(reasonAfter((root) => writeIn(root, "dist/src/server.js", "another server"))).toBe(BROKEN);
});

test("what changes while it is built is built the next time", () => {
  const root = openProject();
  const inputs = hashInputs(root);
  writeIn(root, "src/core/a.ts", "changed meanwhile");
  rememberBuild(root, inputs);
  expect(whyOutdated(root)).toBe(CHANGED);
});

test("build-if-changed builds where there is a reason, says it, and fails as the build does", () => {
  const root = openProject();
  for (const file of ["fingerprint.mjs", "build-if-changed.mjs"]) {
    cpSync(path.join(SCRIPTS, file), path.join(root, "scripts", file));
  }
  writeIn(
    root,
    "build.mjs",
    `import { appendFileSync, existsSync } from "node:fs";
     import { hashInputs, rememberBuild } from "./scripts/fingerprint.mjs";
     appendFileSync("built", "once ");
     if (existsSync("src/broken.ts")) process.exit(3);
     rememberBuild(".", hashInputs("."));`,
  );
  writeIn(root, "package.json", '{"scripts": {"build": "node build.mjs"}}');
  const run = () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/build-if-changed.mjs"], {
      cwd: root,
      encoding: "utf8",
    });
    return [status, stderr.trim(), readFileSync(path.join(root, "built"), "utf8").trim()];
  };

  expect(run()).toEqual([0, `Building the hub: ${CHANGED}`, "once"]);
  expect(run()).toEqual([0, "", "once"]);
  writeIn(root, "src/broken.ts", "");
  expect(run()).toEqual([3, `Building the hub: ${CHANGED}`, "once once"]);
  expect(run()).toEqual([3, `Building the hub: ${CHANGED}`, "once once once"]);
});
