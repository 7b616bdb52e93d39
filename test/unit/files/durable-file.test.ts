/** Files that are replaced whole, on a real disk; and the hub's id, which is one of them. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { StartError } from "../../../src/core/model/start-error.ts";
import { copyFileWhole, makeFolder, replaceFiles } from "../../../src/files/durable-file.ts";
import { hubIdOf } from "../../../src/store/open-store.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";

function newDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "aerie-files-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test("several files are replaced together: where one cannot be written none is, and nothing is left beside them", async () => {
  const dir = newDir();
  const [first, second] = [path.join(dir, "hub.key"), path.join(dir, "hub.pem")];
  const both = (content: string) =>
    replaceFiles([
      { file: first, content },
      { file: second, content, mode: 0o644 },
    ]);
  await both("former");
  expect([first, second].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o644]);
  mkdirSync(`${second}.new`);
  await expect(both("newer")).rejects.toThrow("EISDIR");
  expect([first, second].map((file) => readFileSync(file, "utf8"))).toEqual(["former", "former"]);
  expect(readdirSync(dir).sort()).toEqual(["hub.key", "hub.pem", "hub.pem.new"]);
  rmSync(`${second}.new`, { recursive: true });
  writeFileSync(`${first}.new`, "of a process that was killed", { mode: 0o666 });
  chmodSync(`${first}.new`, 0o666);
  await both("newer");
  expect(statSync(first).mode & 0o777).toBe(0o600);
  expect([first, second].map((file) => readFileSync(file, "utf8"))).toEqual(["newer", "newer"]);
});

test("a folder is made with those on the way, for its owner alone; a copy that fails leaves nothing", () => {
  const dir = newDir();
  const folder = path.join(dir, "a", "b", "c");
  makeFolder(folder);
  makeFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(() => copyFileWhole(path.join(dir, "none"), path.join(dir, "copy"))).toThrow("ENOENT");
  writeFileSync(path.join(dir, "from"), "whole");
  copyFileWhole(path.join(dir, "from"), path.join(dir, "copy"));
  expect(readFileSync(path.join(dir, "copy"), "utf8")).toBe("whole");
  expect(readdirSync(dir).sort()).toEqual(["a", "copy", "from"]);
});

test.each(["", "not an id", "\0".repeat(36)])(
  "a hub's id that is damaged (%j) is made again, and said; a whole one stays",
  async (damaged) => {
    const dataDir = path.join(newDir(), "data");
    const log = createMemoryLog();
    const first = await hubIdOf(dataDir, log);
    expect(await hubIdOf(dataDir, log)).toBe(first);
    expect(statSync(path.join(dataDir, "hub-id")).mode & 0o777).toBe(0o600);
    expect(log.lines).toEqual([]);
    writeFileSync(path.join(dataDir, "hub-id"), damaged);
    writeFileSync(path.join(dataDir, "hub-id.new"), "half");
    const second = await hubIdOf(dataDir, log);
    expect(second).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
    expect(log.lines).toHaveLength(1);
    expect(await hubIdOf(dataDir, log)).toBe(second);
    expect(existsSync(path.join(dataDir, "hub-id.new"))).toBe(false);
    rmSync(path.join(dataDir, "hub-id"));
    mkdirSync(path.join(dataDir, "hub-id"));
    await expect(hubIdOf(dataDir, log)).rejects.toThrow(StartError);
  },
);
