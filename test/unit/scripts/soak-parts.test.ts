/** The table of the soak: names that can be typed, files that are there, and long forms that something reads. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { SOAK_PARTS } from "../../../scripts/soak-parts.ts";

test.each(SOAK_PARTS)(
  "soak part $name names a test file, and sets only what that file reads",
  ({ name, file, env }) => {
    const read = (each: string): string => readFileSync(path.join(import.meta.dirname, "..", "..", "..", each), "utf8");
    // What both stores have to pass stands in files of its own.
    const suites = [...read(file).matchAll(/"\.\/cases\/([a-z-]+-contract\.ts)"/g)].map(
      ([, name]) => `test/contract/cases/${name}`,
    );
    const inner = suites.flatMap((suite) =>
      [...read(suite).matchAll(/"\.\/([a-z-]+-contract\.ts)"/g)].map(([, each]) => `test/contract/cases/${each}`),
    );
    const source = [file, ...suites, ...inner].map(read).join("");
    expect(SOAK_PARTS.filter((part) => part.name === name)).toHaveLength(1);
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    for (const variable of Object.keys(env)) expect(source, variable).toContain(`process.env["${variable}"]`);
  },
);
