/** What a trial of a rule found, in words, and which metric of which device is drawn beside it; pure. */
import type { Condition, RuleFields } from "../../../../src/contract/alerts.ts";
import type { TryRuleAnswer } from "../../../../src/contract/answers/alert-answers.ts";
import { countWords } from "../../ui/value-words.ts";
import type { KnownDevices } from "../draft/known-devices.ts";

const DAY_MS = 86_400_000;

export interface TrialSpan {
  readonly deviceId: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** It would fire still. */
  readonly isOpen: boolean;
}

/** One that still fires ends where the trial did. */
export const trialSpans = ({ spans }: TryRuleAnswer, endMs: number): TrialSpan[] =>
  spans.map(({ deviceId, from, to }) => ({
    deviceId,
    fromMs: Date.parse(from),
    toMs: to === undefined ? endMs : Date.parse(to),
    isOpen: to === undefined,
  }));

const times = (count: number): string => (count === 1 ? "once" : count === 2 ? "twice" : `${countWords(count)} times`);

export function trialWords(answer: TryRuleAnswer, spanMs: number): string {
  const days = Math.round(spanMs / DAY_MS);
  const range = `in the last ${days === 1 ? "24 hours" : `${days} days`}`;
  if (answer.devices === 0) return "No device matches this rule now. It waits for one.";
  if (answer.readings === 0) return `No readings are stored ${range}, so nothing can be said.`;
  const part = answer.complete ? "" : " Not everything was looked at: it would have taken too long.";
  if (answer.total === 0) return `It would not have fired ${range}.${part}`;
  const names = new Set(answer.spans.map(({ deviceId }) => deviceId)).size;
  const on = answer.devices > 1 ? ` on ${countWords(names)} of ${countWords(answer.devices)} devices` : "";
  const sent = `${counted(answer.messages, "message")} to each of its channels`;
  return `It would have fired ${times(answer.total)} ${range}${on}: ${sent}${repeatWords(answer)}.${part}`;
}

const counted = (count: number, word: string): string => `${countWords(count)} ${word}${count === 1 ? "" : "s"}`;

/** So many are not counted further. */
const MOST_REPEATS = 10_000;

function repeatWords({ repeats }: TryRuleAnswer): string {
  if (repeats === 0) return "";
  const count = `${counted(repeats, "repetition")}${repeats >= MOST_REPEATS ? " or more" : ""}`;
  return `, and ${count} if nobody acknowledges`;
}

export interface Charted {
  readonly deviceId: string;
  readonly metric: string;
}

/** The device where it fired last, or else one for which it holds. Undefined: there is nothing to draw. */
export function chartedMetric(
  { condition, scope }: RuleFields,
  spans: readonly TrialSpan[],
  known: KnownDevices,
): Charted | undefined {
  const metric = metricOf(condition);
  if (metric === undefined || known.kindOf(metric) === "text") return undefined;
  const last = spans.at(-1)?.deviceId;
  const candidates = scope.devices ?? known.devices.map(({ id }) => id);
  const deviceId = last ?? candidates.find((id) => known.has(id, metric));
  return deviceId === undefined ? undefined : { deviceId, metric };
}

function metricOf(condition: Condition): string | undefined {
  if (condition.kind === "hub") return undefined;
  const first = "of" in condition ? condition.of[0] : condition;
  return first !== undefined && "metric" in first ? first.metric : undefined;
}

/** The values at which it fires, of one metric. */
export function boundsOf(condition: Condition, metric: string): readonly number[] {
  if (condition.kind === "hub") return [];
  const all = "of" in condition ? condition.of : [condition];
  return all.flatMap((each) => {
    if (!("metric" in each) || each.metric !== metric) return [];
    if (each.kind === "above" || each.kind === "below") return [each.threshold];
    if (each.kind === "outside") return [each.low, each.high];
    return each.kind === "equals" && typeof each.value === "number" ? [each.value] : [];
  });
}
