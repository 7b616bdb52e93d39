/** All charts and values of a view, one beneath another, with a range that they share. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { View } from "../../../../src/contract/views/views.ts";
import type { RangeContext } from "../../series/chart-context.ts";
import { ReadNote } from "../../ui/fault-note.tsx";
import { PartChart } from "./part-chart.tsx";
import type { PartTools } from "./part-head.tsx";
import { PartValue } from "./part-value.tsx";
import { useViewShared } from "./view-shared.ts";

interface ViewPartsProps {
  readonly view: View;
  /** Of the part with that index; undefined: the view is not edited. */
  readonly toolsOf?: ((index: number) => PartTools) | undefined;
  /** Above the charts. */
  readonly bar?: ((context: RangeContext) => ComponentChildren) | undefined;
}

/** Until one is drawn. */
const LIKELY_WIDTH_PX = 800;

export function ViewParts({ view, toolsOf, bar }: ViewPartsProps) {
  const box = useRef<HTMLDivElement>(null);
  const widthPx = () => box.current?.querySelector(".plot .time-area")?.clientWidth || LIKELY_WIDTH_PX;
  const shared = useViewShared(view.id, view.parts, widthPx);
  const { time, feeds, crosshair, axisPx, read } = shared;
  return (
    <>
      {bar?.({ view: time, feed: feeds, crosshair })}
      <ReadNote what="Some of the view could not be read." read={read} />
      <div class="view-parts" ref={box} style={{ "--axis": `${axisPx.value}px` }}>
        {view.parts.map((part, index) => {
          const Part = part.kind === "chart" ? PartChart : PartValue;
          return <Part key={partKey(view, index)} part={part} shared={shared} tools={toolsOf?.(index)} />;
        })}
      </div>
    </>
  );
}

/** The same for the same part wherever it is moved to; a second one of the same lines has another. */
function partKey({ parts }: View, index: number): string {
  const own = JSON.stringify(parts[index]);
  const before = parts.slice(0, index).filter((part) => JSON.stringify(part) === own).length;
  return `${own} ${before}`;
}
