/** Makes the tables of docs/protocol.md from the lists of statements. `tsx scripts/conformance-table.ts` writes them there. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Statement } from "../test/conformance/statement.ts";
import { STATEMENTS_5 } from "../test/conformance/statements-5.ts";
import { STATEMENTS_311 } from "../test/conformance/statements-311.ts";

const BEGIN = "<!-- conformance:begin -->";
const END = "<!-- conformance:end -->";

export interface Standard {
  readonly name: string;
  readonly statements: readonly Statement[];
  /** How its test files' names begin. */
  readonly files: string;
}

export const STANDARDS: readonly Standard[] = [
  { name: "MQTT 3.1.1", statements: STATEMENTS_311, files: "v311-" },
  { name: "MQTT 5.0", statements: STATEMENTS_5, files: "v5-" },
];

/** `MQTT-3.1.2-14` → section `3.1.2`, number 14. */
function placeOf({ id }: Statement): { section: string; number: number } {
  const [, section, number] = /^MQTT-(\d+(?:\.\d+)+)-(\d+)$/.exec(id) ?? [];
  if (section === undefined) throw new Error(`${id} is no number of a statement`);
  return { section, number: Number(number) };
}

/** 1, 2, 3, 5 → `1–3, 5`. */
function ranges(numbers: readonly number[]): string {
  const runs: [from: number, to: number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}

/** In the order in which the groups begin. */
function groups(statements: readonly Statement[], nameOf: (statement: Statement) => string): [string, Statement[]][] {
  const found = new Map<string, Statement[]>();
  for (const statement of statements) {
    const name = nameOf(statement);
    found.set(name, [...(found.get(name) ?? []), statement]);
  }
  return [...found];
}

const isIn =
  (state: Statement["state"]) =>
  (statement: Statement): boolean =>
    statement.state === state;

const numbersOf = (statements: readonly Statement[]): string =>
  ranges(statements.map((statement) => placeOf(statement).number));

/** Numbers of the same reason together: `23: the client's duty`. */
function reasons(statements: readonly Statement[]): string {
  const byReason = groups(statements, (statement) => (statement.state === "tested" ? "" : statement.why));
  return byReason.map(([why, those]) => `${numbersOf(those)}: ${why}`).join("; ");
}

function tablesOf({ name, statements }: Standard): string[] {
  const count = (state: Statement["state"]): number => statements.filter(isIn(state)).length;
  const summary = `**${name}**: ${statements.length} statements. ${count("tested")} are tested and hold, ${count(
    "not-testable",
  )} cannot be tested from outside, ${count("not-held")} are not held.`;
  const notHeld = statements.flatMap((each) =>
    each.state === "not-held" ? [`| ${each.id} | ${each.summary} | ${each.why} |`] : [],
  );
  const sections = groups(statements, (statement) => placeOf(statement).section);
  const isWhole = ([, those]: (typeof sections)[number]): boolean => those.every(isIn("tested"));
  const whole = sections.filter(isWhole).map(([section]) => section);
  const others = sections.filter((section) => !isWhole(section)).map(([section, those]) => rowOf(section, those));
  return [
    summary,
    "",
    ...(notHeld.length === 0 ? [] : ["| not held | what it says | why |", "|---|---|---|", ...notHeld, ""]),
    "| section | tested | not tested, and why |",
    "|---|---|---|",
    `| ${whole.join(", ")} | all | |`,
    ...others,
  ];
}

/** A section of which not all is tested. */
function rowOf(section: string, statements: readonly Statement[]): string {
  const notHeld = numbersOf(statements.filter(isIn("not-held")));
  const why = [
    reasons(statements.filter(isIn("not-testable"))),
    notHeld === "" ? "" : `${notHeld}: not held, see above`,
  ];
  const cells = [section, numbersOf(statements.filter(isIn("tested"))), why.filter((text) => text !== "").join("; ")];
  return `| ${cells.join(" | ")} |`;
}

/** What stands between the two markers of docs/protocol.md. */
export function conformanceTable(standards: readonly Standard[] = STANDARDS): string {
  return standards.map((standard) => tablesOf(standard).join("\n")).join("\n\n");
}

/** The text with that table between its markers. */
export function withTable(document: string, table: string): string {
  const [before, rest] = document.split(`${BEGIN}\n`);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${BEGIN} and ${END} are not there`);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

if (import.meta.filename === process.argv[1]) {
  const file = path.join(import.meta.dirname, "../docs/protocol.md");
  writeFileSync(file, withTable(readFileSync(file, "utf8"), conformanceTable()));
}
