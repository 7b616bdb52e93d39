/** `/api/rules`: when alerts fire. */
import { type Rule, ruleFields } from "../../../contract/alerts.ts";
import { rulesAnswer, type SavedRule, savedRule } from "../../../contract/answers/alert-answers.ts";
import type { RuleBook } from "../../../core/alerts/alert-types.ts";
import type { UnknownDevices } from "../../../core/alerts/unknown-devices.ts";
import { doneIn } from "../../answers/book-outcome.ts";
import { HttpError } from "../../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../declaration/route.ts";

export interface RulesParts {
  readonly rules: RuleBook;
  readonly unknownDevices: UnknownDevices;
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
    answer: json(savedRule, 201),
    handle: async ({ rules, unknownDevices }: RulesParts, { body }) =>
      saved(doneIn(await rules.add(body), CODES), unknownDevices),
  }),
  route({
    method: "put",
    path: "/api/rules/:id",
    level: "owner",
    summary: "replaces it; its alerts end where it is switched off",
    body: ruleFields,
    answer: json(savedRule),
    handle: async ({ rules, unknownDevices }: RulesParts, { params, body }) =>
      saved(doneIn(await rules.replace(params.id, body), CODES), unknownDevices),
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

function saved(rule: Rule, unknownDevices: UnknownDevices): SavedRule {
  const unknown = unknownDevices(rule.scope.devices ?? []);
  return { ...rule, ...(unknown !== undefined && { unknownDevices: unknown }) };
}
