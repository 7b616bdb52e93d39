/** A rule as a sentence; pure. */
import type {
  ActiveTimes,
  Condition,
  HubTrouble,
  Rule,
  RuleFields,
  Scope,
  SimpleCondition,
} from "../../../../src/contract/alerts.ts";
import { secondsWords } from "../../ui/duration.ts";
import { boundWords, capital, countWords, type Metric, metricLabel } from "../../ui/value-words.ts";

export const HUB_WORDS: Readonly<Record<HubTrouble, string>> = {
  disk: "its disk is nearly full",
  store: "nothing can be stored",
  clock: "its clock is wrong",
  mongodb: "MongoDB does not answer",
  certificate: "its certificate expires soon",
  backup: "there was no backup for long",
  channel: "notifications do not get through",
  population: "half of the boards that were online are gone",
};

/** How a metric is called and shown; by its name alone where nothing is known of it. */
export type Describe = (metric: string) => Metric;

export function conditionWords(condition: Condition, describe: Describe): string {
  if (condition.kind === "hub") return `this hub: ${condition.what.map((what) => HUB_WORDS[what]).join(", or ")}`;
  if ("of" in condition) {
    return condition.of.map((each) => simpleWords(each, describe)).join(condition.kind === "all" ? " and " : " or ");
  }
  return simpleWords(condition, describe);
}

function simpleWords(condition: SimpleCondition, describe: Describe): string {
  switch (condition.kind) {
    case "above":
    case "below": {
      const metric = describe(condition.metric);
      const over = condition.clear === undefined ? "" : ` (over at ${boundWords(metric, condition.clear)})`;
      return `${metricLabel(metric)} is ${condition.kind} ${boundWords(metric, condition.threshold)}${over}`;
    }
    case "outside": {
      const metric = describe(condition.metric);
      return `${metricLabel(metric)} is outside of ${boundWords(metric, condition.low)} to ${boundWords(metric, condition.high)}`;
    }
    case "equals": {
      const metric = describe(condition.metric);
      return `${metricLabel(metric)} is ${boundWords(metric, condition.value)}`;
    }
    case "rate":
      return rateWords(condition, describe);
    case "noData":
      return silenceWords(condition, describe);
    case "presence":
      return condition.state === "offline" ? "the device is offline" : "the device is offline or late";
    case "class": {
      const { deviceClass, below, above } = condition;
      const bound = below === undefined ? `above ${countWords(above ?? 0)}` : `below ${countWords(below)}`;
      return `any ${deviceClass.replaceAll("_", " ")} is ${bound}`;
    }
  }
}

function rateWords({ metric, above, below, perS }: SimpleCondition & { kind: "rate" }, describe: Describe): string {
  const described = describe(metric);
  const bound = above ?? below ?? 0;
  const verb = above === undefined && bound < 0 ? "falls" : "rises";
  const speed = above === undefined && bound >= 0 ? "slower" : "faster";
  return `${metricLabel(described)} ${verb} ${speed} than ${boundWords(described, Math.abs(bound))} in ${secondsWords(perS)}`;
}

function silenceWords(condition: SimpleCondition & { kind: "noData" }, describe: Describe): string {
  const { metric, afterS, intervals } = condition;
  const subject = metric === undefined ? "the device sends nothing" : `no ${metricLabel(describe(metric))} comes`;
  const times = [
    ...(intervals === undefined ? [] : [`${countWords(intervals)} of its usual intervals`]),
    ...(afterS === undefined ? [] : [secondsWords(afterS)]),
  ];
  return `${subject} for ${times.join(", and at least ") || "long"}`;
}

const SHOWN_DEVICES = 3;

/** `on all devices`, `on cellar, attic` */
export function scopeWords({ devices, families }: Scope, nameOf: (id: string) => string): string {
  if (devices !== undefined) {
    const named = devices.slice(0, SHOWN_DEVICES).map(nameOf).join(", ");
    const more = devices.length - SHOWN_DEVICES;
    return `on ${named}${more > 0 ? ` and ${countWords(more)} more` : ""}`;
  }
  return families === undefined ? "on all devices" : `on all devices of ${families.join(", ")}`;
}

export interface Names {
  readonly describe: Describe;
  readonly deviceName: (id: string) => string;
}

/** `Temperature is above 30 °C for 5 min, on all devices` */
export function ruleWords(rule: RuleFields, { describe, deviceName }: Names): string {
  const { condition, forS, scope, activeTimes } = rule;
  const held = forS > 0 ? ` for ${secondsWords(forS)}` : "";
  const where = condition.kind === "hub" ? "" : `, ${scopeWords(scope, deviceName)}`;
  const when = activeTimes === undefined ? "" : `, ${timesWords(activeTimes)}`;
  const words = `${conditionWords(condition, describe)}${held}${where}${when}`;
  return capital(words);
}

export const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

const timesWords = ({ days, from, to }: ActiveTimes): string =>
  `only ${days === undefined ? "" : `${days.map((day) => DAYS[day]).join(", ")} `}${from}–${to}`;

/** `ntfy, Mail` */
export function channelsWords(
  { channels }: Pick<Rule, "channels">,
  nameOf: (id: string) => string | undefined,
): string {
  if (channels === "all") return "sent to all channels";
  if (channels.length === 0) return "sent nowhere";
  return `sent to ${channels.map((id) => nameOf(id) ?? "a channel that is gone").join(", ")}`;
}
