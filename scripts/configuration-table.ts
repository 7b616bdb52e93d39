/** Makes the table of docs/configuration.md from the settings. `tsx scripts/configuration-table.ts` prints it. */
import { flagOf, SETTINGS } from "../src/config/settings.ts";

interface Row {
  readonly env: string;
  readonly fallback: string;
  readonly expected: string;
  readonly meaning: string;
}

export function configurationTable(settings: readonly Row[]): string {
  const rows = settings.map(
    ({ env, fallback, expected, meaning }) =>
      `| \`${env}\`<br>\`--${flagOf(env)}\` | ${fallback === "" ? "none" : `\`${fallback}\``} | ${expected} | ${meaning} |`,
  );
  return ["| setting, flag | default | must be | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

if (import.meta.filename === process.argv[1]) {
  process.stdout.write(`${configurationTable(Object.values(SETTINGS))}\n`);
}
