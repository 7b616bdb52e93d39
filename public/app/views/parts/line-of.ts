/** What a line of a view is: of which device and metric, how it is shown, or why it cannot be. */

import type { ViewLine } from "../../../../src/contract/views/views.ts";
import { type DeviceState, displayName } from "../../hub/device-state.ts";
import { deviceState } from "../../hub/live.ts";
import { metricKind } from "../../ui/value-words.ts";
import type { ViewShared } from "./view-shared.ts";

export type ShownLine =
  | { readonly kind: "number" | "boolean" | "text"; readonly line: ViewLine; readonly device: DeviceState }
  /** `words`: a sentence. */
  | { readonly kind: "missing"; readonly line: ViewLine; readonly name: string; readonly words: string }
  | { readonly kind: "loading"; readonly line: ViewLine };

export type DrawnLine = Extract<ShownLine, { kind: "number" | "boolean" | "text" }> & { readonly kind: "number" };

/** Reading it subscribes to the device's metrics. */
export function shownLine(line: ViewLine, { devices }: Pick<ViewShared, "devices">): ShownLine {
  const outcome = devices.get(line.device);
  if (outcome === undefined) return { kind: "loading", line };
  const missing = (name: string, words: string) => ({ kind: "missing", line, name, words }) as const;
  const device = deviceState(line.device);
  if (outcome === "unknown") return missing(line.device, "There is no device with this id. It may have been deleted");
  if (outcome !== "ready") return missing(line.device, `It could not be read. ${outcome.message}`);
  if (device === undefined) return { kind: "loading", line };
  const name = displayName(line.device, device.about.value);
  device.metrics.value;
  const value = device.values.get(line.metric);
  if (value === undefined) return missing(name, `It has no metric ${line.metric}`);
  return { kind: metricKind(device.described(line.metric), value.peek().value), line, device };
}

export const lineKey = ({ device, metric }: ViewLine): string => `${device} ${metric}`;
