/** The owner's words on the metrics of a device: names, units, digits, order, what is pinned and what is hidden. All of it can be taken back. */
import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import type { MetricsPatch } from "../../../../src/contract/fleet/own-metrics.ts";
import { type HubFault, toFault } from "../../hub/api.ts";
import type { DeviceState } from "../../hub/device-state.ts";
import { changeMetrics } from "../../hub/read-device.ts";
import { FaultNote } from "../../ui/fault-note.tsx";
import { hubUnit, metricLabel } from "../../ui/value-words.ts";
import { type MetricRow, metricsPatch, withRow } from "./metrics-patch.ts";

export function MetricsEdit({ device }: { device: DeviceState }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const open = useSignal(false);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          open.value = true;
          dialog.current?.showModal();
        }}
      >
        Edit values
      </button>
      <dialog
        ref={dialog}
        class="metrics-edit"
        aria-labelledby={heading}
        onClose={() => {
          open.value = false;
        }}
      >
        <h2 id={heading}>Values of this device</h2>
        {open.value && <MetricsForm device={device} close={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}

function rowsOf(device: DeviceState): MetricRow[] {
  const shown = device.metrics.peek();
  const hidden = [...device.values.keys()].filter((metric) => !shown.includes(metric)).sort();
  return [...shown, ...hidden].map((metric) => {
    const described = device.described(metric);
    const { digits, pinned = false, hidden: isHidden = false, byOwner = [] } = described.info ?? {};
    return {
      metric,
      label: metricLabel(described),
      unit: hubUnit(described),
      digits: digits === undefined ? "" : String(digits),
      pinned,
      hidden: isHidden,
      isOwn: byOwner.length > 0,
    };
  });
}

function MetricsForm({ device, close }: { device: DeviceState; close: () => void }) {
  const first = useSignal<readonly MetricRow[]>(rowsOf(device));
  const rows = useSignal(first.peek());
  const fault = useSignal<HubFault | undefined>(undefined);
  const send = async (patch: MetricsPatch) => {
    try {
      fault.value = undefined;
      if (Object.keys(patch).length > 0) await changeMetrics(device.id, patch);
      return true;
    } catch (thrown) {
      fault.value = toFault(thrown);
      return false;
    }
  };
  const set = (index: number, change: Partial<MetricRow>) => {
    rows.value = rows.value.map((row, at) => (at === index ? { ...row, ...change } : row));
  };
  const move = (index: number) => {
    const [above, row] = [rows.value[index - 1], rows.value[index]];
    if (above === undefined || row === undefined) return;
    rows.value = rows.value.toSpliced(index - 1, 2, row, above);
  };
  const reset = async (metric: string) => {
    if (!(await send({ [metric]: null }))) return;
    const fresh = rowsOf(device).find((row) => row.metric === metric);
    if (fresh === undefined) return;
    first.value = withRow(first.value, fresh);
    rows.value = withRow(rows.value, fresh); // what is not saved of the others stays
  };
  return (
    <form
      class="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(metricsPatch(first.value, rows.value)).then((isSaved) => isSaved && close());
      }}
    >
      <p class="quiet">A unit is a word beside the value; nothing is converted. What is stored does not change.</p>
      <p class="metric-row metric-heads" aria-hidden="true">
        <span class="metric-label">Name</span>
        <span class="metric-unit">Unit</span>
        <span class="metric-digits">Digits</span>
      </p>
      <ol class="metric-rows">
        {rows.value.map((row, index) => (
          <Row
            key={row.metric}
            row={row}
            set={(change) => set(index, change)}
            up={index === 0 ? undefined : () => move(index)}
            reset={row.isOwn ? () => void reset(row.metric) : undefined}
          />
        ))}
      </ol>
      {fault.value !== undefined && <FaultNote what="The change was not saved." fault={fault.value} />}
      <div class="buttons">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button type="submit" class="primary">
          Save values
        </button>
      </div>
    </form>
  );
}

interface RowProps {
  row: MetricRow;
  set: (change: Partial<MetricRow>) => void;
  up: (() => void) | undefined;
  reset: (() => void) | undefined;
}

function Row({ row, set, up, reset }: RowProps) {
  const text = (name: "label" | "unit" | "digits", words: string, maxLength: number) => (
    <input
      class={`metric-${name}`}
      aria-label={`${words} of ${row.metric}`}
      placeholder={words}
      maxLength={maxLength}
      inputMode={name === "digits" ? "numeric" : undefined}
      pattern={name === "digits" ? "1[0-2]|[0-9]" : ".*"}
      title={name === "digits" ? "0 to 12" : words}
      value={row[name]}
      onInput={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  const check = (name: "pinned" | "hidden", words: string) => (
    <label class="dialog-check">
      <input type="checkbox" checked={row[name]} onChange={(event) => set({ [name]: event.currentTarget.checked })} />
      <span>
        {words}
        <span class="sr-only"> {row.metric}</span>
      </span>
    </label>
  );
  return (
    <li class="metric-row">
      {text("label", "Name", 100)}
      {text("unit", "Unit", 20)}
      {text("digits", "Digits", 2)}
      {check("pinned", "Pin")}
      {check("hidden", "Hide")}
      <button type="button" aria-label={`Move up: ${row.metric}`} disabled={up === undefined} onClick={up}>
        ↑
      </button>
      <button type="button" aria-label={`Reset ${row.metric}`} disabled={reset === undefined} onClick={reset}>
        Reset
      </button>
    </li>
  );
}
