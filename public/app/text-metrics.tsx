/** The metrics that are text: the value now, and when it became another one within the charts' range. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Reading } from "../../src/contract/readings.ts";
import { getReadings } from "./api.ts";
import type { ChartContext } from "./chart-context.ts";
import { EARLIEST_MS, FUTURE_MS } from "./chart-range.ts";
import { ReadNote } from "./fault-note.tsx";
import { watchReadings } from "./live.ts";
import { MetricValue } from "./metric-value.tsx";
import { noReadingWords } from "./range-words.ts";
import { textChanges } from "./text-changes.ts";
import { fullTime, instantWords } from "./time-words.ts";
import { useHubRead } from "./use-hub-read.ts";
import { countWords, metricLabel } from "./value-words.ts";

const MAX_READINGS = 1_000;
const MAX_CHANGES = 8;

interface Found {
  readonly readings: readonly Reading[];
  /** There are older ones in the range, which were not looked at. */
  readonly more: boolean;
}

export function TextMetrics({ context, metrics }: { context: ChartContext; metrics: readonly string[] }) {
  const { device, feed } = context;
  const found = useSignal<Found | undefined>(undefined);
  const range = useComputed(() => {
    const { preset, fromMs, toMs } = feed.still.value;
    return preset?.name ?? `${fromMs} ${toMs}`;
  });
  const read = useHubRead(`texts ${metrics.join(",")} ${range.value}`, async (abort) => {
    const { fromMs, toMs, preset } = feed.still.peek();
    const [from, to] = [Math.max(Math.floor(fromMs), EARLIEST_MS), Math.ceil(toMs)];
    const range = { from, to: preset === undefined ? to : to + FUTURE_MS, limit: MAX_READINGS };
    const page = await getReadings(device.id, range, abort);
    found.value = { readings: page.readings, more: page.nextCursor !== null };
  });
  useEffect(
    () =>
      watchReadings(device.id, (live) => {
        const { readings = [], more = false } = found.peek() ?? {};
        const all = [...live, ...readings];
        found.value = { readings: all.slice(0, MAX_READINGS), more: more || all.length > MAX_READINGS };
      }),
    [device],
  );
  return (
    <section class="texts" aria-label="Text values">
      <ReadNote what="The texts of this range could not be read." read={read} />
      {metrics.map((metric) => (
        <div key={metric}>
          <h3>{metricLabel(metric)}</h3>
          <p class="text-now">
            <MetricValue metric={metric} value={device.values.get(metric)} /> <span class="quiet">now</span>
          </p>
          {found.value !== undefined && <Changes found={found.value} metric={metric} context={context} />}
        </div>
      ))}
    </section>
  );
}

function Changes({ found, metric, context }: { found: Found; metric: string; context: ChartContext }) {
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
          {found.more && `Among the newest ${countWords(MAX_READINGS)} readings of the range.`}
        </p>
      )}
    </>
  );
}
