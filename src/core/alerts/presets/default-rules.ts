/** Makes the rules that are on from the start, once: what the owner deletes or changes does not come back. */
import type { HubFile, StoredRecord } from "../../ports/hub-file.ts";
import type { Log } from "../../ports/log.ts";
import { StoreError } from "../../ports/readings-store.ts";
import type { RuleBook } from "../alert-types.ts";
import { DEFAULT_PRESETS } from "./default-presets.ts";

export interface DefaultRulesOptions {
  readonly rules: Pick<RuleBook, "list" | "add">;
  readonly records: readonly StoredRecord[];
  readonly hubFile: Pick<HubFile, "write">;
  readonly log: Log;
}

/** Which presets were made, as JSON: a later version may have more of them. */
const RECORD = { of: "record", kind: "setting", id: "defaults-made" } as const;

/** Where the disk takes nothing, the next start makes what is missing. */
export async function makeDefaultRules({ rules, records, hubFile, log }: DefaultRulesOptions): Promise<void> {
  const made = madeIn(records);
  const missing = DEFAULT_PRESETS.filter(({ id }) => !made.has(id));
  if (missing.length === 0) return;
  try {
    for (const preset of missing) {
      // Of a start that was interrupted, some may be there.
      const names = new Set(rules.list().flatMap((rule) => (rule.preset === preset.id ? [rule.name] : [])));
      for (const rule of preset.rules) if (!names.has(rule.name)) await rules.add(rule);
    }
    const data = JSON.stringify([...made, ...missing.map(({ id }) => id)]);
    await hubFile.write([{ ...RECORD, data }]);
    log.info("alert rules made that are on from the start", { presets: missing.map(({ id }) => id) });
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    log.warn("alert rules that are on from the start could not be saved; the next start tries again", { cause });
  }
}

function madeIn(records: readonly StoredRecord[]): Set<string> {
  const found = records.find(({ kind, id }) => kind === RECORD.kind && id === RECORD.id);
  const made: unknown = found === undefined ? [] : JSON.parse(found.data);
  return new Set(Array.isArray(made) ? made.filter((id) => typeof id === "string") : []);
}
