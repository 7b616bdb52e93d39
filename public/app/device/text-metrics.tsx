/** The text metrics of a device with their changes within the charts' range, and its events with their occurrences. */

import { noReadingWords } from "../range/range-words.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { occurrences, type TextChange, textChanges } from "../series/text-changes.ts";
import { MAX_READINGS } from "../series/texts.ts";
import { AlertMe } from "../ui/alert-me.tsx";
import { ReadNote } from "../ui/fault-note.tsx";
import { MetricValue } from "../ui/metric-value.tsx";
import { fullTime, instantWords } from "../ui/time-words.ts";
import { countWords, metricLabel } from "../ui/value-words.ts";

const MAX_SHOWN = 50;

interface TextProps {
  context: ChartContext;
  metrics: readonly string[];
  /** What happens at an instant and has no value afterwards. */
  events: readonly string[];
}

export function TextMetrics({ context, metrics, events }: TextProps) {
  const { device, texts } = context;
  const found = texts.found.value;
  const window = context.feed.still.value;
  return (
    <section class="texts" aria-label={events.length === 0 ? "Text values" : "Text values and events"}>
      <ReadNote what="The texts of this range could not be read." read={texts.read} />
      {events.map((metric) => (
        <div key={metric} data-event={metric}>
          <h3>{metricLabel(device.described(metric))}</h3>
          {found !== undefined && (
            <List
              context={context}
              items={occurrences(found.readings, metric, window)}
              more={found.more}
              words={EVENT_WORDS}
              metric={metric}
            />
          )}
        </div>
      ))}
      {metrics.map((metric) => (
        <div key={metric}>
          <div class="text-head">
            <h3>{metricLabel(device.described(metric))}</h3>
            <AlertMe deviceId={device.id} metric={device.described(metric)} />
          </div>
          <p class="text-now">
            <MetricValue metric={device.described(metric)} value={device.values.get(metric)} />{" "}
            <span class="quiet">now</span>
          </p>
          {found !== undefined && (
            <List
              context={context}
              items={textChanges(found.readings, metric, window)}
              more={found.more}
              words={CHANGE_WORDS}
              metric={metric}
            />
          )}
        </div>
      ))}
    </section>
  );
}

const CHANGE_WORDS = { one: "change", many: "changes" };
const EVENT_WORDS = { one: "event", many: "events" };

interface ListProps {
  context: ChartContext;
  metric: string;
  items: readonly TextChange[];
  /** There are older readings in the range, which were not looked at. */
  more: boolean;
  words: { one: string; many: string };
}

function List({ context, metric, items, more, words }: ListProps) {
  const window = context.feed.still.value;
  const shown = items.slice(0, MAX_SHOWN);
  const left = items.length - shown.length;
  if (shown.length === 0) return <p class="quiet">{noReadingWords(window)}</p>;
  return (
    <details class="text-list">
      <summary>
        {more && "At least "}
        {countWords(items.length)} {items.length === 1 ? words.one : words.many}
      </summary>
      <ol
        class="text-changes"
        aria-label={`${metricLabel(context.device.described(metric))}: ${words.many}, newest first`}
      >
        {shown.map(({ atMs, value }, index) => (
          <li key={`${atMs} ${index}`}>
            <time dateTime={new Date(atMs).toISOString()} title={fullTime(atMs)}>
              {instantWords(atMs, window.toMs - window.fromMs)}
            </time>{" "}
            {value}
          </li>
        ))}
      </ol>
      {(left > 0 || more) && (
        <p class="quiet">
          {left > 0 && `${countWords(left)} earlier ${left === 1 ? words.one : words.many}. `}
          {more && `Only the newest ${countWords(MAX_READINGS)} readings of the range were searched.`}
        </p>
      )}
    </details>
  );
}
