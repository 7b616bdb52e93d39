/** All values of a device now, as tiles with a spark; a click on one brings its chart to the top, another returns it. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { DeviceState } from "../hub/device-state.ts";
import { MetricValue } from "../ui/metric-value.tsx";
import { shortLabels } from "../ui/value-words.ts";
import type { MetricOfKind } from "./metric-kinds.ts";
import { pinnedOf, togglePinned } from "./pinned.ts";
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
  const shown = all.value ? kinds : kinds.slice(0, MOST_AT_FIRST);
  const labels = shortLabels(kinds.map(({ metric }) => device.described(metric)));
  if (kinds.length === 0) return null;
  return (
    <section class="values" aria-label="Values now">
      <ul class="tiles">
        {shown.map(({ metric, kind }, index) => (
          <li key={metric}>
            <Tile device={device} metric={metric} kind={kind} label={labels[index] ?? metric} sparks={sparks} />
          </li>
        ))}
      </ul>
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

function Tile({ device, metric, kind, label, sparks }: Omit<TilesProps, "kinds"> & MetricOfKind & { label: string }) {
  const described = device.described(metric);
  const words = (
    <>
      <span class="tile-name">{label}</span>
      <MetricValue metric={described} value={device.values.get(metric)} />
    </>
  );
  // A text has no chart that could be at the top.
  if (kind === "text") return <div class="tile">{words}</div>;
  const isPinned = pinnedOf(device.id).includes(metric);
  return (
    <button
      type="button"
      class="tile"
      aria-pressed={isPinned}
      title={isPinned ? "Return its chart to its place" : "Pin its chart to the top"}
      data-tile={metric}
      onClick={() => togglePinned(device.id, metric)}
    >
      {words}
      <ValueSpark device={device} metric={metric} boolean={kind === "boolean"} sparks={sparks} />
    </button>
  );
}
