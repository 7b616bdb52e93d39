/** The hub's problems and warnings, above the data. */
import type { Readiness } from "../../../src/contract/rest.ts";
import { readiness } from "../hub/readiness.ts";
import { Icon } from "../ui/icon.tsx";
import { timeOfDay } from "../ui/time-words.ts";
import { bytesWords, countWords } from "../ui/value-words.ts";

/** Has a note of its own. */
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
        <strong role="status">MongoDB has not answered since {timeOfDay(Date.parse(since))}.</strong> No reading is
        lost: {countWords(waiting)} readings and other changes wait on the hub's disk ({bytesWords(bytes)}) until
        MongoDB answers again.
      </p>
    </div>
  );
}
