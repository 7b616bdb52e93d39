/** What a test run says last: CI reads it. A run of its own, on files made for it. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "..", "..", "..");
const REPORTER = path.join(ROOT, "test", "support", "closing-reporter.ts");

/** Settles with the lines of a run of these files (name → text). */
function linesOfRun(files: Readonly<Record<string, string>>): Promise<{ code: number; lines: string[] }> {
  const dir = mkdtempSync(path.join(ROOT, "node_modules", ".cache", "closing-lines-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const config = `import { createClosingReporter } from ${JSON.stringify(REPORTER)};
    export default { test: { include: ["*.check.ts"], reporters: ["default", createClosingReporter()] } };`;
  for (const [name, text] of Object.entries({ ...files, "vitest.config.ts": config })) {
    writeFileSync(path.join(dir, name), text);
  }
  return new Promise((resolve) => {
    const bin = path.join(ROOT, "node_modules", ".bin", "vitest");
    const child = execFile(bin, ["run", "--root", dir], { cwd: dir }, (_, stdout) => {
      resolve({ code: child.exitCode ?? -1, lines: stdout.trimEnd().split("\n") });
    });
  });
}

const IMPORT = 'import { expect, test } from "vitest";\n';
const PASSES = `${IMPORT}test("one", () => {});\ntest("two", () => {});`;

test("a run ends with a line of what passed, and lists its slowest files before", async () => {
  const { code, lines } = await linesOfRun({ "a.check.ts": PASSES, "b.check.ts": PASSES });

  expect(code).toBe(0);
  expect(lines.at(-1)).toBe("4 passed, 0 failed");
  expect(lines.slice(lines.indexOf("Slowest files:") + 1, -2)).toEqual([
    expect.stringMatching(/^ +\d+\.\d s {2}[ab]\.check\.ts$/),
    expect.stringMatching(/^ +\d+\.\d s {2}[ab]\.check\.ts$/),
  ]);
});

test("a test that fails, a file that cannot be loaded, a failing hook and an error outside of a test are failures", async () => {
  const { code, lines } = await linesOfRun({
    "a.check.ts": PASSES,
    "fails.check.ts": `${IMPORT}test("fails", () => expect(1).toBe(2));\ntest.skip("skipped", () => {});`,
    "cannot-load.check.ts": 'import "./not-there.ts";',
    "hook.check.ts": `import { afterAll, test } from "vitest";\nafterAll(() => { throw new Error("x"); });\ntest("passes", () => {});`,
    "outside.check.ts": `${IMPORT}test("passes", async () => { setTimeout(() => { throw new Error("y"); }, 0); await new Promise((r) => setTimeout(r, 50)); });`,
  });

  expect(code).toBe(1);
  expect(lines.at(-1)).toBe("4 passed, 4 failed, 1 skipped");
});
