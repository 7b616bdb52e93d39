/** `aerie rule try`: when a rule would have fired, by what is stored. */
import type { RuleFields } from "../../contract/alerts.ts";
import type { TryRequest, TryRuleAnswer } from "../../contract/answers/alert-answers.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { HubLink } from "../shared/hub-link.ts";
import { countText, durationText, readingsText, secondsIn } from "../shared/quantity.ts";
import { json } from "../shared/running-hub.ts";
import { oneLine, table } from "../shared/table.ts";

const USUAL_SPAN = "7d";

/** `last`: how far back, as it was given. */
export async function ruleTrial(link: HubLink, rule: RuleFields, last = USUAL_SPAN, nowMs: number): Promise<string> {
  const seconds = secondsIn(last);
  if (seconds === undefined || seconds === 0) {
    throw new CommandFault("aerie rule: --last: expected a time such as 12h or 30d", 2);
  }
  const ms = seconds * 1_000;
  const request: TryRequest = { rule, from: new Date(nowMs - ms).toISOString(), to: new Date(nowMs).toISOString() };
  const answer = await link.ask<TryRuleAnswer>("/api/rules/try", json(request));
  return [...spansText(answer, nowMs), ...summary(answer, durationText(ms))].join("\n");
}

function spansText({ spans, total }: TryRuleAnswer, nowMs: number): string[] {
  if (spans.length === 0) return [];
  const rows = spans.map(({ from, to, deviceId, metric }) => [
    from,
    to ?? "still fires",
    durationText((to === undefined ? nowMs : Date.parse(to)) - Date.parse(from)),
    oneLine(metric === undefined ? deviceId : `${deviceId}, ${metric}`),
  ]);
  const left = total - spans.length;
  return [
    ...(left > 0 ? [`… and ${countText(left)} before these`] : []),
    ...table([["FROM", "TO", "LASTED", "DEVICE"], ...rows]),
  ];
}

function summary({ total, messages, repeats, devices, readings, complete }: TryRuleAnswer, span: string): string[] {
  const looked = `Looked at ${readingsText(readings)} of ${counted(devices, "device")}.`;
  const partly = complete ? [] : ["Not everything was looked at: try fewer devices, or a shorter --last."];
  if (total === 0) {
    const none =
      readings > 0 ? [] : ["Nothing that it is about was stored in that time. Are device and metric spelled right?"];
    return [`It would not have fired in the last ${span}.`, looked, ...none, ...partly];
  }
  const more = repeats === 0 ? "" : `, and ${counted(repeats, "repetition")} if nobody had acknowledged`;
  return [
    `It would have fired ${counted(total, "time")} in the last ${span}: ${counted(messages, "message")} to each of its channels${more}.`,
    looked,
    ...partly,
  ];
}

const counted = (count: number, word: string): string => `${countText(count)} ${word}${count === 1 ? "" : "s"}`;
