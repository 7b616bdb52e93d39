/** Part of `npm run check`: prints how large folders, files and functions are, and fails where one is too large or a retired word is left. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  fileSizes,
  folderSizes,
  functionSizes,
  retiredWords,
  type Size,
  type Sources,
  sizeFaults,
} from "./structure-rules.ts";

const ROOT = path.join(import.meta.dirname, "..");

const SIZED = ["src", "public", "firmware-sim", "demo", "bench", "scripts"];
const NAMED = ["src/", "public/app/", "bench/"];

function read(folders: readonly string[]): Sources {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
      .map((file) => path.posix.join(folder, file.replaceAll(path.sep, "/"))),
  );
  return new Map(files.sort().map((file) => [file, readFileSync(path.join(ROOT, file), "utf8")]));
}

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

function printLargest(title: string, sizes: readonly Size[]): void {
  print(title);
  for (const { size, where } of sizes.slice(0, 3)) print(`  ${String(size).padStart(4)} ${where}`);
}

const sources = read(SIZED);
printLargest("Files in a folder:", folderSizes(sources.keys()));
printLargest("Lines of a file:", fileSizes(sources));
printLargest("Own lines of a function:", functionSizes(sources));
const words = retiredWords(new Map([...sources].filter(([file]) => NAMED.some((folder) => file.startsWith(folder)))));
print(`Retired words left: ${words.length}`);
const faults = [...sizeFaults(sources), ...words];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
