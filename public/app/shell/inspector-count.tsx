/** How many causes there are for which something is refused now, beside the link to the inspector. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getRefusals } from "../hub/api.ts";
import { epoch } from "../hub/epoch.ts";
import { watchRefusals } from "../hub/live.ts";
import { mergeRefusals, openCauses, type Refused } from "../hub/refused.ts";
import { solvedMarks } from "../hub/solved-marks.ts";
import { countWords } from "../ui/value-words.ts";

/** What the page shows comes first. */
const READ_AFTER_MS = 2_000;

export function InspectorCount() {
  const refused = useSignal<Refused | undefined>(undefined);
  useEffect(
    () =>
      watchRefusals((refusals) => {
        if (refused.peek() !== undefined) refused.value = mergeRefusals(refused.peek(), refusals);
      }),
    [],
  );
  useEffect(() => {
    const abort = new AbortController();
    const later = setTimeout(async () => {
      const answer = await getRefusals(abort.signal).catch(() => undefined);
      if (answer !== undefined) refused.value = answer;
    }, READ_AFTER_MS);
    return () => {
      clearTimeout(later);
      abort.abort();
    };
  }, [epoch.value]);
  const count = refused.value === undefined ? 0 : openCauses(refused.value, solvedMarks.value).length;
  if (count === 0) return null;
  return (
    <span class="rail-count" data-causes={count}>
      <span aria-hidden="true">{countWords(count)}</span>
      <span class="sr-only">{`: ${countWords(count)} ${count === 1 ? "cause" : "causes"} of refusals`}</span>
    </span>
  );
}
