/** One line of the history's table: what was measured, against its budget of design.md. */
import { figure } from "../helpers/figure.ts";
import { spread } from "../helpers/spread.ts";
import { table } from "../helpers/table.ts";

export interface Row {
  readonly what: string;
  /** Of the median; undefined: it is only shown. */
  readonly budget?: { readonly sign: "≤" | "≥"; readonly limit: number };
  readonly unit: string;
  readonly digits: number;
  /** Of each run; undefined: this build of the store cannot do it, or what `absent` says. */
  readonly values: readonly number[] | undefined;
  readonly absent?: string;
}

export interface Part {
  readonly title: string;
  readonly rows: readonly Row[];
  /** Shown under the table. */
  readonly remarks?: readonly string[];
}

export const atMost = (limit: number): Row["budget"] & object => ({ sign: "≤", limit });
export const atLeast = (limit: number): Row["budget"] & object => ({ sign: "≥", limit });

function isMet({ budget, values }: Row): boolean {
  if (budget === undefined || values === undefined) return true;
  const { median } = spread(values);
  return budget.sign === "≤" ? median <= budget.limit : median >= budget.limit;
}

function columns(row: Row): string[] {
  const { what, budget, unit, digits, values } = row;
  const budgetText =
    budget === undefined ? "" : `${budget.sign} ${figure(budget.limit, Number.isInteger(budget.limit) ? 0 : 1)}`;
  if (values === undefined) return [what, budgetText, row.absent ?? "not available", "", "", ""];
  const { median, min, max } = spread(values);
  const range = values.length === 1 ? "" : `${figure(min, digits)} – ${figure(max, digits)}`;
  return [what, budgetText, figure(median, digits), unit, range, isMet(row) ? "" : "NOT MET"];
}

export function partText({ title, rows, remarks = [] }: Part): string {
  const text = table([[title, "budget", "median", "", "least – greatest", ""], ...rows.map(columns)]);
  return text + remarks.map((remark) => `  ${remark}\n`).join("");
}
