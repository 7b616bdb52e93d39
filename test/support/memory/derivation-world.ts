/** The parts of derived metrics with their definitions in memory. */
import type { DerivedFields } from "../../../src/contract/derived.ts";
import { createDerivation, type DerivationOptions } from "../../../src/core/derived/derivation.ts";
import { createDerivedBook } from "../../../src/core/derived/derived-book.ts";
import type { HubChange, StoredRecord } from "../../../src/core/ports/hub-file.ts";
import { createMemoryLog } from "./memory-log.ts";

export interface DerivationWorldOptions extends Omit<DerivationOptions, "book"> {
  readonly stored?: readonly StoredRecord[];
  readonly written?: HubChange[];
}

export function startDerivation({ stored = [], written = [], ...options }: DerivationWorldOptions) {
  const derivedBook = createDerivedBook({
    hubFile: { write: async (changes) => void written.push(...changes) },
    stored,
    clock: options.clock,
    log: createMemoryLog(),
  });
  return { derivedBook, derivation: createDerivation({ book: derivedBook, ...options }) };
}

/** For all devices. */
export const derivedOf = (metric: string, expression: string, fields: Partial<DerivedFields> = {}): DerivedFields => ({
  scope: { all: true },
  metric,
  expression,
  ...fields,
});
