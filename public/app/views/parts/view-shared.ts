/** What all charts of a view share: range, crosshair, feeds, and what was read of each device. */
import { type Signal, signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ViewPart } from "../../../../src/contract/views/views.ts";
import { type HubFault, toFault, UNREACHABLE } from "../../hub/api.ts";
import { watchLive } from "../../hub/link.ts";
import { readDevice } from "../../hub/read-device.ts";
import { type HubRead, useHubRead } from "../../hub/use-hub-read.ts";
import type { TimeWindow } from "../../range/chart-range.ts";
import { createTimeView, type TimeView } from "../../range/time-view.ts";
import type { AlertMarksRead } from "../../series/alert-marks.ts";
import { NO_MARKS } from "../../series/alert-spans.ts";
import type { ChartContext } from "../../series/chart-context.ts";
import { useViewAlerts } from "./view-alerts.ts";
import { metricsDrawn } from "./view-edits.ts";
import { createViewFeeds, type ViewFeeds } from "./view-feeds.ts";

/** `unknown`: the hub has no such device. */
export type DeviceRead = "ready" | "unknown" | HubFault;

export interface ViewShared extends Pick<ChartContext, "crosshair" | "touched" | "selection" | "axisPx"> {
  readonly time: TimeView;
  readonly feeds: ViewFeeds;
  /** By device; left out: it was not read yet. */
  readonly devices: ReadonlyMap<string, DeviceRead>;
  /** By device. */
  readonly alerts: ReadonlyMap<string, AlertMarksRead>;
  readonly read: HubRead;
}

/** Wide enough for `1017.5`. */
const LEAST_AXIS_PX = 46;

export function useViewShared(id: string, parts: readonly ViewPart[], widthPx: () => number): ViewShared {
  const crosshair = useSignal<number | undefined>(undefined);
  const selection = useSignal<TimeWindow | undefined>(undefined);
  const touched = useSignal<string | undefined>(undefined);
  const axisPx = useSignal(LEAST_AXIS_PX);
  const devices = useSignal<ReadonlyMap<string, DeviceRead>>(new Map());
  const time = useMemo(createTimeView, [id]);
  const feeds = useMemo(() => createViewFeeds(time), [time]);
  const drawn = metricsDrawn(parts);
  const key = JSON.stringify([...drawn]);
  useEffect(
    () => () => {
      feeds.close();
      time.close();
    },
    [feeds, time],
  );
  useEffect(() => {
    feeds.keepOnly([...drawn.keys()]);
    watchLive([...drawn.keys()]);
  }, [feeds, key]);
  const changes = useChanges(key);
  const read = useHubRead(
    drawn.size === 0 ? "" : `view ${id}`,
    (abort) => readAll(drawn, feeds, { widthPx: widthPx(), devices, abort }),
    feeds.wanted() + changes,
  );
  const charted = [...drawn].flatMap(([device, metrics]) => (metrics.length > 0 ? [device] : []));
  const alerts = useViewAlerts(charted, feeds.still, devices);
  return { alerts, crosshair, selection, touched, axisPx, time, feeds, devices: devices.value, read };
}

/** How often the key was another one than before. */
function useChanges(key: string): number {
  const last = useRef({ key, changes: 0 });
  if (last.current.key !== key) last.current = { key, changes: last.current.changes + 1 };
  return last.current.changes;
}

interface Reading {
  readonly widthPx: number;
  readonly devices: Signal<ReadonlyMap<string, DeviceRead>>;
  readonly abort: AbortSignal;
}

/** One device after the other: the hub answers few such requests of one caller at once. */
async function readAll(
  drawn: ReadonlyMap<string, readonly string[]>,
  feeds: ViewFeeds,
  { widthPx, devices, abort }: Reading,
): Promise<void> {
  let failed: HubFault | undefined;
  for (const [device, metrics] of drawn) {
    const outcome = await readOne(async () => {
      await readDevice(device, abort);
      if (metrics.length > 0) await feeds.of(device).read(metrics, widthPx, abort);
    });
    abort.throwIfAborted();
    // What was read before stays on screen where the hub does not answer now.
    if (typeof outcome === "string" || !devices.peek().has(device)) {
      devices.value = new Map([...devices.peek(), [device, outcome]]);
    }
    if (typeof outcome === "string") continue;
    failed ??= outcome;
    if (outcome.code === UNREACHABLE) break;
  }
  if (failed !== undefined) throw failed;
}

async function readOne(read: () => Promise<void>): Promise<DeviceRead> {
  try {
    await read();
    return "ready";
  } catch (thrown) {
    const fault = toFault(thrown);
    return fault.code === "DEVICE_UNKNOWN" ? "unknown" : fault;
  }
}

const NOTHING_READ: HubRead = {
  state: signal("ready"),
  busy: signal(false),
  slow: signal(false),
  fault: signal(undefined),
  retry: () => undefined,
};

export const NO_ALERTS: AlertMarksRead = { of: () => NO_MARKS, version: signal(0) };

/** A view shows neither texts nor presence over time, and compares its charts with nothing. */
export const WITHOUT: Pick<ChartContext, "texts" | "compared" | "presence"> = {
  texts: { found: signal(undefined), read: NOTHING_READ },
  compared: {
    comparison: signal({ kind: "none" }),
    words: signal(""),
    read: NOTHING_READ,
    line: () => undefined,
    valueAt: () => undefined,
  },
  presence: signal(undefined),
};
