/** The log that the core writes to. */

export type LogFields = { readonly [field: string]: unknown };

/** Constant event first, fields second. Never payloads or secrets. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}
