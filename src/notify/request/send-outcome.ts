/** What an answer means for a message: it was sent, it may be tried again, or its channel has to be changed. */
import type { SendOutcome } from "../../core/ports/alert-channel.ts";
import type { RequestOutcome } from "./guarded-request.ts";

/** However long a receiver says to wait. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

type Answered = Extract<RequestOutcome, { kind: "answered" }>;

/** Statuses below 500 that pass by themselves: request timeout, too early, too many requests. */
const PASSING = [408, 425, 429];
/** With these it was not looked at. */
const TURNED_AWAY = [425, 429, 503];

/** `words`: what the receiver said, for people. */
export function sendOutcome(outcome: RequestOutcome, nowMs: number, words: (answer: Answered) => string): SendOutcome {
  if (outcome.kind !== "answered") return outcome;
  const { status } = outcome;
  if (status >= 200 && status < 300) return { kind: "sent" };
  const reason = answerReason(outcome, words(outcome));
  if (status < 500 && !PASSING.includes(status)) return { kind: "refused", reason };
  const afterMs = retryAfterMs(outcome.headers["retry-after"], dateOf(outcome) ?? nowMs);
  const neverArrived = TURNED_AWAY.includes(status);
  return { kind: "failed", reason, ...(afterMs !== undefined && { afterMs }), ...(neverArrived && { neverArrived }) };
}

export const answerReason = ({ host, status }: Answered, words: string): string =>
  `${host} answered ${status}${words === "" ? "" : `: ${words}`}`;

/** Seconds, or a date. [RFC 9110, 10.2.3] */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** The receiver's own clock goes with the date that it names. */
function dateOf({ headers }: Answered): number | undefined {
  const ms = Date.parse(headers.date ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}
