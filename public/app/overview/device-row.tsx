/** One device as a row of fixed height: cells of a table, on a phone two lines. */

import type { DeviceState } from "../hub/device-state.ts";
import { isStale } from "../hub/freshness.ts";
import { freshness } from "../hub/link.ts";
import { Age } from "../ui/age.tsx";
import { Icon } from "../ui/icon.tsx";
import { MetricValue } from "../ui/metric-value.tsx";
import { deviceHref } from "../ui/route.ts";
import { metricLabel } from "../ui/value-words.ts";
import { batteryOf, signalOf } from "./card-metrics.ts";
import { useDeviceFacts } from "./device-facts.ts";
import { SparkLine } from "./spark-line.tsx";

const SPARK = { width: 88, height: 20 };

interface DeviceRowProps {
  readonly device: DeviceState;
  readonly hidesLocation: boolean;
}

export function DeviceRow({ device, hidesLocation }: DeviceRowProps) {
  const { trouble, severity, name, isNamed, metrics, spark } = useDeviceFacts(device);
  const described = device.metrics.value.map(device.described);
  const { place } = device.about.value;
  return (
    <div class={`row row-${trouble.state}`} data-device-id={device.id} data-presence={device.presence.value.detail}>
      <span class="cell-state" title={trouble.words}>
        {(trouble.icon !== undefined || !isStale(freshness.value)) && <Icon name={trouble.icon ?? "online"} />}
        {trouble.icon === undefined && <span class="sr-only">{isStale(freshness.value) ? "not known" : "online"}</span>}
      </span>
      <span class="cell-name">
        <a class={isNamed ? "card-link" : "card-link mono"} href={deviceHref(device.id)} data-row>
          {name}
        </a>
      </span>
      <span class="cell-about">
        {trouble.words === undefined ? (
          !hidesLocation && place
        ) : (
          <span class={`trouble trouble-${trouble.state}`} data-card-alert={severity}>
            {trouble.words}
          </span>
        )}
      </span>
      <span class="cell-values">
        {inColumns(metrics, device).map((metric) => (
          <span key={metric} class="cell-value" title={metricLabel(device.described(metric))}>
            <span class="sr-only">{metricLabel(device.described(metric))} </span>
            <MetricValue metric={device.described(metric)} value={device.values.get(metric)} />
          </span>
        ))}
      </span>
      <span class="cell-spark">
        <SparkLine means={spark?.means} state={trouble.state} {...SPARK} />
      </span>
      <BoardCell device={device} word="Battery" metric={batteryOf(described)} />
      <BoardCell device={device} word="Signal" metric={signalOf(described)} />
      <span class="cell-age">
        <Age at={device.heardAtMs} />
      </span>
    </div>
  );
}

/** A metric stays in its column, also while an alert is about it. */
const inColumns = (shown: readonly string[], { metrics }: DeviceState): string[] =>
  metrics.value.filter((metric) => shown.includes(metric));

interface BoardCellProps {
  readonly device: DeviceState;
  readonly word: string;
  readonly metric: string | undefined;
}

function BoardCell({ device, word, metric }: BoardCellProps) {
  if (metric === undefined) return <span class="cell-board" />;
  return (
    <span class="cell-board">
      <span class="sr-only">{word} </span>
      <MetricValue metric={device.described(metric)} value={device.values.get(metric)} />
    </span>
  );
}
