/** The presence of a device over the range of its charts: read from the hub, continued by what comes live. */
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getPresence } from "../hub/api.ts";
import { hubNowMs } from "../hub/clock.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { EARLIEST_MS } from "../range/chart-range.ts";
import { spanOf } from "../range/range-moves.ts";
import type { ChartFeed } from "./chart-feed.ts";
import { type PresenceRecord, readRecord, withChange } from "./presence-spans.ts";

/** Of one answer. */
const LIMIT = 5_000;
/** A board that changes more often than these hold is shown up to there. */
const MOST_ANSWERS = 8;

/** Undefined until it was read. */
export function usePresence(device: DeviceState, feed: ChartFeed): ReadonlySignal<PresenceRecord | undefined> {
  const found = useSignal<PresenceRecord | undefined>(undefined);
  const range = useComputed(() => {
    const { preset, fromMs, toMs } = feed.still.value;
    return preset?.name ?? `${fromMs} ${toMs}`;
  });
  useHubRead(`presence ${device.id} ${range.value}`, async (abort) => {
    const window = feed.still.peek();
    const nowMs = Math.ceil(hubNowMs.peek());
    const [from, to] = [window.fromMs - spanOf(window), Math.min(window.toMs + spanOf(window), nowMs)];
    const query = { from: Math.max(Math.floor(from), EARLIEST_MS), to: Math.max(Math.ceil(to), EARLIEST_MS + 1) };
    const ask = (range: typeof query) => getPresence(device.id, { ...range, limit: LIMIT }, abort);
    found.value = await readRecord(query, ask, MOST_ANSWERS);
  });
  const isLive = useComputed(() => feed.still.value.preset !== undefined);
  useEffect(
    () =>
      device.presence.subscribe(({ detail, detailSinceMs }) => {
        const known = found.peek();
        if (known !== undefined && isLive.peek()) found.value = withChange(known, detailSinceMs, detail);
      }),
    [device],
  );
  return found;
}
