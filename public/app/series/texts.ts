/** The text values of a device in the charts' range: read from the store, continued live. */
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Reading } from "../../../src/contract/readings.ts";
import { getReadings } from "../hub/api.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { watchReadings } from "../hub/live.ts";
import { type HubRead, useHubRead } from "../hub/use-hub-read.ts";
import { EARLIEST_MS, FUTURE_MS } from "../range/chart-range.ts";
import type { ChartFeed } from "./chart-feed.ts";

export const MAX_READINGS = 1_000;

export interface Texts {
  readonly readings: readonly Reading[];
  /** There are older ones in the range, which were not looked at. */
  readonly more: boolean;
}

export interface TextsRead {
  /** Undefined until they were read. */
  readonly found: ReadonlySignal<Texts | undefined>;
  readonly read: HubRead;
}

/** `metrics`: those that have texts; without any nothing is read. */
export function useTexts(device: DeviceState, feed: ChartFeed, metrics: readonly string[]): TextsRead {
  const found = useSignal<Texts | undefined>(undefined);
  const range = useComputed(() => {
    const { preset, fromMs, toMs } = feed.still.value;
    return preset?.name ?? `${fromMs} ${toMs}`;
  });
  const key = metrics.length === 0 ? "" : `texts ${metrics.join(",")} ${range.value}`;
  const read = useHubRead(key, async (abort) => {
    const { fromMs, toMs, preset } = feed.still.peek();
    const [from, to] = [Math.max(Math.floor(fromMs), EARLIEST_MS), Math.ceil(toMs)];
    const wanted = { from, to: preset === undefined ? to : to + FUTURE_MS, limit: MAX_READINGS };
    const page = await getReadings(device.id, wanted, abort);
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
  return { found, read };
}
