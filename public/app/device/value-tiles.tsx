/** All values of a device now, as tiles with a spark; a click on one brings its chart to the top, another returns it. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { type HubFault, toFault } from "../hub/api.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { MetricValue } from "../ui/metric-value.tsx";
import { shortLabels } from "../ui/value-words.ts";
import type { MetricOfKind } from "./metrics/metric-kinds.ts";
import { isPinned, togglePinned, togglesForAll } from "./metrics/pinned.ts";
import type { Sparks } from "./sparks.ts";
import { ValueSpark } from "./value-spark.tsx";

interface TilesProps {
  device: DeviceState;
  kinds: readonly MetricOfKind[];
  sparks: ReadonlySignal<Sparks | undefined>;
}

/** More would push the charts off the first screen. */
const MOST_AT_FIRST = 12;

export function ValueTiles({ device, kinds, sparks }: TilesProps) {
  const all = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  const shown = all.value ? kinds : kinds.slice(0, MOST_AT_FIRST);
  const labels = shortLabels(kinds.map(({ metric }) => device.described(metric)));
  if (kinds.length === 0) return null;
  return (
    <section class="values" aria-label="Values now">
      <ul class="tiles">
        {shown.map(({ metric, kind }, index) => (
          <li key={metric}>
            <Tile
              device={device}
              metric={metric}
              kind={kind}
              label={labels[index] ?? metric}
              sparks={sparks}
              failed={(thrown) => {
                fault.value = thrown;
              }}
            />
          </li>
        ))}
      </ul>
      {fault.value !== undefined && <FaultNote what="The chart was not pinned." fault={fault.value} />}
      {kinds.length > MOST_AT_FIRST && (
        <button
          type="button"
          aria-expanded={all.value}
          onClick={() => {
            all.value = !all.value;
          }}
        >
          {all.value ? "Show fewer values" : `Show all ${kinds.length} values`}
        </button>
      )}
    </section>
  );
}

function Tile({
  device,
  metric,
  kind,
  label,
  sparks,
  failed,
}: Omit<TilesProps, "kinds"> & MetricOfKind & { label: string; failed: (fault: HubFault) => void }) {
  const described = device.described(metric);
  const words = (
    <>
      <span class="tile-name">{label}</span>
      <MetricValue metric={described} value={device.values.get(metric)} />
    </>
  );
  // A text has no chart that could be at the top.
  if (kind === "text") return <div class="tile">{words}</div>;
  const isFirst = isPinned(device, metric);
  const reach = togglesForAll(device, metric) ? "for everybody" : "in this browser";
  const toggle = () => {
    togglePinned(device, metric).catch((thrown: unknown) => failed(toFault(thrown)));
  };
  return (
    <button
      type="button"
      class="tile"
      aria-pressed={isFirst}
      title={`${isFirst ? "Return its chart to its place" : "Pin its chart to the top"}, ${reach}`}
      data-tile={metric}
      onClick={toggle}
    >
      {words}
      <ValueSpark device={device} metric={metric} boolean={kind === "boolean"} sparks={sparks} />
    </button>
  );
}
