/** `/api/rules`: when alerts fire. */
import { type Rule, rule, ruleFields } from "../../../contract/alerts.ts";
import { rulesAnswer } from "../../../contract/answers/alert-answers.ts";
import type { RuleBook } from "../../../core/alerts/alert-types.ts";
import { doneIn } from "../../answers/book-outcome.ts";
import { HttpError } from "../../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../declaration/route.ts";

export interface RulesParts {
  readonly rules: RuleBook;
}

const CODES = { full: "TOO_MANY_RULES", unknown: "RULE_UNKNOWN" } as const;

export const RULES_ROUTES: readonly Route<RulesParts>[] = [
  route({
    method: "get",
    path: "/api/rules",
    level: "viewer",
    summary: "the rules, in the order in which they were made",
    answer: json(rulesAnswer),
    handle: ({ rules }: RulesParts) => ({ rules: [...rules.list()] }),
  }),
  route({
    method: "post",
    path: "/api/rules",
    level: "owner",
    summary: "adds one",
    body: ruleFields,
    answer: json(rule, 201),
    handle: async ({ rules }: RulesParts, { body }): Promise<Rule> => doneIn(await rules.add(body), CODES),
  }),
  route({
    method: "put",
    path: "/api/rules/:id",
    level: "owner",
    summary: "replaces it; its alerts end where it is switched off",
    body: ruleFields,
    answer: json(rule),
    handle: async ({ rules }: RulesParts, { params, body }): Promise<Rule> =>
      doneIn(await rules.replace(params.id, body), CODES),
  }),
  route({
    method: "delete",
    path: "/api/rules/:id",
    level: "owner",
    summary: "204; its alerts end, what is in the log stays",
    answer: EMPTY,
    handle: async ({ rules }: RulesParts, { params }) => {
      if (!(await rules.remove(params.id))) throw new HttpError("RULE_UNKNOWN");
    },
  }),
];
