/** The thresholds and firing spans of a device's charts: read with the range, and again when an alert changes. */
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AlertEvent, Rule } from "../../../src/contract/alerts.ts";
import { FAMILIES } from "../../../src/contract/families.ts";
import { getAlertLog, getRules } from "../hub/alert-api.ts";
import { alertsOf, watchAlerts } from "../hub/alert-state.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { type AlertMarks, boundsOf, NO_MARKS, spansOf } from "./alert-spans.ts";
import type { ChartFeed } from "./chart-feed.ts";

/** An alert that began before the range is looked for so far back. */
const BEFORE_MS = 30 * 86_400_000;
const MOST_EVENTS = 1_000;

/** What was read of the alerts of a device. */
export interface AlertsRead {
  readonly rules: readonly Rule[];
  readonly events: readonly AlertEvent[];
}

export interface AlertMarksRead {
  /** The same object as long as nothing changed. */
  of(metric: string): AlertMarks;
  readonly version: ReadonlySignal<unknown>;
}

export function useAlertMarks(device: DeviceState, feed: ChartFeed): AlertMarksRead {
  const found = useSignal<AlertsRead>({ rules: [], events: [] });
  const changes = useSignal(0);
  const range = useComputed(() => {
    const { preset, fromMs, toMs } = feed.still.value;
    return preset?.name ?? `${fromMs} ${toMs}`;
  });
  useEffect(
    () =>
      watchAlerts((changed) => {
        if (changed.some(({ deviceId }) => deviceId === device.id)) changes.value += 1;
      }),
    [device],
  );
  useHubRead(
    `alert marks ${device.id} ${range.value}`,
    async (abort) => {
      const { fromMs, toMs, preset } = feed.still.peek();
      const window = { fromMs, ...(preset === undefined && { toMs }) };
      const [{ rules }, { events }] = await Promise.all([getRules(abort), readEvents(device.id, window, abort)]);
      found.value = { rules, events };
    },
    changes.value,
  );
  const marks = useComputed(() => marksOf(device, found.value));
  return { of: (metric) => marks.value.get(metric) ?? NO_MARKS, version: marks };
}

/** Without `toMs` up to now. */
export const readEvents = (device: string, { fromMs, toMs }: { fromMs: number; toMs?: number }, abort: AbortSignal) =>
  getAlertLog(
    {
      device,
      from: Math.floor(fromMs - BEFORE_MS),
      limit: MOST_EVENTS,
      ...(toMs !== undefined && { to: Math.ceil(toMs) }),
    },
    abort,
  );

export function marksOf(device: DeviceState, { rules, events }: AlertsRead): ReadonlyMap<string, AlertMarks> {
  const log = { rules, events, firing: alertsOf(device.id) };
  return new Map(
    device.metrics.value.map((metric) => {
      const bounds = boundsOf(rules, metric, (rule) => holdsFor(rule, device.id));
      const spans = spansOf(log, metric);
      return [metric, bounds.length + spans.length === 0 ? NO_MARKS : { bounds, spans }];
    }),
  );
}

/** A device id says the family: `tasmota:kettle`; Aerie's own boards have none. */
function holdsFor({ scope: { all, devices = [], families = [] } }: Rule, deviceId: string): boolean {
  if (all === true || devices.includes(deviceId)) return true;
  return families.includes(FAMILIES.find((family) => deviceId.startsWith(`${family}:`)) ?? "native");
}
