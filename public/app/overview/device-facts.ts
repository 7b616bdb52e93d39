/** What a card or a row shows of a device, recomputed when one of its parts changes. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { alertsOf } from "../hub/alert-state.ts";
import { shownNowMs } from "../hub/clock.ts";
import { type DeviceState, displayName } from "../hub/device-state.ts";
import { cardMetrics } from "./card-metrics.ts";
import { type Trouble, troubleOf } from "./device-trouble.ts";
import { type Spark, sparks } from "./list/sparks.ts";

export interface DeviceFacts {
  readonly name: string;
  readonly isNamed: boolean;
  readonly trouble: Trouble;
  readonly severity: "info" | "warning" | "critical" | undefined;
  /** The first is the largest. */
  readonly metrics: readonly string[];
  /** Of the first metric. */
  readonly spark: Spark | undefined;
  /** Of the last 24 hours, a letter for each half hour. */
  readonly presence24: string | undefined;
}

/** Values that only go up and down change nothing here: they are drawn by themselves. */
export function useDeviceFacts(device: DeviceState): DeviceFacts {
  const spark = useComputed(() => sparks.value.get(device.id));
  const metrics = useMetrics(device, spark);
  const about = device.about.value;
  const alerts = alertsOf(device.id);
  const names = metrics.value.split("\n").filter((name) => name !== "");
  return {
    name: displayName(device.id, about),
    isNamed: about.name !== undefined,
    trouble: troubleOf(device, alerts, shownNowMs.peek()),
    severity: (["critical", "warning", "info"] as const).find((each) =>
      alerts.some(({ severity }) => severity === each),
    ),
    metrics: names,
    spark: spark.value?.metric === names[0] ? spark.value : undefined,
    presence24: spark.value?.presence,
  };
}

/** As one text, so that it is the same while nothing else is to be shown. */
const useMetrics = (device: DeviceState, spark: ReadonlySignal<Spark | undefined>): ReadonlySignal<string> =>
  useComputed(() =>
    cardMetrics({
      metrics: device.metrics.value,
      described: device.described,
      valueIn: (metric) => device.values.get(metric)?.value.value,
      violated: alertsOf(device.id).flatMap(({ metric }) => metric ?? []),
      drawn: spark.value?.metric,
    }).join("\n"),
  );
