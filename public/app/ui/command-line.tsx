/** A command for a terminal, with a button that copies it and shows whether that worked. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type CopyOutcome, copyText } from "./copy-text.ts";

const WORDS: Record<CopyOutcome, string> = { copied: "Copied", selected: "Selected: press Ctrl+C" };
const OUTCOME_SHOWN_MS = 4_000;

export function CommandLine({ name, command }: { name: string; command: string }) {
  const code = useRef<HTMLElement>(null);
  const outcome = useSignal<CopyOutcome | undefined>(undefined);
  const copy = async () => {
    if (code.current === null) return;
    outcome.value = await copyText(code.current);
    setTimeout(() => {
      outcome.value = undefined;
    }, OUTCOME_SHOWN_MS);
  };
  return (
    <div class="command">
      <pre>
        <code ref={code}>{command}</code>
      </pre>
      <button type="button" aria-label={`Copy ${name}`} onClick={() => void copy()}>
        {outcome.value === undefined ? "Copy" : WORDS[outcome.value]}
      </button>
      <span class="sr-only" role="status">
        {outcome.value === undefined ? "" : WORDS[outcome.value]}
      </span>
    </div>
  );
}
