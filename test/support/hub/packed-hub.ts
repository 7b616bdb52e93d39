/** The hub as `npm install` leaves it: the files of the package, and its dependencies without those of development. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { tempDir } from "./hub.ts";

const ROOT = path.join(import.meta.dirname, "..", "..", "..");

export interface PackedHub {
  /** Its `server.js`. */
  readonly entry: string;
  /** Node.js then looks for a library beside the package, and not where the link to it leads. */
  readonly nodeOptions: string;
}

export function packHub(): PackedHub {
  const folder = tempDir();
  for (const file of packedFiles()) cpSync(path.join(ROOT, file), path.join(folder, file));
  for (const library of librariesOfUsers()) {
    const link = path.join(folder, library);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(ROOT, library), link, "dir");
  }
  return {
    entry: path.join(folder, "dist", "src", "server.js"),
    nodeOptions: "--preserve-symlinks --preserve-symlinks-main",
  };
}

/** What `npm pack` puts into the package. */
function packedFiles(): string[] {
  const answer = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ files }] = JSON.parse(answer) as [{ files: readonly { path: string }[] }];
  return files.map(({ path: file }) => file);
}

/** Folders such as `node_modules/@node-rs/argon2`; what is inside another comes with it. */
function librariesOfUsers(): string[] {
  const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, { dev?: boolean }>>;
  };
  return Object.entries(lock.packages).flatMap(([folder, { dev = false }]) =>
    !dev && folder.lastIndexOf("node_modules/") === 0 && existsSync(path.join(ROOT, folder)) ? [folder] : [],
  );
}
