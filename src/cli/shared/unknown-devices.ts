/** What a command says of device ids that the hub does not know yet. */
import type { UnknownDevice } from "../../contract/answers/alert-answers.ts";
import { oneLine } from "./table.ts";

const MOST_SHOWN = 5;

/** A line of its own; nothing where the hub knows them all. */
export function unknownLines(unknown: readonly UnknownDevice[] | undefined): string[] {
  if (unknown === undefined) return [];
  const words = unknown
    .slice(0, MOST_SHOWN)
    .map(({ id, nearest }) => `${oneLine(id)}${nearest === undefined ? "" : ` (do you mean ${nearest}?)`}`);
  const others = unknown.length - words.length;
  return [`  The hub does not know yet: ${words.join(", ")}${others === 0 ? "" : ` and ${others} more`}`];
}
