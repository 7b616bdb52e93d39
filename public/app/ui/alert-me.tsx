/** The link from a metric to a rule about it, with sensible values filled in. */
import type { DescribedMetric } from "../hub/described-metric.ts";
import { reaches } from "../hub/session.ts";
import { Icon } from "./icon.tsx";
import { newRuleHref } from "./route.ts";
import { metricLabel } from "./value-words.ts";

export function AlertMe({ deviceId, metric }: { deviceId: string; metric: DescribedMetric }) {
  if (!reaches("owner")) return null;
  const words = `Alert me about this: ${metricLabel(metric)}`;
  return (
    <a
      class="icon-button alert-me"
      href={newRuleHref({ device: deviceId, metric: metric.name })}
      aria-label={words}
      title={words}
    >
      <Icon name="bell" />
    </a>
  );
}
