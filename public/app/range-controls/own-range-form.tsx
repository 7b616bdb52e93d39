/** The form for a range's beginning and end, in the viewer's time zone. */
import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { hubNowMs } from "../hub/clock.ts";
import { type ChartRange, fixedRange, type TimeWindow } from "../range/chart-range.ts";
import { localText, type OwnRange, parseOwnRange } from "../range/own-range.ts";

interface OwnRangeFormProps {
  /** What is shown as the form opens. */
  now: TimeWindow;
  choose: (range: ChartRange) => void;
  close: () => void;
}

export function OwnRangeForm({ now, choose, close }: OwnRangeFormProps) {
  const from = useSignal(localText(now.fromMs));
  const to = useSignal(localText(now.toMs));
  const fault = useSignal<(OwnRange & { ok: false }) | undefined>(undefined);
  const form = useRef<HTMLFormElement>(null);
  const faultId = useId();

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const parsed = parseOwnRange(from.value, to.value, hubNowMs.peek());
    if (!parsed.ok) {
      fault.value = parsed;
      form.current?.querySelector<HTMLInputElement>(`[name="${parsed.field}"]`)?.focus();
      return;
    }
    choose(fixedRange(parsed.window));
    close();
  };
  const field = (name: "from" | "to", label: string, value: typeof from) => (
    <label>
      {label}
      <input
        type="datetime-local"
        name={name}
        value={value}
        aria-invalid={fault.value?.field === name}
        aria-describedby={fault.value?.field === name ? faultId : undefined}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
    </label>
  );
  return (
    // The browser's own words for a wrong date would come in its own language, and say less.
    <form
      class="own-range"
      ref={form}
      noValidate
      onSubmit={submit}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      {field("from", "From", from)}
      {field("to", "To", to)}
      <div class="buttons">
        <button type="submit" class="primary">
          Show
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
      {fault.value !== undefined && (
        <p class="field-fault" id={faultId} role="alert">
          {fault.value.words}
        </p>
      )}
    </form>
  );
}
