/** A command for a terminal, with a button that copies it and shows whether that worked. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type CopyOutcome, copyText } from "./copy-text.ts";

const WORDS: Record<CopyOutcome, string> = { copied: "Copied", selected: "Selected: press Ctrl+C" };
const OUTCOME_SHOWN_MS = 4_000;

interface CommandLineProps {
  name: string;
  command: string;
  /** It scrolls below its button. */
  isLong?: boolean;
}

export function CommandLine({ name, command, isLong = false }: CommandLineProps) {
  const code = useRef<HTMLElement>(null);
  const outcome = useSignal<CopyOutcome | undefined>(undefined);
  const copy = async () => {
    if (code.current === null) return;
    outcome.value = await copyText(code.current);
    setTimeout(() => {
      outcome.value = undefined;
    }, OUTCOME_SHOWN_MS);
  };
  const text = (
    // With the focus on it, the keys of a keyboard scroll it.
    <pre key="text" {...(isLong && { tabIndex: 0, role: "region", "aria-label": name })}>
      <code ref={code}>{command}</code>
    </pre>
  );
  return (
    <div class={isLong ? "command command-long" : "command"}>
      {!isLong && text}
      <button key="copy" type="button" aria-label={`Copy ${name}`} onClick={() => void copy()}>
        {outcome.value === undefined ? "Copy" : WORDS[outcome.value]}
      </button>
      {isLong && text}
      <span class="sr-only" role="status">
        {outcome.value === undefined ? "" : WORDS[outcome.value]}
      </span>
    </div>
  );
}
