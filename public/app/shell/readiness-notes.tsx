/** Says above the data what keeps the hub from its job, and what its owner should know. Judges nothing. */
import type { Readiness } from "../../../src/contract/rest.ts";
import { readiness } from "../hub/readiness.ts";
import { Icon } from "../ui/icon.tsx";
import { timeOfDay } from "../ui/time-words.ts";
import { bytesWords, countWords } from "../ui/value-words.ts";

/** Told in words of this page. */
const DEGRADED_PART = "mongodb";

export function ReadinessNotes() {
  const now = readiness.value;
  if (now === undefined) return null;
  const { problems, warnings, degraded } = now;
  const others = [...problems, ...warnings].filter(({ part }) => part !== DEGRADED_PART);
  return (
    <>
      {degraded && <DegradedNote degraded={degraded} />}
      {others.map(({ part, problem }) => (
        <div key={part} class="note note-warn" role="status" data-note={part}>
          <Icon name="warning" />
          <p>{problem}</p>
        </div>
      ))}
    </>
  );
}

function DegradedNote({ degraded: { since, waiting, bytes } }: { degraded: NonNullable<Readiness["degraded"]> }) {
  return (
    <div class="note note-warn" data-note="degraded">
      <Icon name="warning" />
      <p>
        {/* The counts beside it change all the time: nobody wants them read out. */}
        <strong role="status">MongoDB is away since {timeOfDay(Date.parse(since))}.</strong> Readings go on:{" "}
        {countWords(waiting)} wait on the hub's own disk ({bytesWords(bytes)}) and are sent when it is back.
      </p>
    </div>
  );
}
