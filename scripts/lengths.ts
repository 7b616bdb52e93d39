/** Prints the longest files and functions, for a reader to judge. Fails nothing. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");
const files = ["src", "public", "firmware-sim", "bench"].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.d\.ts$/.test(file))
    .map((file) => path.join(folder, file)),
);

interface Length {
  lines: number;
  where: string;
}

/** A function that begins a line ends with the first closing brace at its own indentation. */
function functionsOf(file: string, lines: readonly string[]): Length[] {
  return lines.flatMap((line, index) => {
    const start = /^(\s*)(?:export )?(?:async )?function\*? (\w+)/.exec(line);
    if (start === null) return [];
    const end = lines.findIndex((other, at) => at > index && other === `${start[1]}}`);
    return [{ lines: end - index + 1, where: `${file}:${index + 1} ${start[2]}` }];
  });
}

const read = files.map((file) => ({ file, lines: readFileSync(path.join(root, file), "utf8").split("\n") }));
const ofFiles = read.map(({ file, lines }) => ({ lines: lines.length, where: file }));
const longest = (lengths: Length[], count: number): string =>
  lengths
    .sort((a, b) => b.lines - a.lines)
    .slice(0, count)
    .map(({ lines, where }) => `  ${String(lines).padStart(4)} ${where}`)
    .join("\n");

process.stdout.write(`Longest files:\n${longest(ofFiles, 6)}\nLongest functions:\n`);
process.stdout.write(
  `${longest(
    read.flatMap(({ file, lines }) => functionsOf(file, lines)),
    8,
  )}\n`,
);
