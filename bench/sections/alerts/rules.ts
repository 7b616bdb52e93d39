/** Rules of a hub that is measured. */
import type { RuleFields } from "../../../src/contract/alerts.ts";
import type { RulesAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { askHub } from "../../helpers/hub-api.ts";

/** One after the other, as a program would. */
export async function addRules(httpUrl: string, rules: Iterable<RuleFields>): Promise<void> {
  for (const rule of rules) await askHub(httpUrl, "POST /api/rules", rule);
}

/** Those too that are on from the start. */
export async function deleteAllRules(httpUrl: string): Promise<void> {
  const { rules } = await askHub<RulesAnswer>(httpUrl, "GET /api/rules");
  for (const { id } of rules) await askHub(httpUrl, `DELETE /api/rules/${id}`);
}

export const ruleOf = (fields: Pick<RuleFields, "name" | "condition"> & Partial<RuleFields>): RuleFields => ({
  enabled: true,
  severity: "critical",
  scope: { all: true },
  forS: 0,
  keepFiringS: 0,
  repeatS: 0,
  channels: "all",
  ...fields,
});

/** Nobody asks too often, and a new board is no alarm. */
export const UNLIMITED = { "max-requests-per-minute": "0", "max-devices": "20000", "max-devices-per-client": "20000" };
