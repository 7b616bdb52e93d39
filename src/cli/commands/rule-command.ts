/** `aerie rule`: when alerts fire. */
import type { Rule, RuleFields } from "../../contract/alerts.ts";
import type { RulesAnswer, SavedRule } from "../../contract/answers/alert-answers.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import type { HubLink } from "../shared/hub-link.ts";
import { json, needed, print, verbIn, withRunningHub } from "../shared/running-hub.ts";
import { oneLine, table } from "../shared/table.ts";
import { unknownLines } from "../shared/unknown-devices.ts";
import { conditionText, type RuleOptions, ruleFieldsOf, scopeText } from "./rule-fields.ts";
import { ruleTrial } from "./rule-trial.ts";

export interface RuleRequest extends RuleOptions {
  readonly verb: string;
  /** Of `try`: how far back. */
  readonly last?: string;
  /** Id or name of a rule. */
  readonly called: string | undefined;
}

/** Answers what goes to standard output. */
type Work = (link: HubLink, request: RuleRequest, world: CommandWorld) => Promise<string>;

const WORK: Readonly<Record<string, Work>> = {
  list,
  add,
  show,
  set,
  enable: (link, request) => switched(link, request, true),
  disable: (link, request) => switched(link, request, false),
  try: tried,
  delete: remove,
};

export function ruleCommand(request: RuleRequest, world: CommandWorld): Promise<number> {
  const work = verbIn("rule", request.verb, WORK);
  return withRunningHub(world, async (link) => print(await work(link, request, world)));
}

async function list(link: HubLink): Promise<string> {
  const rules = await all(link);
  if (rules.length === 0) return "no rules";
  const rows = rules.map(({ id, enabled, severity, forS, name, condition, scope }) => [
    id,
    enabled ? "on" : "off",
    severity,
    `${conditionText(condition)}${forS === 0 ? "" : ` for ${forS} s`}`,
    scopeText(scope),
    oneLine(name),
  ]);
  return table([["ID", "", "SEVERITY", "FIRES", "DEVICES", "NAME"], ...rows]).join("\n");
}

const all = async (link: HubLink): Promise<readonly Rule[]> => (await link.ask<RulesAnswer>("/api/rules")).rules;

async function add(link: HubLink, request: RuleRequest): Promise<string> {
  return shown("Added", await link.ask<SavedRule>("/api/rules", json(ruleFieldsOf(request))));
}

/** As JSON, which `set --file` takes. */
async function show(link: HubLink, request: RuleRequest): Promise<string> {
  return JSON.stringify(await chosen(link, request), undefined, 2);
}

async function set(link: HubLink, request: RuleRequest): Promise<string> {
  const { id, ...former } = await chosen(link, request);
  return shown("Changed", await put(link, id, ruleFieldsOf(request, former)));
}

async function switched(link: HubLink, request: RuleRequest, enabled: boolean): Promise<string> {
  const { id, ...former } = await chosen(link, request);
  return shown(enabled ? "Switched on" : "Switched off", await put(link, id, { ...former, enabled }));
}

/** A rule that is there, with what is given changed in it, or one of which all is given. Nothing is saved. */
async function tried(link: HubLink, request: RuleRequest, { clock }: CommandWorld): Promise<string> {
  if (request.called === undefined) return trialOf(ruleFieldsOf(request) as RuleFields);
  const { id: _, ...former } = await chosen(link, request);
  return trialOf(ruleFieldsOf(request, former) as RuleFields);

  function trialOf(rule: RuleFields): Promise<string> {
    return ruleTrial(link, rule, request.last, clock.nowMs());
  }
}

async function remove(link: HubLink, request: RuleRequest): Promise<string> {
  const { id, name } = await chosen(link, request);
  await link.ask(pathOf(id), undefined, "DELETE");
  return `Deleted ${id}: ${oneLine(name)}. Its alerts have ended; the log stays.`;
}

const put = (link: HubLink, id: string, fields: object): Promise<SavedRule> =>
  link.ask<SavedRule>(pathOf(id), json(fields), "PUT");

const pathOf = (id: string): string => `/api/rules/${encodeURIComponent(id)}`;

async function chosen(link: HubLink, { verb, called }: RuleRequest): Promise<Rule> {
  const word = needed(`rule ${verb}`, called, "id");
  const rules = await all(link);
  const found = rules.filter(({ id }) => id === word);
  const [rule, ...others] = found.length > 0 ? found : rules.filter(({ name }) => name === word);
  if (rule === undefined) throw new CommandFault(`No such rule: ${word}. See aerie rule list.`);
  if (others.length > 0) throw new CommandFault(`Several rules are called ${word}: use the id (aerie rule list).`);
  return rule;
}

const shown = (
  done: string,
  { id, name, enabled, condition, forS, scope, severity, unknownDevices }: SavedRule,
): string =>
  [
    `${done} ${id}: ${oneLine(name)}`,
    `  ${severity}: ${conditionText(condition)}${forS === 0 ? "" : ` for ${forS} s`}, ${scopeText(scope)}${enabled ? "" : " (off)"}`,
    ...unknownLines(unknownDevices),
  ].join("\n");
