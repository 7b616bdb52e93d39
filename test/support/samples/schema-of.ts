/** Tables and indexes of an SQLite file, with their columns, so that two files can be compared. */
import { DatabaseSync } from "@photostructure/sqlite";

/** Not the text of the statements: a former version may have written it in another way. */
export function schemaOf(file: string): [name: string, ...columns: unknown[]][] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const names = db.prepare("SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").all();
    return names.map(({ type, name }) => {
      const about = type === "table" ? "pragma_table_xinfo" : "pragma_index_xinfo";
      return [String(name), ...db.prepare(`SELECT * FROM ${about}(?)`).all(String(name))];
    });
  } finally {
    db.close();
  }
}
