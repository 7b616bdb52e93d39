/** A metric of a device with what is known of it. */
import type { MetricInfo } from "../../../src/contract/metrics.ts";

export interface DescribedMetric {
  readonly name: string;
  /** Undefined: nothing. */
  readonly info: MetricInfo | undefined;
  /** Its values are shown in the hub's unit, whatever the viewer chose: where rules and mappings are written. */
  readonly inHubUnit?: true;
}
