/** A payload as text: as much as stands in a line or two; the rest on demand. */

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
