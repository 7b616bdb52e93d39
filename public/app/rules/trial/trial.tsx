/** What a rule would have done with the readings that are stored: how often it would have fired, when, and how many messages that is. */
import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import type { RuleFields } from "../../../../src/contract/alerts.ts";
import type { TryRuleAnswer } from "../../../../src/contract/answers/alert-answers.ts";
import { tryRule } from "../../hub/alert-api.ts";
import { type HubFault, toFault } from "../../hub/api.ts";
import { hubNowMs } from "../../hub/clock.ts";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Segments } from "../../ui/form-fields.tsx";
import { deviceHref } from "../../ui/route.ts";
import { durationWords, spanWords } from "../../ui/time-words.ts";
import { countWords } from "../../ui/value-words.ts";
import type { KnownDevices } from "../draft/known-devices.ts";
import { TrialChart } from "./trial-chart.tsx";
import { chartedMetric, type TrialSpan, trialSpans, trialWords } from "./trial-words.ts";

const DAY_MS = 86_400_000;
const RANGES = [
  ["1", "24 h"],
  ["7", "7 d"],
  ["30", "30 d"],
  ["90", "90 d"],
] as const;
type Days = (typeof RANGES)[number][0];
/** After the last key. */
const TYPING_PAUSE_MS = 500;
const SHOWN_SPANS = 8;

interface Tried {
  readonly answer: TryRuleAnswer;
  readonly fromMs: number;
  readonly toMs: number;
  readonly fields: RuleFields;
}

/** `fields` undefined: the form is not complete. */
export function Trial({ fields, known }: { fields: RuleFields | undefined; known: KnownDevices }) {
  const title = useId();
  const days = useSignal<Days>("7");
  const tried = useSignal<Tried | undefined>(undefined);
  const fault = useSignal<HubFault | undefined>(undefined);
  const busy = useSignal(false);
  const key = fields === undefined ? "" : JSON.stringify({ ...fields, name: "", channels: [] });
  const isOfHub = fields?.condition.kind === "hub";
  useEffect(() => {
    if (fields === undefined || isOfHub) return;
    const abort = new AbortController();
    const run = async () => {
      busy.value = true;
      const toMs = Math.floor(hubNowMs.peek());
      const fromMs = toMs - Number(days.value) * DAY_MS;
      const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
      try {
        const answer = await tryRule({ rule: fields, ...range }, abort.signal);
        tried.value = { answer, fromMs, toMs, fields };
        fault.value = undefined;
      } catch (thrown) {
        if (abort.signal.aborted) return;
        fault.value = toFault(thrown);
      }
      busy.value = false;
    };
    const later = setTimeout(() => void run(), TYPING_PAUSE_MS);
    return () => {
      clearTimeout(later);
      abort.abort();
      busy.value = false;
    };
  }, [key, days.value]);

  return (
    <section class="trial" aria-labelledby={title}>
      <h2 id={title}>Would have fired</h2>
      {isOfHub ? (
        <p class="quiet">What was wrong with the hub itself is not kept, so this rule cannot be tried.</p>
      ) : (
        <>
          <Segments legend="In the last" choices={RANGES} value={days.value} change={(next) => (days.value = next)} />
          <p role="status" class="trial-words" data-trial={tried.value?.answer.total ?? ""}>
            {fault.value === undefined || busy.value ? statusWords(fields, tried.value, busy.value) : ""}
          </p>
          {fault.value !== undefined && fields !== undefined && (
            <FaultNote what="It could not be tried." fault={fault.value} />
          )}
          {fields !== undefined && tried.value !== undefined && <Result tried={tried.value} known={known} />}
        </>
      )}
    </section>
  );
}

function statusWords(fields: RuleFields | undefined, tried: Tried | undefined, busy: boolean): string {
  if (fields === undefined) return "Complete the rule, and this shows what it would have done.";
  if (busy || tried === undefined) return "Trying it with the stored readings…";
  return trialWords(tried.answer, tried.toMs - tried.fromMs);
}

function Result({ tried: { answer, fromMs, toMs, fields }, known }: { tried: Tried; known: KnownDevices }) {
  const spans = trialSpans(answer, toMs);
  const charted = chartedMetric(fields, spans, known);
  return (
    <>
      {charted !== undefined && (
        <TrialChart
          {...{ fromMs, toMs, known, charted }}
          condition={fields.condition}
          spans={spans.filter(({ deviceId }) => deviceId === charted.deviceId)}
        />
      )}
      {spans.length > 0 && <Spans spans={spans} known={known} total={answer.total} />}
    </>
  );
}

function Spans({ spans, known, total }: { spans: readonly TrialSpan[]; known: KnownDevices; total: number }) {
  const newest = spans.toReversed().slice(0, SHOWN_SPANS);
  return (
    <>
      <ol class="trial-spans" aria-label="When it would have fired, newest first">
        {newest.map(({ deviceId, fromMs, toMs, isOpen }) => (
          <li key={`${deviceId} ${fromMs}`}>
            <a href={chartHref(deviceId, fromMs, toMs)}>{known.deviceName(deviceId)}</a>{" "}
            <span>{spanWords(fromMs, toMs, hubNowMs.peek())}</span>{" "}
            <span class="quiet">
              {durationWords(toMs - fromMs)}
              {isOpen && ", still fires"}
            </span>
          </li>
        ))}
      </ol>
      {total > newest.length && <p class="quiet">and {countWords(total - newest.length)} before</p>}
    </>
  );
}

function chartHref(deviceId: string, fromMs: number, toMs: number): string {
  const around = Math.max((toMs - fromMs) / 2, 600_000);
  const iso = (ms: number) => new Date(ms).toISOString();
  return `${deviceHref(deviceId)}?from=${iso(fromMs - around)}&to=${iso(Math.min(toMs + around, hubNowMs.peek()))}`;
}
