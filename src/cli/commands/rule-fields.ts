/** A rule as it is given on the command line, and as it is shown there. */
import type { Condition, Rule, RuleFields, Severity, SimpleCondition } from "../../contract/alerts.ts";
import type { MetricValue } from "../../contract/readings.ts";
import { CommandFault } from "../shared/command-fault.ts";
import { jsonOf } from "../shared/json-file.ts";
import { secondsIn } from "../shared/quantity.ts";

/** As they were given. */
export interface RuleOptions {
  readonly file?: string;
  readonly name?: string;
  readonly severity?: Severity;
  readonly devices?: string;
  readonly families?: string;
  readonly metric?: string;
  readonly above?: string;
  readonly below?: string;
  readonly equals?: string;
  readonly clear?: string;
  readonly noData?: string;
  readonly offline?: true;
  readonly for?: string;
  readonly keep?: string;
  readonly repeat?: string;
  readonly message?: string;
  readonly channels?: string;
}

/** What a rule has of which nothing is said. */
const USUAL = {
  enabled: true,
  severity: "warning",
  scope: { all: true },
  forS: 0,
  keepFiringS: 0,
  channels: "all",
} as const satisfies Partial<RuleFields>;

/** The hub checks them. `former`: the rule that is changed, of which what is not given stays. */
export function ruleFieldsOf(options: RuleOptions, former?: RuleFields): Partial<RuleFields> {
  const given = fieldsIn(options);
  if (options.file !== undefined) {
    const { id: _, ...fields } = jsonOf(options.file);
    return { ...(former === undefined ? USUAL : {}), ...(fields as Partial<RuleFields>), ...given };
  }
  if (former === undefined && given.condition === undefined) {
    throw new CommandFault(
      "aerie rule add: give a condition, such as --metric temperature --above 30, or the whole rule as JSON with --file",
      2,
    );
  }
  const whole = { ...(former ?? USUAL), ...given };
  const { condition } = whole as RuleFields;
  return { ...whole, name: whole.name ?? conditionText(condition) };
}

function fieldsIn(options: RuleOptions): Partial<RuleFields> {
  const { name, severity, devices, families, message, channels } = options;
  const condition = conditionIn(options);
  const scope = {
    ...(devices !== undefined && devices !== "all" && { devices: devices.split(",") }),
    ...(families !== undefined && { families: families.split(",") as NonNullable<RuleFields["scope"]["families"]> }),
  };
  const isScoped = devices !== undefined || families !== undefined;
  return {
    ...(name !== undefined && { name }),
    ...(severity !== undefined && { severity }),
    ...(isScoped && { scope: Object.keys(scope).length === 0 ? { all: true as const } : scope }),
    ...(condition !== undefined && { condition }),
    ...(options.for !== undefined && { forS: time("--for", options.for) }),
    ...(options.keep !== undefined && { keepFiringS: time("--keep", options.keep) }),
    ...(options.repeat !== undefined && { repeatS: time("--repeat", options.repeat) }),
    ...(message !== undefined && { message }),
    ...(channels !== undefined && { channels: channels === "all" ? ("all" as const) : listIn(channels) }),
  };
}

const listIn = (text: string): string[] => (text === "none" ? [] : text.split(","));

/** Undefined: none is given. */
function conditionIn(options: RuleOptions): SimpleCondition | undefined {
  const { metric, above, below, equals, clear, noData, offline } = options;
  const kinds = [
    above !== undefined && "--above",
    below !== undefined && "--below",
    equals !== undefined && "--equals",
    noData !== undefined && "--silent-for",
    offline && "--offline",
  ].filter((kind) => typeof kind === "string");
  if (kinds.length > 1) throw new CommandFault(`aerie rule: ${kinds.join(" and ")}: give one condition`, 2);
  if (kinds.length === 0) {
    if (metric === undefined && clear === undefined) return undefined;
    throw new CommandFault("aerie rule: --metric needs one of --above, --below, --equals, --silent-for", 2);
  }
  if (offline) return { kind: "presence", state: "offline" };
  if (noData !== undefined) {
    return { kind: "noData", afterS: time("--silent-for", noData), ...(metric !== undefined && { metric }) };
  }
  if (metric === undefined) throw new CommandFault(`aerie rule: ${kinds[0]} needs --metric`, 2);
  if (equals !== undefined) return { kind: "equals", metric, value: valueIn(equals) };
  const [kind, threshold] = above === undefined ? (["below", below ?? ""] as const) : (["above", above] as const);
  const cleared = clear === undefined ? {} : { clear: number("--clear", clear) };
  return { kind, metric, threshold: number(`--${kind}`, threshold), ...cleared };
}

function number(option: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new CommandFault(`aerie rule: ${option}: expected a number`, 2);
  return value;
}

function time(option: string, text: string): number {
  const seconds = secondsIn(text);
  if (seconds !== undefined) return seconds;
  throw new CommandFault(`aerie rule: ${option}: expected seconds, or a time such as 5m, 2h or 1d`, 2);
}

/** `true`, `false`, a number, or else text. */
function valueIn(text: string): MetricValue {
  if (text === "true" || text === "false") return text === "true";
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : text;
}

/** `gasPpm above 300` */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "hub":
      return `the hub: ${condition.what.join(", ")}`;
    case "all":
    case "any":
      return condition.of.map(simpleText).join(condition.kind === "all" ? " and " : " or ");
    default:
      return simpleText(condition);
  }
}

function simpleText(condition: SimpleCondition): string {
  switch (condition.kind) {
    case "above":
    case "below": {
      const { metric, kind, threshold, clear } = condition;
      return `${metric} ${kind} ${threshold}${clear === undefined ? "" : ` (until ${clear})`}`;
    }
    case "outside":
      return `${condition.metric} outside ${condition.low} to ${condition.high}`;
    case "equals":
      return `${condition.metric} is ${String(condition.value)}`;
    case "rate": {
      const { metric, above, below, perS } = condition;
      const limits = [above !== undefined && `above ${above}`, below !== undefined && `below ${below}`];
      return `${metric} changes ${limits.filter((each) => each !== false).join(" or ")} in ${perS} s`;
    }
    case "noData": {
      const { metric, afterS, intervals } = condition;
      const times = [
        ...(intervals === undefined ? [] : [`${intervals} intervals`]),
        ...(afterS === undefined ? [] : [`${afterS} s`]),
      ];
      return `no ${metric ?? "data"} for ${times.join(" and at least ")}`;
    }
    case "presence":
      return condition.state === "late" ? "late or offline" : "offline";
    case "class": {
      const { deviceClass, above, below } = condition;
      const limits = [above !== undefined && `above ${above}`, below !== undefined && `below ${below}`];
      return `each ${deviceClass} ${limits.filter((each) => each !== false).join(" or ")}`;
    }
  }
}

export function scopeText({ all, devices = [], families = [] }: Rule["scope"]): string {
  if (all === true) return "all devices";
  const words = [...devices, ...families.map((family) => `family ${family}`)];
  return words.length <= 3 ? words.join(", ") : `${words.slice(0, 2).join(", ")} and ${words.length - 2} more`;
}
