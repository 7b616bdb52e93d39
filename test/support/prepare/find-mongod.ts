/** Finds a mongod for the tests: named, on the path, mongodb-memory-server's, or out of an npm package. Starts none. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { MongoBinary } from "mongodb-memory-server-core/lib/util/MongoBinary.js";

/** What reaches a machine that reaches nothing but a package registry: MongoDB Community 8.2.6 for Linux x64. */
const PACKAGE = "@second-inc/cli-local-linux-x64@0.1.39";
const FILE_IN_PACKAGE = "package/dist/runtime/linux-x64/bin/mongod";
const SHA256 = "6a935df1e70c4d4c3871e1bffbead418968f69b16ee2a7a216b49f209e962039";

/** The version that mongodb-memory-server is asked for. */
const VERSION = "8.2.6";
const DOWNLOAD_WITHIN_MS = 120_000;

export const SKIP_MONGODB = "AERIE_TEST_MONGODB";

export const NO_MONGOD = `The tests need a MongoDB server, and none was found: name one with MONGOD_BINARY, or install mongod. ${SKIP_MONGODB}=skip leaves the MongoDB tests out.`;

/** Undefined: none is to be had. Throws where one is named that cannot be run. */
export async function findMongod(say: (line: string) => void): Promise<string | undefined> {
  const named = process.env["MONGOD_BINARY"];
  if (named !== undefined && named !== "") {
    if (!isProgram(named))
      throw new Error(`MONGOD_BINARY is ${named}, which is no program. Give the path of a mongod.`);
    return named;
  }
  return onPath() ?? cachedOfPackage() ?? (await ofMemoryServer(say)) ?? (await ofPackage(say));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const onPath = (): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => path.join(folder, "mongod"))
    .find(isProgram);

async function ofMemoryServer(say: (line: string) => void): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("it took too long")), DOWNLOAD_WITHIN_MS);
  });
  try {
    return await Promise.race([MongoBinary.getPath({ version: VERSION }), late]);
  } catch (error) {
    say(`mongod: mongodb-memory-server has none (${(error as Error).message.split("\n")[0]})`);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

const cacheDir = (): string =>
  path.join(process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"), "aerie", "mongod-8.2.6");

const isForThisMachine = (): boolean => process.platform === "linux" && process.arch === "x64";

/** Unpacked before; whoever starts it checks its hash. */
function cachedOfPackage(): string | undefined {
  const file = path.join(cacheDir(), "mongod");
  return isForThisMachine() && existsSync(file) ? file : undefined;
}

async function ofPackage(say: (line: string) => void): Promise<string | undefined> {
  if (!isForThisMachine()) return undefined;
  mkdirSync(cacheDir(), { recursive: true });
  const work = mkdtempSync(path.join(cacheDir(), "unpacking-"));
  try {
    // From inside an npm script its settings would come along, and a folder with a package in it would be looked at.
    const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--silent", PACKAGE], {
      cwd: work,
      encoding: "utf8",
    }).trim();
    execFileSync("tar", ["-xzf", path.join(work, packed.split("\n").at(-1) ?? ""), "-C", work, FILE_IN_PACKAGE]);
    const unpacked = path.join(work, FILE_IN_PACKAGE);
    await checkHash(unpacked);
    chmodSync(unpacked, 0o755);
    const file = path.join(cacheDir(), "mongod");
    renameSync(unpacked, file);
    return file;
  } catch (error) {
    say(`mongod: ${PACKAGE} cannot be used (${(error as Error).message.split("\n")[0]})`);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function checkHash(file: string): Promise<void> {
  const found = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  if (found !== SHA256) throw new Error(`${file} has the SHA-256 ${found}, and not ${SHA256}: it is not run`);
}

/** Throws where it came out of the package and is not what was in it. */
export async function checkMongod(file: string): Promise<void> {
  if (file === path.join(cacheDir(), "mongod")) await checkHash(file);
}
