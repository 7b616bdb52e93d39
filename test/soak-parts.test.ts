/** The table of the soak: names that can be typed, files that are there, and long forms that something reads. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { SOAK_PARTS } from "./soak-parts.ts";

test.each(SOAK_PARTS)(
  "soak part $name names a test file, and sets only what that file reads",
  ({ name, file, env }) => {
    const source = readFileSync(path.join(import.meta.dirname, "..", file), "utf8");
    expect(SOAK_PARTS.filter((part) => part.name === name)).toHaveLength(1);
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    for (const variable of Object.keys(env)) expect(source, variable).toContain(`process.env["${variable}"]`);
  },
);
