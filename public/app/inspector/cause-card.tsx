/** One cause of refusals: a sentence, of whom and how often, what helps all of them, and each of them on demand. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { hubNowMs } from "../hub/clock.ts";
import { type Refused, refusalKey } from "../hub/refused.ts";
import { solvedMarks } from "../hub/solved-marks.ts";
import { fullTime, sinceWords } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { type Cause, causeWords, markOf, membersWords } from "./causes.ts";
import { RaiseLimit } from "./raise-limit.tsx";
import { RefusalEntry } from "./refusal-entry.tsx";

/** So few are shown without a click. */
const FEW = 3;
const PAGE = 50;

export function CauseCard({ cause, refused }: { cause: Cause; refused: Refused }) {
  const { code, text, who, refusals } = cause;
  const heading = useId();
  const { sentence, advice } = causeWords(text, refused.limits);
  const solve = () => {
    solvedMarks.value = { ...solvedMarks.peek(), [code]: markOf(cause, refused) };
  };
  return (
    <article class="cause" data-code={code} aria-labelledby={heading}>
      <div class="cause-head">
        <h2 id={heading}>
          <span class="cause-who">{who}:</span> {sentence}
        </h2>
        <button
          type="button"
          onClick={solve}
          title="Folds it away in this browser. It comes back when it happens again."
        >
          Mark as solved
        </button>
      </div>
      <CauseFacts cause={cause} />
      {advice !== "" && <p class="cause-advice">{advice}</p>}
      <RaiseLimit text={text} refused={refused} />
      <Members refusals={refusals} />
    </article>
  );
}

function CauseFacts({ cause: { code, times, lastAt } }: { cause: Cause }) {
  const lastMs = Date.parse(lastAt);
  return (
    <p class="cause-facts">
      <span data-times={times}>{times === 1 ? "Once" : `${countWords(times)} times`}</span>
      <span>
        last at{" "}
        <time dateTime={lastAt} title={fullTime(lastMs)}>
          {sinceWords(lastMs, hubNowMs.peek())}
        </time>
      </span>
      <code>{code}</code>
    </p>
  );
}

function Members({ refusals }: Pick<Cause, "refusals">) {
  const most = useSignal(refusals.length <= FEW ? PAGE : 0);
  const list = useId();
  const shown = refusals.slice(0, most.value);
  const isOpen = most.value > 0;
  const left = refusals.length - shown.length;
  return (
    <>
      {refusals.length > FEW && (
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={list}
          onClick={() => (most.value = isOpen ? 0 : PAGE)}
        >
          {isOpen ? "Hide the details" : membersWords(refusals)}
        </button>
      )}
      <ul id={list} class="refusal-list" hidden={!isOpen}>
        {shown.map((refusal) => (
          <RefusalEntry key={refusalKey(refusal)} refusal={refusal} />
        ))}
      </ul>
      {isOpen && left > 0 && (
        <button type="button" onClick={() => (most.value += PAGE)}>
          Show {countWords(Math.min(left, PAGE))} more
        </button>
      )}
    </>
  );
}

/** What is over: each with the way back, if only a person said so. */
export function SolvedCauses({ causes, refused }: { causes: readonly Cause[]; refused: Refused }) {
  if (causes.length === 0) return null;
  return (
    <details class="solved" data-solved={causes.length}>
      <summary>{causes.length === 1 ? "1 solved cause" : `${countWords(causes.length)} solved causes`}</summary>
      <ul class="refusal-list">
        {causes.map((cause) => (
          <SolvedCause key={cause.code} cause={cause} refused={refused} />
        ))}
      </ul>
    </details>
  );
}

function SolvedCause({ cause, refused }: { cause: Cause; refused: Refused }) {
  const { code, text, who, isMarked, refusals } = cause;
  const reopen = () => {
    const { [code]: _, ...others } = solvedMarks.peek();
    solvedMarks.value = others;
  };
  return (
    <li class="refusal" data-code={code}>
      <p>
        <span class="cause-who">{who}:</span> {causeWords(text, refused.limits).sentence}
      </p>
      <CauseFacts cause={cause} />
      {isMarked ? (
        <button type="button" onClick={reopen}>
          Show it again
        </button>
      ) : (
        <AcceptedNote
          at={
            refusals
              .map(({ acceptedAt = "" }) => acceptedAt)
              .sort()
              .at(-1) ?? ""
          }
        />
      )}
    </li>
  );
}

function AcceptedNote({ at }: { at: string }) {
  const atMs = Date.parse(at);
  return (
    <p class="accepted" data-accepted>
      ✓ The next try was accepted, at <time title={fullTime(atMs)}>{sinceWords(atMs, hubNowMs.peek())}</time>
    </p>
  );
}
