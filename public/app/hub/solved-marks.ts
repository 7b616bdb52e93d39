/** The causes of refusals that a person holds for solved, kept in this browser. */
import { remembered } from "../preferences/remembered.ts";
import type { SolvedMarks } from "./refused.ts";

export const solvedMarks = remembered<SolvedMarks>("aerie.solved", (stored) =>
  Object.fromEntries(
    Object.entries(isRecord(stored) ? stored : {}).flatMap(([code, mark]) => {
      if (!isRecord(mark)) return [];
      const { at, count, since } = mark;
      return typeof at === "string" && typeof count === "number" && typeof since === "string"
        ? [[code, { at, count, since }]]
        : [];
    }),
  ),
);

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null;
}
