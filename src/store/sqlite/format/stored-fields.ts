/** Reads the fields of one row without trusting them: a field that its column cannot hold is left out, and its name is noted. */

export interface StoredFields {
  /** Undefined if it is null or damaged. */
  get<T>(name: string, isWhole: (value: unknown) => value is T): T | undefined;
  /** The same for a column that is never null. */
  need<T>(name: string, isWhole: (value: unknown) => value is T): T | undefined;
  /** Names of columns that were damaged. */
  readonly damaged: readonly string[];
}

/** Undefined: the row itself cannot be read. */
export function fieldsOf(row: Readonly<Record<string, unknown>> | undefined): StoredFields {
  const damaged: string[] = [];
  const need: StoredFields["need"] = (name, isWhole) => {
    const value = row?.[name];
    if (isWhole(value)) return value;
    damaged.push(name);
    return undefined;
  };
  return { need, get: (name, isWhole) => (row?.[name] === null ? undefined : need(name, isWhole)), damaged };
}

export const isText = (value: unknown): value is string => typeof value === "string";
export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

export const isWholeUpTo =
  (most: number) =>
  (value: unknown): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
