/** Whether the device was there, over the time of all figures: one lane below them, told apart by pattern and word. */
import { useComputed } from "@preact/signals";
import { hubNowMs } from "../hub/clock.ts";
import { knownUntilMs } from "../hub/freshness.ts";
import { freshness } from "../hub/link.ts";
import { spanOf } from "../range/range-moves.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { atMostCells, type PresenceSpan, type PresenceWord, presenceSpans } from "../series/presence-spans.ts";
import { durationWords } from "../ui/time-words.ts";

const MOST_CELLS = 300;
const WORDS: Readonly<Record<PresenceWord, string>> = {
  online: "online",
  late: "late",
  asleep: "asleep",
  offline: "offline",
  unknown: "unknown, the hub was off",
};

export function PresenceBand({ context }: { context: ChartContext }) {
  const { feed, presence, crosshair } = context;
  const spans = useComputed(() => {
    feed.version.value;
    const record = presence.value;
    if (record === undefined) return undefined;
    return presenceSpans(record, feed.window.value, knownUntilMs(freshness.value, hubNowMs.peek()));
  }).value;
  if (spans === undefined || spans.length === 0) return null;
  const window = feed.window.value;
  const percent = (ms: number) => `${(100 * ms) / spanOf(window)}%`;
  const at = crosshair.value;
  const under = at === undefined ? undefined : spans.find(({ fromMs, toMs }) => fromMs <= at && at <= toMs);
  return (
    <div class="lane" data-lane>
      <p class="lane-head">
        <span>Presence</span>
        {at === undefined ? (
          <Legend spans={spans} />
        ) : (
          <span>{under === undefined ? "no data" : WORDS[under.state]}</span>
        )}
      </p>
      <div class="lane-box">
        <div class="lane-area time-line" role="img" aria-label={summaryOf(spans)}>
          {atMostCells(spans, window, MOST_CELLS).map(({ fromMs, toMs, state }) => (
            <span
              key={fromMs}
              class={`lane-span lane-${state}`}
              style={{ left: percent(fromMs - window.fromMs), width: percent(toMs - fromMs) }}
            />
          ))}
          {at !== undefined && at >= window.fromMs && at <= window.toMs && (
            <span class="lane-cross" style={{ left: percent(at - window.fromMs) }} />
          )}
        </div>
      </div>
    </div>
  );
}

function Legend({ spans }: { spans: readonly PresenceSpan[] }) {
  const states = [...new Set(spans.map(({ state }) => state))];
  return (
    <>
      {states.map((state) => (
        <span key={state} class={`lane-key lane-key-${state}`}>
          <span class={`lane-span lane-${state}`} aria-hidden="true" />
          {WORDS[state]}
        </span>
      ))}
    </>
  );
}

function summaryOf(spans: readonly PresenceSpan[]): string {
  const all = new Map<PresenceWord, number>();
  for (const { state, fromMs, toMs } of spans) all.set(state, (all.get(state) ?? 0) + toMs - fromMs);
  return `Presence: ${[...all].map(([state, ms]) => `${WORDS[state]} for ${durationWords(ms)}`).join(", ")}`;
}
