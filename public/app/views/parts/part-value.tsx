/** A value of a view, large: of which device, what it is now, and how long ago the device was heard. */
import type { ViewPart } from "../../../../src/contract/views/views.ts";
import { Age } from "../../ui/age.tsx";
import { MetricValue } from "../../ui/metric-value.tsx";
import { PresenceMark } from "../../ui/presence-mark.tsx";
import { metricLabel } from "../../ui/value-words.ts";
import { DeviceName } from "./device-name.tsx";
import { lineKey, shownLine } from "./line-of.ts";
import { PartButtons, type PartTools } from "./part-head.tsx";
import type { ViewShared } from "./view-shared.ts";

interface PartValueProps {
  readonly part: ViewPart;
  readonly shared: ViewShared;
  readonly tools: PartTools | undefined;
}

export function PartValue({ part, shared, tools }: PartValueProps) {
  const [line] = part.lines;
  if (line === undefined) return null;
  const shown = shownLine(line, shared);
  const title = "device" in shown ? metricLabel(shown.device.described(line.metric)) : metricLabel(line.metric);
  return (
    <section class="view-value" aria-label={`${title} of ${line.device}`} data-part="value">
      {"device" in shown ? (
        <>
          <p class="view-value-name">
            <DeviceName device={shown.device} />
            <span>{title}</span>
          </p>
          <MetricValue metric={shown.device.described(line.metric)} value={shown.device.values.get(line.metric)} />
          <p class="view-value-age">
            {shown.device.presence.value.detail === "online" ? (
              <Age at={shown.device.heardAtMs} />
            ) : (
              <PresenceMark device={shown.device} />
            )}
          </p>
        </>
      ) : shown.kind === "missing" ? (
        <p class="view-missing" data-missing={lineKey(line)}>
          <b>{shown.name}</b> {title}. {shown.words}.
        </p>
      ) : (
        <p class="quiet">Loading {line.device}…</p>
      )}
      {tools !== undefined && <PartButtons kind="value" title={`${title} of ${line.device}`} tools={tools} />}
    </section>
  );
}
