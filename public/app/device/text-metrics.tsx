/** The text metrics of a device: the value now, and its changes within the charts' range. */

import { noReadingWords } from "../range/range-words.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { textChanges } from "../series/text-changes.ts";
import { MAX_READINGS, type Texts } from "../series/texts.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { MetricValue } from "../ui/metric-value.tsx";
import { fullTime, instantWords } from "../ui/time-words.ts";
import { countWords, metricLabel } from "../ui/value-words.ts";

const MAX_CHANGES = 8;

export function TextMetrics({ context, metrics }: { context: ChartContext; metrics: readonly string[] }) {
  const { device, texts } = context;
  const found = texts.found.value;
  return (
    <section class="texts" aria-label="Text values">
      <ReadNote what="The texts of this range could not be read." read={texts.read} />
      {metrics.map((metric) => (
        <div key={metric}>
          <h3>{metricLabel(metric)}</h3>
          <p class="text-now">
            <MetricValue metric={metric} value={device.values.get(metric)} /> <span class="quiet">now</span>
          </p>
          {found !== undefined && <Changes found={found} metric={metric} context={context} />}
        </div>
      ))}
    </section>
  );
}

function Changes({ found, metric, context }: { found: Texts; metric: string; context: ChartContext }) {
  const { fromMs, toMs } = context.feed.still.value;
  const changes = textChanges(found.readings, metric, context.feed.still.value);
  const shown = changes.slice(0, MAX_CHANGES);
  const left = changes.length - shown.length;
  if (shown.length === 0) return <p class="quiet">{noReadingWords(context.feed.still.value)}</p>;
  return (
    <>
      <ol class="text-changes" aria-label={`${metricLabel(metric)}: changes, newest first`}>
        {shown.map(({ atMs, value }) => (
          <li key={atMs}>
            <time dateTime={new Date(atMs).toISOString()} title={fullTime(atMs)}>
              {instantWords(atMs, toMs - fromMs)}
            </time>{" "}
            {value}
          </li>
        ))}
      </ol>
      {(left > 0 || found.more) && (
        <p class="quiet">
          {left > 0 && `${countWords(left)} earlier ${left === 1 ? "change" : "changes"}. `}
          {found.more && `Only the newest ${countWords(MAX_READINGS)} readings of the range were searched.`}
        </p>
      )}
    </>
  );
}
