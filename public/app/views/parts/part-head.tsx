/** The head of a chart of a view; while the view is edited, with the buttons that move and remove it. */
import type { ViewLine, ViewPart } from "../../../../src/contract/views/views.ts";

export interface PartTools {
  /** Left out: it is the first, or the last. */
  readonly earlier?: (() => void) | undefined;
  readonly later?: (() => void) | undefined;
  remove(): void;
  removeLine(line: ViewLine): void;
}

/** Of a chart. */
export function PartHead({ title, tools }: { title: string; tools: PartTools | undefined }) {
  return (
    <figcaption>
      <h2>{title}</h2>
      {tools !== undefined && <PartButtons kind="chart" title={title} tools={tools} />}
    </figcaption>
  );
}

interface PartButtonsProps {
  readonly kind: ViewPart["kind"];
  readonly title: string;
  readonly tools: PartTools;
}

export function PartButtons({ kind, title, tools }: PartButtonsProps) {
  return (
    <span class="view-tools">
      <Tool words="Move up" of={title} act={tools.earlier} />
      <Tool words="Move down" of={title} act={tools.later} />
      <Tool words={`Remove ${kind}`} of={title} act={tools.remove} />
    </span>
  );
}

const Tool = ({ words, of, act }: { words: string; of: string; act: (() => void) | undefined }) => (
  <button type="button" disabled={act === undefined} aria-label={`${words}: ${of}`} onClick={act}>
    {words}
  </button>
);

/** While the view is edited. */
export function RemoveLine({ line, tools }: { line: ViewLine; tools: PartTools | undefined }) {
  if (tools === undefined) return null;
  return <Tool words="Remove line" of={`${line.metric} of ${line.device}`} act={() => tools.removeLine(line)} />;
}
