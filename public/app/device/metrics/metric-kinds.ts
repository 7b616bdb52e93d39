/** How each metric of a device is shown: as a line, as a strip of states, or as text. */
import type { DeviceState } from "../../hub/device-state.ts";
import { metricKind } from "../../ui/value-words.ts";

export interface MetricOfKind {
  readonly metric: string;
  readonly kind: "number" | "boolean" | "text";
}

export const kindsOf = (device: DeviceState): MetricOfKind[] =>
  device.metrics.value.map((metric) => {
    // The kind of a metric hardly ever changes; watching each value for it would draw the page at every reading.
    const value = device.values.get(metric)?.peek().value ?? 0;
    const isMixed = device.mixed.value.has(metric);
    return {
      metric,
      kind: isMixed && typeof value === "string" ? "number" : metricKind(device.described(metric), value),
    };
  });
