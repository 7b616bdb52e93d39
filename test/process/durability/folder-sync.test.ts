/** A folder that cannot be synced after files in it took their names: the names stand for the former content again. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { tempDir } from "../../support/hub/hub.ts";
import { readTools } from "../../support/tools.ts";

const { strace } = readTools();
const built = new URL("../../../dist/src/files/durable-file.js", import.meta.url).href;

/** In a process of its own, where `fsync` of the folder fails; returns the code of the error. */
async function replaceAll(folder: string, files: readonly string[]): Promise<string> {
  const given = JSON.stringify(files.map((file) => ({ file, content: "newer" })));
  const program = `
    const { replaceFiles } = await import(${JSON.stringify(built)});
    process.stdout.write(await replaceFiles(${given}).then(() => "done", ({ code }) => String(code)));`;
  const flags = ["-f", "-qq", "-P", folder, "-e", "trace=fsync", "-e", "inject=fsync:error=EIO"];
  const child = [process.execPath, "--input-type=module", "-e", program];
  const { stdout } = await promisify(execFile)(strace ?? "", [...flags, "-o", "/dev/null", ...child]);
  return stdout;
}

// Linux only: prepare.ts says so where there is no strace.
test.runIf(strace !== undefined)(
  "files hold what they held, with their modes; one that was not there is not",
  async () => {
    const folder = path.join(tempDir(), "data");
    mkdirSync(folder);
    const [key, records, fresh] = ["access.key", "access.json", "new.json"].map((name) => path.join(folder, name));
    if (key === undefined || records === undefined || fresh === undefined) throw new Error("three files");
    writeFileSync(key, "former", { mode: 0o600 });
    writeFileSync(records, "former", { mode: 0o640 });

    expect(await replaceAll(folder, [key, records, fresh])).toBe("EIO");

    expect([key, records].map((file) => readFileSync(file, "utf8"))).toEqual(["former", "former"]);
    expect([key, records].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o640]);
    expect(existsSync(fresh)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(["access.json", "access.key"]);
  },
);
