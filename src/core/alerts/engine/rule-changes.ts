/** Makes and ends alerts as rules come, change and go. */
import type { Rule } from "../../../contract/alerts.ts";
import type { Clock } from "../../ports/clock.ts";
import { compileRule, judgesAs } from "../decisions/compiled-rule.ts";
import type { OwnRuleBook } from "../rule-book.ts";
import type { AlertIndex } from "./alert-index.ts";
import { type AlertInstance, type KeptAlert, keptOf, wallAheadMs } from "./alert-instance.ts";
import type { Judge } from "./alert-judge.ts";

export interface RuleChangesOptions {
  readonly book: OwnRuleBook;
  readonly index: AlertIndex;
  readonly judge: Judge;
  readonly clock: Clock;
  /** What is known of alerts that are not in the index, by id. */
  readonly kept: Map<string, KeptAlert>;
}

export interface RuleChanges {
  changed(before: Rule | undefined, after: Rule | undefined): void;
}

export function createRuleChanges({ book, index, judge, clock, kept }: RuleChangesOptions): RuleChanges {
  for (const rule of book.list()) if (rule.enabled) index.addRule(compileRule(rule, book.changedAtMs(rule.id)));

  /** Alerts that the changed rule makes, too, go on; a new condition is asked of the next readings. */
  function changed(before: Rule | undefined, after: Rule | undefined): void {
    const former = before === undefined ? [] : index.removeRule(before.id);
    const isEnabled = after?.enabled === true;
    if (before !== undefined && isEnabled) {
      for (const instance of former) kept.set(instance.id, continued(instance, judgesAs(before, after)));
    }
    if (isEnabled) index.addRule(compileRule(after, book.changedAtMs(after.id)));
    for (const instance of former) {
      if (index.get(instance.id) !== undefined) judge.drop(instance);
      else {
        judge.end(instance, after === undefined);
        if (after !== undefined) kept.set(instance.id, keptOf(instance, undefined, wallAheadMs(clock)));
      }
    }
    if (before !== undefined && after === undefined) deleteAll(before.id);
  }

  /** Of devices that were deleted, too. */
  function deleteAll(ruleId: string): void {
    for (const id of kept.keys()) {
      if (!id.startsWith(`${ruleId}~`)) continue;
      kept.delete(id);
      judge.deleteKept(id);
    }
  }

  function continued(instance: AlertInstance, isSame: boolean): KeptAlert {
    const { verdicts, ...rest } = keptOf(instance, undefined, wallAheadMs(clock));
    return isSame && verdicts !== undefined ? { ...rest, verdicts } : rest;
  }

  return { changed };
}
