/** Limits the large answers of each caller: a few at once, some wait in turn, more are refused and counted. */
import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";
import type { Pace } from "../../core/limits/reader-pace.ts";
import type { Refusals } from "../../core/limits/refusals.ts";
import { createTurns, type TurnLimits } from "../../core/limits/turns.ts";
import { limitKey } from "../../core/model/plain-address.ts";
import type { AnswersUnderWay } from "../answers/answers-under-way.ts";
import { sendProblem } from "../answers/problem.ts";
import { callerIn } from "./access-guard.ts";

/** A page of the dashboard asks for one after the other, so these are four pages that load at the same moment. */
const OF_ONE = { atOnce: 4, mostWaiting: 50 } as const;
/** Charts are whole in memory while they are sent: some MB each. */
export const PAGES: TurnLimits = { ...OF_ONE, atOnceInAll: 16 };
/** A download lasts as long as its reader likes, and holds little: those of one caller hold up no other. */
export const EXPORTS: TurnLimits = { ...OF_ONE, atOnceInAll: Number.POSITIVE_INFINITY };

const RETRY_AFTER_S = 2;

export interface LargeAnswersOptions {
  readonly refusals: Refusals;
  readonly addressOf: (request: IncomingMessage) => string | undefined;
  readonly limits: TurnLimits;
  /** How slowly one may be read. */
  readonly pace: Pace;
  readonly mark: AnswersUnderWay["mark"];
}

/** Behind the guard. A turn lasts until the answer is sent, or its connection closed. */
export function largeAnswers({ refusals, addressOf, limits, pace, mark }: LargeAnswersOptions): RequestHandler {
  const turns = createTurns(limits);
  return (request, response, next) => {
    if (response.destroyed) return; // its close is over, and would end no turn
    const address = addressOf(request);
    const { user, key } = callerIn(response);
    mark(response, { pace, key });
    const end = turns.take(user?.id ?? key ?? limitKey(address), next);
    if (end !== undefined) return void response.once("close", end);
    refusals.add({ code: "TOO_MANY_LARGE_REQUESTS", kind: "message", address });
    response.setHeader("Retry-After", String(RETRY_AFTER_S));
    sendProblem(response, "TOO_MANY_LARGE_REQUESTS");
  };
}
