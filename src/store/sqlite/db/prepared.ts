/** Prepares each statement once per connection: parsing takes longer than most of them run. For complete results, not for cursors. */
import type { DatabaseSyncInstance, StatementSyncInstance } from "@photostructure/sqlite";

const known = new WeakMap<DatabaseSyncInstance, Map<string, StatementSyncInstance>>();

/** `sql`: one of a few constant texts. Never iterate the statement: other code may run it meanwhile. */
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
