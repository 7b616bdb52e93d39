/** What makes a rule unusable: it contradicts itself, or says too little. */
import type { Condition, RuleFields, Scope, SimpleCondition } from "../../contract/alerts.ts";
import type { RuleFault } from "./alert-types.ts";

/** Of the rule alone, which has the shape of its schema. */
export function faultsIn(fields: RuleFields): RuleFault[] {
  const { scope, condition, activeTimes } = fields;
  const faults = [...scopeFaults(scope, condition), ...conditionFaults(condition)];
  if (activeTimes !== undefined && activeTimes.from === activeTimes.to) {
    faults.push({ field: "activeTimes", message: "`from` and `to` are the same time: leave it out for the whole day" });
  }
  return faults;
}

function scopeFaults({ all, devices, families }: Scope, condition: Condition): RuleFault[] {
  const isOfSome = devices !== undefined || families !== undefined;
  if (condition.kind === "hub") {
    const isAll = all === true && !isOfSome;
    return isAll ? [] : [{ field: "scope", message: "a rule about the hub itself has the scope `all`" }];
  }
  if (all === true && isOfSome) return [{ field: "scope", message: "either `all`, or `devices` and `families`" }];
  if (all !== true && !isOfSome)
    return [{ field: "scope", message: "it names no device: `all`, `devices` or `families`" }];
  return [];
}

function conditionFaults(condition: Condition): RuleFault[] {
  switch (condition.kind) {
    case "hub":
      return [];
    case "all":
    case "any":
      return condition.of.flatMap((each, index) => {
        const field = `condition.of.${index}`;
        if (each.kind === "class") return [{ field, message: "a condition of a class cannot be joined with others" }];
        return simpleFaults(each, field);
      });
    default:
      return simpleFaults(condition, "condition");
  }
}

function simpleFaults(condition: SimpleCondition, at: string): RuleFault[] {
  const fault = (name: string, message: string): RuleFault[] => [{ field: `${at}.${name}`, message }];
  switch (condition.kind) {
    case "above": {
      const { threshold, clear } = condition;
      if (clear === undefined || clear <= threshold) return [];
      return fault(
        "clear",
        `it must not be above the threshold: the rule fires above ${threshold} and ends at or below \`clear\``,
      );
    }
    case "below": {
      const { threshold, clear } = condition;
      if (clear === undefined || clear >= threshold) return [];
      return fault(
        "clear",
        `it must not be below the threshold: the rule fires below ${threshold} and ends at or above \`clear\``,
      );
    }
    case "outside": {
      const { low, high, margin = 0 } = condition;
      if (low >= high) return fault("low", "it must be less than `high`");
      return low + margin <= high - margin
        ? []
        : fault("margin", "it leaves no value between `low` and `high` at which it is over");
    }
    case "rate": {
      const { above, below } = condition;
      if (above === undefined && below === undefined) return fault("above", "`above` or `below` is needed");
      const isAlways = above !== undefined && below !== undefined && Math.abs(below) > Math.abs(above);
      return isAlways ? fault("below", "with this `above`, the rule would always fire") : [];
    }
    case "noData": {
      const { afterS, intervals } = condition;
      return afterS === undefined && intervals === undefined
        ? fault("afterS", "`afterS` or `intervals` is needed")
        : [];
    }
    case "class": {
      const { above, below } = condition;
      if (above === undefined && below === undefined) return fault("below", "`below` or `above` is needed");
      const isAlways = above !== undefined && below !== undefined && below > above;
      return isAlways ? fault("below", "with this `above`, the rule would always fire") : [];
    }
    case "equals":
    case "presence":
      return [];
  }
}
