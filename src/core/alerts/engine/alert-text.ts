/** Says in one sentence what is wrong. */
import type { SimpleCondition } from "../../../contract/alerts.ts";
import type { MetricInfo } from "../../../contract/metrics.ts";
import type { MetricValue } from "../../../contract/readings.ts";
import { type CompiledRule, isOfValues } from "../decisions/compiled-rule.ts";
import { type ValueCondition, verdictOf } from "../decisions/verdict.ts";
import type { AlertInstance } from "./alert-instance.ts";

export interface TextParts {
  readonly deviceName: string | undefined;
  readonly infoOf: (metric: string) => MetricInfo | undefined;
  /** It is over: nobody need do anything. */
  readonly isResolved: boolean;
}

/** With the rule's message behind it, where it has one and it is not over. */
export function textOf(instance: AlertInstance, parts: TextParts): string {
  const { rule, value, metric, hubText } = instance;
  const { deviceName, infoOf, isResolved } = parts;
  const { message } = rule.rule;
  const cause = hubText ?? causeOf(rule, instance, parts);
  const sentence = `${deviceName === undefined ? "" : `${deviceName}: `}${cause}`;
  if (message === undefined || isResolved) return sentence;
  const info = metric === undefined ? undefined : infoOf(metric);
  const said: Readonly<Record<string, string>> = {
    device: deviceName ?? "",
    value: value === undefined ? "" : shown(value, info),
    metric: info?.label ?? metric ?? "",
  };
  return `${sentence}. ${message.replaceAll(/\{(device|value|metric)\}/g, (_, name: string) => said[name] ?? "")}`;
}

function causeOf({ join, leaves }: CompiledRule, instance: AlertInstance, parts: TextParts): string {
  const causes = leaves.map((leaf, index) => {
    const isPast = join === "one" || instance.verdicts[index] === "past";
    return isPast || join === "all" ? leafText(leaf, instance, parts) : undefined;
  });
  return (
    causes.filter((cause) => cause !== undefined).join(join === "all" ? " and " : ", ") ||
    leaves.map((leaf) => leafText(leaf, instance, parts)).join(" or ")
  );
}

function leafText(
  leaf: SimpleCondition,
  { metric: ofInstance, value, rule }: AlertInstance,
  { infoOf, isResolved }: TextParts,
): string {
  const metric = "metric" in leaf ? leaf.metric : ofInstance;
  const info = metric === undefined ? undefined : infoOf(metric);
  const label = info?.label ?? metric ?? "";
  const number = (bound: number): string => shown(bound, info);
  const isOfOne = rule.join === "one" && value !== undefined;
  // A value at which it still fires or is over: what it says of the threshold is past.
  const isOver = isOfOne && isOfValue(leaf) && verdictOf(leaf, value) !== "past";
  const is = isOfOne ? `${label} is ${shown(value, info)},${isOver ? " was" : ""}` : label;
  switch (leaf.kind) {
    case "above":
      return `${is} above ${number(leaf.threshold)}`;
    case "below":
      return `${is} below ${number(leaf.threshold)}`;
    case "outside":
      return `${is} outside ${number(leaf.low)} to ${number(leaf.high)}`;
    case "equals":
      return `${label} ${isOver ? "was" : "is"} ${shown(leaf.value, info)}`;
    case "class":
      return `${is} ${boundsText(leaf, number)}`;
    case "rate":
      return `${label} changes ${speedText(leaf, number)} in ${leaf.perS} s`;
    case "noData":
      if (isResolved) return metric === undefined ? "readings come again" : `readings of ${label} come again`;
      return metric === undefined ? "no readings come" : `no readings of ${label} come`;
    case "presence":
      if (isResolved) return "it is there again";
      return leaf.state === "offline" ? "it is offline" : "it is late or offline";
  }
}

interface Bounds {
  readonly below?: number;
  readonly above?: number;
}

function boundsText({ below, above }: Bounds, number: (bound: number) => string): string {
  if (below !== undefined && above !== undefined) return `outside ${number(below)} to ${number(above)}`;
  return below === undefined ? `above ${number(above ?? 0)}` : `below ${number(below)}`;
}

const speedText = ({ below, above }: Bounds, number: (bound: number) => string): string =>
  [
    ...(above === undefined ? [] : [`faster than ${number(above)}`]),
    ...(below === undefined ? [] : [`slower than ${number(below)}`]),
  ].join(" or ");

const isOfValue = (leaf: SimpleCondition): leaf is ValueCondition => isOfValues(leaf) && leaf.kind !== "rate";

function shown(value: MetricValue, info: MetricInfo | undefined): string {
  const { digits, unit = "" } = info ?? {};
  const text =
    typeof value === "number" && digits !== undefined && !Number.isInteger(value)
      ? value.toFixed(digits)
      : String(value);
  return unit === "" ? text : `${text} ${unit}`;
}
