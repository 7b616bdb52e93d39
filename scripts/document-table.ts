/** Puts a table that a script makes between its two markers in a document. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The text with that table between `<!-- name:begin -->` and `<!-- name:end -->`. */
export function withTable(document: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [before, rest] = document.split(`${begin}\n`);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${begin} and ${end} are not there`);
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

/** `file`: from the project's root on. */
export function writeTable(file: string, name: string, table: string): void {
  const document = path.join(import.meta.dirname, "..", file);
  writeFileSync(document, withTable(readFileSync(document, "utf8"), name, table));
}
