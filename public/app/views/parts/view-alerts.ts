/** The thresholds and firing spans of the charts of a view: read with the range, and again when an alert changes. */
import { computed, type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { getRules } from "../../hub/alert-api.ts";
import { watchAlerts } from "../../hub/alert-state.ts";
import { deviceState } from "../../hub/live.ts";
import { useHubRead } from "../../hub/use-hub-read.ts";
import type { ChartWindow } from "../../range/chart-range.ts";
import { type AlertMarksRead, type AlertsRead, marksOf, readEvents } from "../../series/alert-marks.ts";
import { type AlertMarks, NO_MARKS } from "../../series/alert-spans.ts";

const NOTHING: ReadonlyMap<string, AlertMarks> = new Map();

/** `known`: changes when a device was read. */
export function useViewAlerts(
  devices: readonly string[],
  still: ReadonlySignal<ChartWindow>,
  known: ReadonlySignal<unknown>,
): ReadonlyMap<string, AlertMarksRead> {
  const found = useSignal<ReadonlyMap<string, AlertsRead>>(new Map());
  const changes = useSignal(0);
  const key = devices.join();
  const range = useComputed(() => {
    const { preset, fromMs, toMs } = still.value;
    return preset?.name ?? `${fromMs} ${toMs}`;
  });
  useEffect(
    () =>
      watchAlerts((changed) => {
        if (changed.some(({ deviceId }) => deviceId !== undefined && devices.includes(deviceId))) changes.value += 1;
      }),
    [key],
  );
  useHubRead(
    devices.length === 0 ? "" : `alerts of ${key} ${range.value}`,
    async (abort) => {
      const { fromMs, toMs, preset } = still.peek();
      const { rules } = await getRules(abort);
      const read = new Map<string, AlertsRead>();
      for (const device of devices) {
        const window = { fromMs, ...(preset === undefined && { toMs }) };
        read.set(device, { rules, events: (await readEvents(device, window, abort)).events });
      }
      found.value = read;
    },
    changes.value,
  );
  return useMemo(() => new Map(devices.map((device) => [device, marksRead(device, found, known)])), [key]);
}

function marksRead(
  id: string,
  found: ReadonlySignal<ReadonlyMap<string, AlertsRead>>,
  known: ReadonlySignal<unknown>,
): AlertMarksRead {
  const marks = computed(() => {
    known.value;
    const device = deviceState(id);
    const read = found.value.get(id);
    return device === undefined || read === undefined ? NOTHING : marksOf(device, read);
  });
  return { of: (metric) => marks.value.get(metric) ?? NO_MARKS, version: marks };
}
