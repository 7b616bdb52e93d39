/** A payload as text: as much as stands in a line or two; the rest on demand; and what is not as it was sent. */
import { type CutPayload, cutWords } from "./cut-words.ts";

const SHOWN_CHARS = 120;

export function Sample({ text }: { text: string }) {
  if (text.length <= SHOWN_CHARS) return <code>{text}</code>;
  return (
    <details>
      <summary>
        <code>{text.slice(0, SHOWN_CHARS)}…</code>
      </summary>
      <code class="place">{text}</code>
    </details>
  );
}

/** Above the sample: nothing where that is the whole payload as text. */
export function CutNote({ of }: { of: CutPayload }) {
  const words = cutWords(of);
  return words === "" ? null : <p class="quiet">{words}</p>;
}
