/** Reads the command line of the history's benchmark. */
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

/** In this order: `ack` forgets readings that the others need. */
export const GROUPS = ["size", "chart", "rules", "mongodb", "bytes", "start", "export", "ingest", "ack"] as const;
export type Group = (typeof GROUPS)[number];

/** The budgets are of so many. */
export const FULL_READINGS = 10_000_000;

export interface HistoryOptions {
  readings: number;
  groups: readonly Group[];
  /** The whole year of one 5 s board, whatever `readings`. */
  year: boolean;
  /** Of each comparison, and runs of each measure. */
  pairs: number;
  dataRoot: string;
  keep: boolean;
}

export type Command = { kind: "run"; options: HistoryOptions } | { kind: "help" } | { kind: "wrong"; problem: string };

export const HELP = `npm run bench:history -- [options]

  --readings <n>       readings in the store (10000000); with fewer, the year and the 30 days are shortened like them
  --year               one board's whole year at 5 s (6.3 M readings), however few the readings are
  --only <group>       ${GROUPS.join(" | ")}; may be given more than once (default: all)
  --pairs <n>          runs of each measure, and interleaved pairs of each comparison (5)
  --data-root <dir>    file system that is stored on (the system's temporary directory)
  --keep               leave the databases there
  --help

A table goes to stdout, progress to stderr, all raw figures to bench/results/history-<date>.json.
The exit code is 1 when readings stored are not readings appended, or a run broke; a budget that is not met is only said.
`;

const LEAST_READINGS = 30_000;

function wholeNumber(name: string, text: string, min: number, problems: string[]): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) {
    problems.push(`--${name} takes a whole number of at least ${min}, not "${text}"`);
  }
  return value;
}

export function readOptions(args: readonly string[]): Command {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        readings: { type: "string", default: String(FULL_READINGS) },
        year: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
        pairs: { type: "string", default: "5" },
        "data-root": { type: "string", default: tmpdir() },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    const problems: string[] = [];
    const named = values.only.flatMap((text) => text.split(","));
    for (const text of named) {
      if (!GROUPS.some((group) => group === text)) problems.push(`--only takes ${GROUPS.join(", ")}, not "${text}"`);
    }
    const options: HistoryOptions = {
      readings: wholeNumber("readings", values.readings, LEAST_READINGS, problems),
      groups: GROUPS.filter((group) => named.length === 0 || named.includes(group)),
      year: values.year,
      pairs: wholeNumber("pairs", values.pairs, 1, problems),
      dataRoot: values["data-root"],
      keep: values.keep,
    };
    return problems.length > 0 ? { kind: "wrong", problem: problems.join("\n") } : { kind: "run", options };
  } catch (error) {
    return { kind: "wrong", problem: error instanceof Error ? error.message : String(error) };
  }
}
