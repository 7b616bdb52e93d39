/** One metric's current value with its unit. It updates itself without drawing its card again. */

import { computed, type Signal, useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { MetricValue as Value } from "../../../src/contract/readings.ts";
import type { ValueAt } from "../hub/arrivals.ts";
import type { DescribedMetric } from "../hub/described-metric.ts";
import { metricUnit, valueWords } from "./value-words.ts";

export function MetricValue({ metric, value }: { metric: DescribedMetric; value: Signal<ValueAt> | undefined }) {
  // What is known of a metric is no signal: with another name or number of digits the words are made again.
  const words = useMemo(
    () => computed(() => (value === undefined ? "–" : valueWords(metric, value.value.value))),
    [metric.name, metric.info, value],
  );
  const tone = useComputed(() => toneOf(metric, value?.value.value));
  const unit = metricUnit(metric);
  return (
    <span class={tone} data-metric={metric.name}>
      <span class="value-number">{words}</span>
      {unit !== "" && <span class="value-unit">{`\u202f${unit}`}</span>}
      {value === undefined && <span class="sr-only">no value</span>}
    </span>
  );
}

function toneOf(metric: DescribedMetric, value: Value | undefined): string {
  if (metric.name === "flameDetected" && value === true) return "value value-word value-alarm";
  return typeof value === "number" ? "value" : "value value-word";
}
