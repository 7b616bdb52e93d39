/** How long ago something was, updated once a second, with the full time as its title. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { shownNowMs } from "../hub/clock.ts";
import { ageWords, fullTime } from "./time-words.ts";

interface AgeProps {
  /** Undefined: never. */
  at: ReadonlySignal<number | undefined>;
  words?: (atMs: number, nowMs: number) => string;
}

export function Age({ at, words: wordsOf = ageWords }: AgeProps) {
  const words = useComputed(() => {
    if (at.value === undefined) return "never";
    return wordsOf(at.value, shownNowMs.value);
  });
  const full = useComputed(() => (at.value === undefined ? "" : fullTime(at.value)));
  const iso = useComputed(() => (at.value === undefined ? "" : new Date(at.value).toISOString()));
  return (
    <time class="age" dateTime={iso} title={full}>
      {words}
    </time>
  );
}
