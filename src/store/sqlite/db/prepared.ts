/** Prepares each statement once a connection: parsing one takes longer than most of them run. For whole answers, not for cursors. */
import type { DatabaseSyncInstance, StatementSyncInstance } from "@photostructure/sqlite";

const known = new WeakMap<DatabaseSyncInstance, Map<string, StatementSyncInstance>>();

/** `sql`: one of a few constant texts. Never iterate it: somebody else may run it meanwhile. */
export function prepared(db: DatabaseSyncInstance, sql: string): StatementSyncInstance {
  let statements = known.get(db);
  if (statements === undefined) {
    statements = new Map();
    known.set(db, statements);
  }
  let statement = statements.get(sql);
  if (statement === undefined) {
    statement = db.prepare(sql);
    statements.set(sql, statement);
  }
  return statement;
}
