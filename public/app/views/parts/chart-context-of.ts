/** The context of a chart of one device in a view. */
import type { DeviceState } from "../../hub/device-state.ts";
import type { ChartContext } from "../../series/chart-context.ts";
import { NO_ALERTS, type ViewShared, WITHOUT } from "./view-shared.ts";

export function contextOf(device: DeviceState, shared: ViewShared, others?: ChartContext["others"]): ChartContext {
  const { crosshair, touched, selection, axisPx, time: view, feeds, devices } = shared;
  const state = devices.get(device.id) === "ready" ? "ready" : "loading";
  // Over several lines it would not be seen of which a threshold is.
  const alerts = (others === undefined ? shared.alerts.get(device.id) : undefined) ?? NO_ALERTS;
  const own = { device, alerts, feed: feeds.of(device.id), state, ...(others !== undefined && { others }) } as const;
  return { ...WITHOUT, ...own, view, crosshair, touched, selection, axisPx };
}
