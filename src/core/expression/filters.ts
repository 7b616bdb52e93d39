/** What filters make of a value, and functions of the same name. */
import { ROUNDINGS, rounded } from "./rounding.ts";
import { type Run, stepsFor } from "./run.ts";
import type { Filter } from "./syntax.ts";
import { ABSENT, isTrue, jsonOf, numberOf, readNumber, textOf, type Value } from "./value.ts";

/** `value` is there. `more`: what stands in the brackets, evaluated when asked for. */
export function applyFilter(filter: Filter, value: Value, more: readonly (() => Value)[], run: Run): Value {
  switch (filter) {
    case "float":
    case "int":
      return toNumber(filter, value, more[0], run);
    case "round":
      return toRounded(value, more, run);
    case "default":
      return isTrue(value) || more[0] === undefined || !isTrue(more[1]?.() ?? false) ? value : more[0]();
    case "is_defined":
      return value;
    case "is_number":
      return typeof readNumber(value) === "number";
    case "abs": {
      const number = numberOf(value);
      return number === undefined ? run.fail("abs needs a number") : Math.abs(number);
    }
    case "tojson":
      return paid(jsonOf(value), run) ?? run.fail("the value nests too deep");
    case "string":
      return text(value, run) ?? run.fail("the value is too large");
    case "upper":
    case "lower":
    case "trim": {
      const before = text(value, run);
      if (before === undefined) return run.fail("the value is too large");
      return filter === "trim" ? before.trim() : filter === "upper" ? before.toUpperCase() : before.toLowerCase();
    }
  }
}

const text = (value: Value, run: Run): string | undefined => paid(textOf(value), run);

const paid = (made: string | undefined, run: Run): string | undefined =>
  made === undefined || !run.pay(stepsFor(made)) ? undefined : made;

/** What is no number becomes what stands in the brackets. */
function toNumber(filter: "float" | "int", value: Value, otherwise: (() => Value) | undefined, run: Run): Value {
  if (typeof value === "string" && !run.pay(stepsFor(value))) return ABSENT;
  const number = readNumber(value);
  if (number === ABSENT) return ABSENT;
  if (number === undefined) return otherwise?.() ?? run.fail(`${filter} needs a number, not ${shown(value)}`);
  return filter === "int" ? Math.trunc(number) : number;
}

function toRounded(value: Value, [digits, rounding]: readonly (() => Value)[], run: Run): Value {
  const number = readNumber(value);
  if (number === ABSENT) return ABSENT;
  const decimals = digits?.() ?? 0;
  const name = rounding?.() ?? "common";
  const method = ROUNDINGS.find((each) => each === name);
  if (number === undefined) return run.fail(`round needs a number, not ${shown(value)}`);
  if (typeof decimals !== "number" || !Number.isInteger(decimals) || Math.abs(decimals) > MAX_DIGITS) {
    return run.fail("round needs a number of decimal places");
  }
  return method === undefined ? run.fail(`round knows no ${shown(name)}`) : rounded(number, decimals, method);
}

const MAX_DIGITS = 20;

/** The text of an object or a list may be that of the whole message. */
const shown = (value: Value): string =>
  typeof value === "object" && value !== null
    ? "a list or an object"
    : JSON.stringify((textOf(value) ?? "").slice(0, 40));
