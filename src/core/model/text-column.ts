/** Any text of JavaScript as text that a database gives back exactly, and equal for equal texts. */

/**
 * A text that a database may not give back as it was (SQLite: one with a zero in it; both: half of a surrogate pair) stands as
 * JSON, and so does one that looks like that.
 */
export const toColumn = (text: string): string =>
  text.startsWith('"') || text.includes("\0") || HALF_PAIR.test(text) ? JSON.stringify(text) : text;

const HALF_PAIR = /\p{Surrogate}/u;

export const fromColumn = (column: string): string =>
  column.startsWith('"') ? (JSON.parse(column) as string) : column;

export const toOptionalColumn = (text: string | undefined): string | null =>
  text === undefined ? null : toColumn(text);

export const fromOptionalColumn = (column: string | null): string | undefined =>
  column === null ? undefined : fromColumn(column);
