/** Keeps the rules: checks them, stores them, and notifies who applies them. */
import { MAX_INSTANCES, MAX_RULES, type Rule, type RuleFields, ruleFields } from "../../contract/alerts.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import type { BookOutcome, RuleBook, RuleFault } from "./alert-types.ts";
import { newRecordId } from "./record-id.ts";
import { faultsIn } from "./rule-faults.ts";

/** A rule as it is kept. */
interface KeptRule {
  readonly rule: Rule;
  /** When it was last written, epoch ms: what was received before is not judged by it. */
  readonly changedAtMs: number;
}

export interface RuleBookParts {
  readonly hubFile: Pick<HubFile, "write">;
  /** Of all kinds. */
  readonly stored: readonly StoredRecord[];
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Log;
}

type CountAlerts = (
  fields: RuleFields,
  replaces: string | undefined,
) => { readonly own: number; readonly others: number };

/** The book, and what only the engine asks it. */
export interface OwnRuleBook extends RuleBook {
  /** `count`: how many alerts a rule makes, and how many all others have; `replaces`: id of one that it takes the place of. */
  countBy(count: CountAlerts): void;
  changedAtMs(id: string): number;
}

export function createRuleBook({ hubFile, stored, clock, log }: RuleBookParts): OwnRuleBook {
  const queue = createSerialQueue();
  const listeners: ((before: Rule | undefined, after: Rule | undefined) => void)[] = [];
  let countOf: CountAlerts = () => ({ own: 0, others: 0 });
  const rules = new Map<string, KeptRule>();
  for (const { kind, id, data } of stored) {
    if (kind !== "rule") continue;
    const kept = readRule(id, data);
    if (kept === undefined) log.warn("a rule cannot be read, and is left as it is", { id });
    else rules.set(id, kept);
  }

  const list = (): Rule[] => [...rules.values()].map(({ rule }) => rule);

  function faultsOf(fields: RuleFields, replaces?: string): readonly RuleFault[] {
    const faults = faultsIn(fields);
    if (faults.length > 0 || !fields.enabled) return faults;
    const { own, others } = countOf(fields, replaces);
    if (own + others <= MAX_INSTANCES) return [];
    const message = `it would make ${own} alerts, ${own + others} with those of the other rules; a hub has at most ${MAX_INSTANCES}`;
    return [{ field: "scope", message }];
  }

  async function put(id: string, fields: RuleFields): Promise<BookOutcome<Rule>> {
    const faults = faultsOf(fields, id);
    if (faults.length > 0) return { kind: "refused", faults };
    const changedAtMs = clock.nowMs();
    const rule: Rule = { ...fields, id };
    await hubFile.write([{ of: "record", kind: "rule", id, data: JSON.stringify({ ...fields, changedAtMs }) }]);
    const before = rules.get(id)?.rule;
    rules.set(id, { rule, changedAtMs });
    changed(before, rule);
    return { kind: "done", item: rule };
  }

  function changed(before: Rule | undefined, after: Rule | undefined): void {
    for (const listener of listeners) listener(before, after);
  }

  return {
    list,
    get: (id) => rules.get(id)?.rule,
    faultsOf,
    add: (fields) =>
      queue.run<BookOutcome<Rule>>(async () =>
        rules.size >= MAX_RULES ? { kind: "full" } : put(newRecordId(rules, clock.nowMs()), fields),
      ),
    replace: (id, fields) =>
      queue.run<BookOutcome<Rule>>(async () => (rules.has(id) ? put(id, fields) : { kind: "unknown" })),
    remove: (id) =>
      queue.run(async () => {
        const before = rules.get(id)?.rule;
        if (before === undefined) return false;
        await hubFile.write([{ of: "record", kind: "rule", id, data: undefined }]);
        rules.delete(id);
        changed(before, undefined);
        return true;
      }),
    onChange: (run) => void listeners.push(run),
    countBy: (count) => {
      countOf = count;
    },
    changedAtMs: (id) => rules.get(id)?.changedAtMs ?? 0,
  };
}

/** Undefined: a later version wrote it, or it is damaged. */
function readRule(id: string, data: string): KeptRule | undefined {
  try {
    const { changedAtMs, ...fields } = JSON.parse(data) as Record<string, unknown>;
    const parsed = ruleFields.safeParse(fields);
    if (!parsed.success || faultsIn(parsed.data).length > 0) return undefined;
    return { rule: { ...parsed.data, id }, changedAtMs: typeof changedAtMs === "number" ? changedAtMs : 0 };
  } catch {
    return undefined;
  }
}
