/** By what the soak tells whether a part passed on this code: every change of a file is another state, committed or not. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { codeState } from "../../../scripts/code-state.ts";

test("a changed file, a new one, and each change of a new one are another state of the code; an ignored file is not", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "aerie-code-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const git = (...args: string[]): Buffer =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: dir });
  const write = (name: string, text: string): void => writeFileSync(path.join(dir, name), text);
  git("init", "-q");
  write(".gitignore", "ignored\n");
  write("known", "1");
  git("add", ".");
  git("commit", "-qm", "first");
  mkdirSync(path.join(dir, "folder"));
  const states = [codeState(dir)];
  const noted = (): number => states.push(codeState(dir));
  write("known", "2");
  noted();
  write("folder/new test.ts", "1");
  noted();
  write("folder/new test.ts", "2");
  noted();
  write("folder/another", "2");
  noted();
  expect(states[0]).toMatch(/^[0-9a-f]{12}$/);
  expect(new Set(states).size).toBe(states.length);
  write("ignored", "1");
  expect(codeState(dir)).toBe(states.at(-1));
});
