/** Pins a metric of a device to a view: as a chart of its own, over another chart, or as a large value. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { MAX_VIEWS } from "../../../src/contract/views/view-limits.ts";
import type { View } from "../../../src/contract/views/views.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { type DeviceState, displayName } from "../hub/device-state.ts";
import { deviceState } from "../hub/live.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { Select } from "../ui/form-fields.tsx";
import { Modal } from "../ui/modal.tsx";
import { viewHref } from "../ui/route.ts";
import { TextField } from "../ui/text-field.tsx";
import { metricLabel } from "../ui/value-words.ts";
import { type PinAs, pinFault, pinned } from "./parts/view-edits.ts";
import { getViews, postView, putView } from "./view-api.ts";

interface PinDialogProps {
  readonly device: DeviceState;
  readonly metric: string;
  readonly close: () => void;
}

const NEW = "";

export function PinDialog({ device, metric, close }: PinDialogProps) {
  const views = useSignal<readonly View[] | undefined>(undefined);
  const chosen = useSignal(NEW);
  const pinAs = useSignal("chart");
  const name = useSignal("");
  const done = useSignal<View | undefined>(undefined);
  const fault = useSignal<HubFault | undefined>(undefined);
  const isBusy = useSignal(false);
  const failed = (thrown: unknown) => {
    fault.value = toFault(thrown);
  };
  useEffect(() => {
    getViews().then((answer) => {
      views.value = answer.views;
      chosen.value = answer.views.at(-1)?.id ?? NEW;
    }, failed);
  }, []);
  const view = views.value?.find(({ id }) => id === chosen.value);
  const line = { device: device.id, metric };
  const at = pinAsOf(pinAs.value);
  const refused = pinFault(view?.parts ?? [], line, at);
  const pin = async () => {
    if (isBusy.peek()) return;
    isBusy.value = true;
    fault.value = undefined;
    const parts = pinned(view?.parts ?? [], line, at);
    try {
      done.value = await (view === undefined ? postView({ name: name.value, parts }) : putView({ ...view, parts }));
    } catch (thrown) {
      failed(thrown);
    }
    isBusy.value = false;
  };
  const title = `Pin ${metricLabel(device.described(metric))} of ${displayName(device.id, device.about.value)}`;
  if (done.value !== undefined) {
    return (
      <Modal title={title} close={close}>
        <p role="status">
          Pinned to {done.value.name}. <a href={viewHref(done.value.id)}>Open the view</a>
        </p>
      </Modal>
    );
  }
  return (
    <Modal title={title} close={close}>
      <form
        class="pin-form"
        onSubmit={(event) => {
          event.preventDefault();
          void pin();
        }}
      >
        {views.value !== undefined && (
          <Choices views={views.value} view={view} chosen={chosen} pinAs={pinAs} name={name} />
        )}
        {refused !== undefined && <p role="alert">{refused}.</p>}
        {fault.value !== undefined && <FaultNote what="It was not pinned." fault={fault.value} />}
        <button
          type="submit"
          class="primary"
          disabled={isBusy.value || views.value === undefined || refused !== undefined}
        >
          Pin to view
        </button>
      </form>
    </Modal>
  );
}

interface ChoicesProps {
  readonly views: readonly View[];
  readonly view: View | undefined;
  readonly chosen: Signal<string>;
  readonly pinAs: Signal<string>;
  readonly name: Signal<string>;
}

/** The view, and what the metric is shown as there. */
function Choices({ views, view, chosen, pinAs, name }: ChoicesProps) {
  const charts = (view?.parts ?? []).flatMap(({ kind, lines }, index) =>
    kind === "chart" ? [[String(index), `a line in the chart of ${linesWords(lines)}`] as const] : [],
  );
  return (
    <>
      <Select
        label="View"
        value={chosen.value}
        choices={[
          ...views.map((each) => [each.id, each.name] as const),
          ...(views.length < MAX_VIEWS ? [[NEW, "a new view"] as const] : []),
        ]}
        change={(id) => {
          chosen.value = id;
          pinAs.value = "chart";
        }}
      />
      {view === undefined && <TextField label="Name of the new view" value={name} isRequired />}
      <Select
        label="Show it as"
        value={pinAs.value}
        choices={[["chart", "a chart of its own"], ["value", "a large value"], ...charts]}
        change={(word) => {
          pinAs.value = word;
        }}
      />
    </>
  );
}

function pinAsOf(word: string): PinAs {
  return word === "chart" || word === "value" ? { as: word } : { over: Number(word) };
}

/** `Temperature of Cellar, Kitchen` */
function linesWords(lines: View["parts"][number]["lines"]): string {
  const labels = lines.map(({ device, metric }) => metricLabel(deviceState(device)?.described(metric) ?? metric));
  const names = lines.map(({ device }) => deviceState(device)?.about.value.name ?? device);
  return `${[...new Set(labels)].join(", ")} of ${[...new Set(names)].join(", ")}`;
}
