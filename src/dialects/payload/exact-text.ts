/** A text as it came, where a family knows that it is text: `off` of a mode is no boolean, `12` of a code no number. */
import { MAX_TEXT_BYTES, type Read, storedValue } from "../../core/model/metric-value.ts";
import { fault, ok } from "../../core/model/result.ts";
import { trimmed } from "../../core/model/written-value.ts";

/** C0, DEL and C1: nothing that a person reads. */
const CONTROL = /\p{Cc}/u;
const SHOWN = 40;

/** Undefined: it is empty. */
export function exactText(name: string, raw: string): Read {
  const text = trimmed(raw);
  if (text === "") return ok(undefined);
  if (CONTROL.test(text.slice(0, MAX_TEXT_BYTES))) {
    return fault("METRIC_VALUE_INVALID", `${JSON.stringify(text.slice(0, SHOWN))} has a control character`, name);
  }
  return storedValue(name, text);
}
