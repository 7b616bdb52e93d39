/** Keeps the owner's mappings: checks them, stores them, and gives them to their dialect. */
import { MAX_MAPPINGS, type Mapping, type MappingFields, readMapping } from "../../contract/mappings.ts";
import type { Descriptions } from "../dialects/descriptions.ts";
import type { Dialects } from "../dialects/dialect.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, StoredMapping } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import type { MappingDialect } from "./mapping-dialect.ts";
import { conflictOf, faultIn, type MappingFault, type PatternOf } from "./mapping-faults.ts";
import { parsePattern } from "./topic-pattern.ts";

/** `full`: there are as many as a hub keeps. */
export type MappingOutcome =
  | { readonly kind: "done"; readonly mapping: Mapping }
  | { readonly kind: "refused"; readonly fault: MappingFault }
  | { readonly kind: "full" | "unknown" };

export interface MappingBook {
  /** In the order in which they were made, which is that in which they are read. */
  list(): readonly Mapping[];
  /** Why it could not be added, or could not take the place of the mapping with this id. */
  faultOf(fields: MappingFields, replaces?: string): MappingFault | undefined;
  /** These reject with a StoreError where nothing could be written; then nothing was changed. */
  add(fields: MappingFields): Promise<MappingOutcome>;
  replace(id: string, fields: MappingFields): Promise<MappingOutcome>;
  /** False: there is none of this id. */
  remove(id: string): Promise<boolean>;
}

export interface MappingBookOptions {
  readonly dialect: Pick<MappingDialect, "set">;
  readonly dialects: Pick<Dialects, "changed" | "claimedBy">;
  readonly descriptions: Pick<Descriptions, "mappingsChanged">;
  readonly hubFile: Pick<HubFile, "write">;
  readonly stored: readonly StoredMapping[];
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Log;
}

export function createMappingBook(options: MappingBookOptions): MappingBook {
  const { dialect, dialects, descriptions, hubFile, stored, clock, log } = options;
  const queue = createSerialQueue();
  let patterns: readonly PatternOf[] = [];
  let mappings: readonly Mapping[] = [];
  const restored = stored.flatMap(({ id, data }) => {
    const fields = readMapping(data);
    if (fields !== undefined && faultIn(fields) === undefined) return [{ ...fields, id }];
    log.warn("a mapping cannot be read, and is left as it is", { id });
    return [];
  });
  keep(restored);

  function faultOf(fields: MappingFields, replaces?: string): MappingFault | undefined {
    const others = patterns.filter(({ mapping }) => mapping.id !== replaces);
    return faultIn(fields) ?? conflictOf(fields, others, dialects);
  }

  function put(id: string, fields: MappingFields, replaces?: string): Promise<MappingOutcome> {
    const fault = faultOf(fields, replaces);
    if (fault !== undefined) return Promise.resolve({ kind: "refused", fault });
    const mapping = { ...fields, id };
    const isNew = replaces === undefined;
    return hubFile.write([{ of: "mapping", id, data: JSON.stringify(fields) }]).then(() => {
      take(isNew ? [...mappings, mapping] : mappings.map((each) => (each.id === id ? mapping : each)));
      return { kind: "done", mapping };
    });
  }

  function keep(changed: readonly Mapping[]): void {
    mappings = changed;
    patterns = changed.flatMap((mapping) => {
      const parsed = parsePattern(mapping.topic);
      return parsed.ok ? [{ mapping, pattern: parsed.value }] : [];
    });
    dialect.set(mappings);
  }

  function take(changed: readonly Mapping[]): void {
    keep(changed);
    dialects.changed();
    descriptions.mappingsChanged();
  }

  /** Never that of a mapping that was removed: what devices keep of theirs names it. */
  function newId(): string {
    for (let at = clock.nowMs(); ; at++) {
      const id = at.toString(36);
      if (!mappings.some((each) => each.id === id)) return id;
    }
  }

  return {
    list: () => mappings,
    faultOf,
    add: (fields) =>
      queue.run(() => (mappings.length >= MAX_MAPPINGS ? Promise.resolve({ kind: "full" }) : put(newId(), fields))),
    replace: (id, fields) =>
      queue.run(() =>
        mappings.some((each) => each.id === id) ? put(id, fields, id) : Promise.resolve({ kind: "unknown" }),
      ),
    remove: (id) =>
      queue.run(async () => {
        if (!mappings.some((each) => each.id === id)) return false;
        await hubFile.write([{ of: "mapping", id, data: undefined }]);
        take(mappings.filter((each) => each.id !== id));
        return true;
      }),
  };
}
