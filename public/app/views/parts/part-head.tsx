/** The head of a chart of a view; while the view is edited, with the buttons that move and remove it. */
import type { ViewLine } from "../../../../src/contract/views/views.ts";

export interface PartTools {
  /** Left out: it is the first, or the last. */
  readonly earlier?: (() => void) | undefined;
  readonly later?: (() => void) | undefined;
  remove(): void;
  removeLine(line: ViewLine): void;
}

export function PartHead({ title, tools }: { title: string; tools: PartTools | undefined }) {
  return (
    <figcaption>
      <h2>{title}</h2>
      {tools !== undefined && <PartButtons title={title} tools={tools} />}
    </figcaption>
  );
}

export function PartButtons({ title, tools }: { title: string; tools: PartTools }) {
  return (
    <span class="view-tools">
      <button type="button" disabled={tools.earlier === undefined} onClick={tools.earlier}>
        Move up<span class="sr-only">: {title}</span>
      </button>
      <button type="button" disabled={tools.later === undefined} onClick={tools.later}>
        Move down<span class="sr-only">: {title}</span>
      </button>
      <button type="button" onClick={tools.remove}>
        Remove<span class="sr-only">: {title}</span>
      </button>
    </span>
  );
}

/** While the view is edited. */
export function RemoveLine({ line, tools }: { line: ViewLine; tools: PartTools | undefined }) {
  if (tools === undefined) return null;
  return (
    <button type="button" onClick={() => tools.removeLine(line)}>
      Remove
      <span class="sr-only">
        {" "}
        the line of {line.metric} of {line.device}
      </span>
    </button>
  );
}
