/** Makes the tables of docs/devices.md from the examples that the dialects' test plays. `tsx scripts/devices-table.ts` writes them there. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { BOARD_EXAMPLES } from "../test/support/dialects/board-examples.ts";
import type { DialectExample, ExampleGroup } from "../test/support/dialects/dialect-example.ts";
import { DISCOVERY_EXAMPLES } from "../test/support/dialects/discovery-examples.ts";
import { GATEWAY_EXAMPLES } from "../test/support/dialects/gateway-examples.ts";

const BEGIN = "<!-- examples:begin -->";
const END = "<!-- examples:end -->";
/** What is longer is cut. */
const MAX_CHARS = 200;

export const EXAMPLES: readonly ExampleGroup[] = [...BOARD_EXAMPLES, ...DISCOVERY_EXAMPLES, ...GATEWAY_EXAMPLES];

/** What stands between the two markers of docs/devices.md. */
export const devicesTable = (groups: readonly ExampleGroup[] = EXAMPLES): string => groups.map(tableOf).join("\n\n");

const tableOf = ({ title, examples }: ExampleGroup): string =>
  [`### ${title}`, "", "| topic | payload | becomes |", "|---|---|---|", ...examples.map(rowOf)].join("\n");

function rowOf([topic, payload, ...becomes]: DialectExample): string {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const cells = [
    code(topic),
    text === "" ? "(empty)" : code(text),
    becomes.length === 0 ? "delivered to subscribers, not stored" : becomes.map(code).join("<br>"),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Of one cell. */
function code(text: string): string {
  const cut = text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text;
  return `\`${cut.replaceAll("|", "\\|")}\``;
}

/** The text with these tables between its markers. */
export function withTable(document: string, table: string): string {
  const [before, rest] = document.split(`${BEGIN}\n`);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${BEGIN} and ${END} are not there`);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

if (import.meta.filename === process.argv[1]) {
  const file = path.join(import.meta.dirname, "../docs/devices.md");
  writeFileSync(file, withTable(readFileSync(file, "utf8"), devicesTable()));
}
