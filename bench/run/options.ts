/** Reads the command line of the benchmark. */
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const SECTIONS = [
  "ingest",
  "latency",
  "live",
  "start",
  "carry",
  "fanout",
  "boards",
  "retained",
  "mongodb",
  "accounts",
  "alerts",
  "dashboard",
] as const;
export type Section = (typeof SECTIONS)[number];

export interface BenchOptions {
  sections: readonly Section[];
  pairs: number;
  seconds: number;
  warmUpSeconds: number;
  boards: number;
  /** Of the section `boards`. */
  connected: number;
  /** Slows the hub down: the figures then say little. */
  cpuProf: boolean;
  /** Each hub gets a fresh directory below this one. */
  dataRoot: string;
  hubEntry: string;
}

const HUB_ENTRY = fileURLToPath(new URL("../../dist/src/server.js", import.meta.url));

export type Command = { kind: "run"; options: BenchOptions } | { kind: "help" } | { kind: "wrong"; problem: string };

export const HELP = `npm run bench -- [options]

  --only <section>     ${SECTIONS.join(" | ")}; may be given more than once (default: all)
  --pairs <n>          interleaved pairs of bare Aedes and Aerie at each QoS (5)
  --seconds <n>        measured time of one run (5), after a warm-up of
  --warm-up <n>        seconds (1)
  --boards <n>         connected boards (50), but in the section boards:
  --connected <n>      connected boards there (10000)
  --data-root <dir>    file system that the hub stores on (the system's temporary directory)
  --hub <file>         entry of the hub to measure, for example of another build (dist/src/server.js)
  --cpu-prof           each hub leaves CPU profiles in bench/results/profiles/<run>/, and is the slower for it
  --help

A table goes to stdout, progress to stderr, all raw runs to bench/results/<date>.json.
The exit code is 1 when what is stored or delivered is not what was acknowledged, or a run broke.
`;

function isSection(text: string): text is Section {
  return SECTIONS.some((section) => section === text);
}

/** A finite number of at least `min`, or a problem pushed. */
function amount(name: string, text: string, min: number, problems: string[]): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < min) {
    problems.push(`--${name} takes a number of at least ${min}, not "${text}"`);
  }
  return value;
}

export function readOptions(args: readonly string[]): Command {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true, default: [] },
        pairs: { type: "string", default: "5" },
        seconds: { type: "string", default: "5" },
        "warm-up": { type: "string", default: "1" },
        boards: { type: "string", default: "50" },
        connected: { type: "string", default: "10000" },
        "cpu-prof": { type: "boolean", default: false },
        "data-root": { type: "string", default: tmpdir() },
        hub: { type: "string", default: HUB_ENTRY },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    const problems: string[] = [];
    const named = values.only.flatMap((text) => text.split(","));
    for (const text of named) {
      if (!isSection(text)) problems.push(`--only takes ${SECTIONS.join(", ")}, not "${text}"`);
    }
    const options: BenchOptions = {
      // in their own order, whatever the order on the command line: live uses what ingest measured
      sections: SECTIONS.filter((section) => named.length === 0 || named.includes(section)),
      pairs: Math.floor(amount("pairs", values.pairs, 1, problems)),
      seconds: amount("seconds", values.seconds, 0.5, problems),
      warmUpSeconds: amount("warm-up", values["warm-up"], 0, problems),
      boards: Math.floor(amount("boards", values.boards, 1, problems)),
      connected: Math.floor(amount("connected", values.connected, 1, problems)),
      cpuProf: values["cpu-prof"],
      dataRoot: values["data-root"],
      hubEntry: values.hub,
    };
    return problems.length > 0 ? { kind: "wrong", problem: problems.join("\n") } : { kind: "run", options };
  } catch (error) {
    return { kind: "wrong", problem: error instanceof Error ? error.message : String(error) };
  }
}
