/** Chooses and moves the range of a page's charts: presets, a custom one, earlier, later, zoom, comparison. On a phone in a sheet from below. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { isNarrow } from "../preferences/narrow.ts";
import { liveRange, PRESETS } from "../range/chart-range.ts";
import { panned } from "../range/range-moves.ts";
import type { ChartContext, RangeContext } from "../series/chart-context.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { CompareChoice } from "./compare-choice.tsx";
import { OwnRangeForm } from "./own-range-form.tsx";
import { ZOOM_STEP, zoomBy } from "./range-keys.ts";

interface RangeBarProps {
  readonly context: RangeContext;
  /** The charts of one device can be compared with others. */
  readonly compares?: ChartContext | undefined;
}

export function RangeBar({ context, compares }: RangeBarProps) {
  const form = useSignal(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const hide = () => dialog.current?.close();
  const hints = (
    <>
      <p class="range-hint hint-mouse">
        Drag over a chart to zoom in. Shift+drag moves it, Ctrl+wheel zooms, a double click goes back.
      </p>
      <p class="range-hint hint-touch">Zoom and move a chart with two fingers. A double tap goes back.</p>
    </>
  );
  if (!isNarrow.value) {
    return (
      <div class="range-bar">
        <Controls context={context} compares={compares} form={form} chosen={hide} />
        {hints}
      </div>
    );
  }
  return (
    <div class="range-bar">
      <button type="button" class="range-open" onClick={() => dialog.current?.showModal()}>
        <RangeLabel context={context} compares={compares} />
      </button>
      {hints}
      <dialog
        class="sheet"
        ref={dialog}
        aria-label="Range of the charts"
        onPointerDown={(event) => event.target === event.currentTarget && hide()}
      >
        <div class="sheet-body range-bar">
          <Controls context={context} compares={compares} form={form} chosen={hide} />
          <button type="button" class="primary" onClick={hide}>
            Done
          </button>
        </div>
      </dialog>
    </div>
  );
}

/** `24 h · yesterday` */
function RangeLabel({ context: { view }, compares }: RangeBarProps): ComponentChildren {
  const range = view.range.value;
  const other = compares?.compared.words.value ?? "";
  return `Range: ${range.kind === "live" ? range.preset.label : "custom"}${other === "" ? "" : ` · compared with ${other}`}`;
}

interface ControlsProps extends RangeBarProps {
  /** The form of an own range is open. */
  form: Signal<boolean>;
  /** A range was chosen. */
  chosen: () => void;
}

function Controls({ context, compares, form, chosen }: ControlsProps) {
  const { view, feed } = context;
  const group = useId();
  const bar = useRef<HTMLFieldSetElement>(null);
  const range = view.range.value;
  const own = form.value || range.kind === "fixed";
  return (
    <>
      <fieldset class="segments" ref={bar}>
        <legend class="sr-only">Range of the charts</legend>
        {PRESETS.map((preset) => (
          <Segment
            key={preset.name}
            group={group}
            label={preset.label}
            title={`The ${preset.words}`}
            checked={!own && range.kind === "live" && range.preset === preset}
            choose={() => {
              form.value = false;
              view.choose(liveRange(preset));
              chosen();
            }}
          />
        ))}
        <Segment
          group={group}
          label="Custom"
          title="Choose your own beginning and end"
          checked={own}
          choose={() => {
            form.value = true;
          }}
        />
      </fieldset>
      {form.value && (
        <OwnRangeForm
          now={feed.still.value}
          close={() => {
            form.value = false;
            // The focus was in what is gone.
            requestAnimationFrame(() => bar.current?.querySelector<HTMLElement>(":checked")?.focus());
          }}
          choose={(next) => {
            view.choose(next);
            chosen();
          }}
        />
      )}
      <MoveButtons context={context} />
      {compares !== undefined && <CompareChoice context={compares} />}
    </>
  );
}
interface SegmentProps {
  group: string;
  label: string;
  title: string;
  checked: boolean;
  choose: () => void;
}

/** A click on what is chosen already counts, too: it opens the own range's form again, or returns from it. */
const Segment = ({ group, label, title, checked, choose }: SegmentProps) => (
  <label class="segment" title={title}>
    <input type="radio" name={group} checked={checked} onClick={choose} />
    <span>{label}</span>
  </label>
);

function MoveButtons({ context }: { context: RangeContext }) {
  const { view, feed } = context;
  const pan = (windows: number) => () => view.nudge(feed.window.peek(), (window) => panned(window, windows));
  const atEnd = view.range.value.kind === "live";
  return (
    <div class="range-moves">
      <MoveButton icon="back" words="Half a range earlier" act={pan(-0.5)} />
      <MoveButton icon="further" words="Zoom out" act={() => zoomBy(ZOOM_STEP, context)} />
      <MoveButton icon="nearer" words="Zoom in" act={() => zoomBy(1 / ZOOM_STEP, context)} />
      <MoveButton icon="forth" words="Half a range later" act={pan(0.5)} disabled={atEnd} />
    </div>
  );
}

interface MoveButtonProps {
  icon: IconName;
  words: string;
  act: () => void;
  disabled?: boolean;
}

const MoveButton = ({ icon, words, act, disabled = false }: MoveButtonProps) => (
  <button type="button" class="icon-button" aria-label={words} title={words} onClick={act} disabled={disabled}>
    <Icon name={icon} />
  </button>
);
