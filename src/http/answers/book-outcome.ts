/** Answers what a book of rules, silences or channels made of a change. */
import type { ErrorCode } from "../../contract/errors.ts";
import type { BookOutcome } from "../../core/alerts/alert-types.ts";
import { HttpError } from "./problem.ts";

/** Throws what the book refused. */
export function doneIn<Item>(outcome: BookOutcome<Item>, codes: Readonly<Record<"full" | "unknown", ErrorCode>>): Item {
  switch (outcome.kind) {
    case "done":
      return outcome.item;
    case "refused":
      throw new HttpError("REQUEST_INVALID", [...outcome.faults]);
    case "full":
    case "unknown":
      throw new HttpError(codes[outcome.kind]);
  }
}
