/** A metric in one row, as long as its chart is folded. */
import type { ReadonlySignal } from "@preact/signals";
import type { DeviceState } from "../hub/device-state.ts";
import { Icon } from "../ui/icon.tsx";
import { MetricValue } from "../ui/metric-value.tsx";
import { metricLabel } from "../ui/value-words.ts";
import type { Sparks } from "./sparks.ts";
import { ValueSpark } from "./value-spark.tsx";

interface FoldedProps {
  device: DeviceState;
  metric: string;
  boolean: boolean;
  sparks: ReadonlySignal<Sparks | undefined>;
  unfold: () => void;
}

export function FoldedChart({ device, metric, boolean, sparks, unfold }: FoldedProps) {
  const described = device.described(metric);
  return (
    <button type="button" class="folded" aria-expanded={false} title="Show its chart" onClick={unfold}>
      <span class="folded-name">{metricLabel(described)}</span>
      <MetricValue metric={described} value={device.values.get(metric)} />
      <ValueSpark device={device} metric={metric} boolean={boolean} sparks={sparks} />
      <Icon name="nearer" />
    </button>
  );
}
