/**
 * The SQLite library on a slow disk: each COMMIT waits as many milliseconds as the file that AERIE_TEST_SLOW_COMMITS names
 * says, and goes on at once when that file is gone. A spawned hub gets it in the library's place (slow-commits-loader.mjs).
 */
import { readFileSync } from "node:fs";
import { DatabaseSync as Quick } from "@photostructure/sqlite";

export * from "@photostructure/sqlite";

const file = process.env["AERIE_TEST_SLOW_COMMITS"] ?? "";
const still = new Int32Array(new SharedArrayBuffer(4));

function delayMs() {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}

function waitForDisk() {
  const sinceMs = performance.now();
  while (performance.now() - sinceMs < delayMs()) Atomics.wait(still, 0, 0, 20);
}

export class DatabaseSync extends Quick {
  prepare(sql, ...rest) {
    const statement = super.prepare(sql, ...rest);
    if (sql !== "COMMIT") return statement;
    const run = statement.run.bind(statement);
    const value = () => {
      waitForDisk();
      return run();
    };
    return Object.defineProperty(statement, "run", { value });
  }

  exec(sql) {
    if (/\bCOMMIT\b/.test(sql)) waitForDisk();
    return super.exec(sql);
  }
}
