/** Counts the lines that an import refused, by reason, and writes the first of them beside the file. */
import { appendFileSync, rmSync } from "node:fs";

export interface RefusedReport {
  /** `line` undefined: it is about many lines. */
  add(line: number | undefined, reason: string, detail: string | undefined, text: string): void;
  count(): number;
  /** For the end of the command; undefined: nothing was refused. */
  words(): string | undefined;
}

const MAX_LINES = 1_000;
const MAX_TEXT = 200;

/** `resumes`: the report of the earlier run is kept. */
export function createRefusedReport(file: string, resumes: boolean): RefusedReport {
  const counts = new Map<string, number>();
  let written = 0;
  let fault: string | undefined;
  if (!resumes) rmSync(file, { force: true });

  return {
    add: (line, reason, detail, text) => {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if (written >= MAX_LINES || fault !== undefined) return;
      written++;
      const why = detail === undefined ? reason : `${reason} (${detail})`;
      try {
        const where = line === undefined ? "" : `line ${line}: `;
        appendFileSync(file, `${where}${why}: ${text.slice(0, MAX_TEXT)}\n`);
      } catch (cause) {
        fault = (cause as Error).message;
      }
    },
    count: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    words: () => {
      if (counts.size === 0) return undefined;
      const rows = [...counts].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `  ${count} × ${reason}`);
      const where =
        fault === undefined
          ? `The refused lines are in ${file}`
          : `The refused lines could not be written to ${file}: ${fault}`;
      return `Refused:\n${rows.join("\n")}\n${where}`;
    },
  };
}
