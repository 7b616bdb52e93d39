/** One metric of a stored reading, without what else is in it. */
import type { MetricValue } from "../../contract/readings.ts";

/** `body`: JSON of one object. Undefined: it does not have the metric, or is damaged. */
export function valueInBody(body: string, metric: string): MetricValue | undefined {
  try {
    return (JSON.parse(body) as { readonly [metric: string]: MetricValue })[metric];
  } catch {
    return undefined;
  }
}
