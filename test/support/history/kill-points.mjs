/**
 * The SQLite library in a process that dies at one exact point: AERIE_TEST_KILL_POINT is
 * `{"sql": <how a statement begins>, "times": <which of them>, "at": "statement" | "commit" | "after"}`. At the statement,
 * before the commit of its transaction, or behind that, before anyone is told, the process kills itself (SIGKILL).
 */
import { writeSync } from "node:fs";
import { DatabaseSync as Plain } from "@photostructure/sqlite";

export * from "@photostructure/sqlite";

const point = JSON.parse(process.env["AERIE_TEST_KILL_POINT"] ?? "null");
let left = point?.times ?? 0;
let dying = false;

function met(sql) {
  if (dying || !sql.trimStart().startsWith(point.sql)) return;
  left -= 1;
  if (left === 0) dying = true;
  if (dying && point.at === "statement") die();
}

function die() {
  writeSync(1, "killed\n");
  process.kill(process.pid, "SIGKILL");
  for (;;); // nothing more is done in this thread
}

function around(sql, run) {
  const commits = sql === "COMMIT";
  if (dying && commits && point.at === "commit") die();
  const answer = run();
  met(sql);
  // Outside of a transaction a statement is its own commit.
  if (dying && point.at === "after" && commits) die();
  return answer;
}

export class DatabaseSync extends Plain {
  prepare(sql, ...rest) {
    const statement = super.prepare(sql, ...rest);
    if (point === null) return statement;
    const run = statement.run.bind(statement);
    return Object.defineProperty(statement, "run", { value: (...args) => around(sql, () => run(...args)) });
  }

  exec(sql) {
    return point === null ? super.exec(sql) : around(sql, () => super.exec(sql));
  }
}
