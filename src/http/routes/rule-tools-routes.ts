/** `/api/rules/presets` and `/api/rules/try`: what helps to make rules. */
import {
  type RulePreset,
  rulePresetsAnswer,
  type TryRequest,
  type TryRuleAnswer,
  tryRequest,
  tryRuleAnswer,
} from "../../contract/answers/alert-answers.ts";
import type { WouldHaveFired } from "../../core/alerts/trial/would-have-fired.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { HttpError } from "../answers/problem.ts";
import { type Chunks, JSON_HEADERS, streamAnswer } from "../answers/stream-answer.ts";
import { json, jsonStream, type Route, route } from "../declaration/route.ts";

export interface RuleToolsParts {
  readonly rulePresets: () => RulePreset[];
  readonly wouldHaveFired: WouldHaveFired;
  readonly clock: Clock;
  readonly log: Log;
}

export const RULE_TOOLS_ROUTES: readonly Route<RuleToolsParts>[] = [
  route({
    method: "get",
    path: "/api/rules/presets",
    level: "viewer",
    summary: "rules ready to be made, and the devices that each fits",
    answer: json(rulePresetsAnswer),
    handle: ({ rulePresets }: RuleToolsParts) => ({ presets: rulePresets() }),
  }),
  route({
    method: "post",
    path: "/api/rules/try",
    level: "owner",
    summary: "when a rule would have fired, by what is stored. Changes nothing; ends where its caller goes away",
    body: tryRequest,
    answer: jsonStream(tryRuleAnswer),
    handle: async ({ wouldHaveFired, clock, log }: RuleToolsParts, { body, response }) => {
      const range = rangeOf(body, clock.nowMs());
      const faults = wouldHaveFired.faultsOf(body.rule);
      if (faults.length > 0) {
        throw new HttpError(
          "REQUEST_INVALID",
          faults.map(({ field, message }) => ({ field: `rule.${field}`, message })),
        );
      }
      const run = (): Promise<TryRuleAnswer> => wouldHaveFired.run(body.rule, range, () => response.destroyed);
      await streamAnswer(response, { chunks: oneChunk(run), headers: JSON_HEADERS, gzip: "encoding", log });
    },
  }),
];

/** What is still to come is nothing that a board was silent in. */
function rangeOf({ from, to }: TryRequest, nowMs: number): { fromMs: number; toMs: number } {
  const [fromMs, toMs] = [Date.parse(from), Math.min(Date.parse(to), nowMs)];
  if (fromMs < toMs) return { fromMs, toMs };
  throw new HttpError("REQUEST_INVALID", [{ field: "from", message: "it must be before `to`, and in the past" }]);
}

/** In turn with other large answers. */
async function* oneChunk(make: () => Promise<TryRuleAnswer>): Chunks {
  yield JSON.stringify(await make());
}
