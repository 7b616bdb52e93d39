/** What a view becomes when something is pinned, moved or taken out; and its file. Pure. */
import { MAX_LINES, MAX_LINES_IN_ALL, MAX_PARTS, VIEW_FORMAT } from "../../../../src/contract/views/view-limits.ts";
import type { ViewFields, ViewLine, ViewPart } from "../../../../src/contract/views/views.ts";

/** A part of its own, or over the lines of the chart with that index. */
export type PinAs = { readonly as: "chart" | "value" } | { readonly over: number };

type Parts = readonly ViewPart[];

const sameLine = (a: ViewLine, b: ViewLine): boolean => a.device === b.device && a.metric === b.metric;

/** A sentence: why it cannot be pinned there. */
export function pinFault(parts: Parts, line: ViewLine, pinAs: PinAs): string | undefined {
  if (parts.reduce((sum, { lines }) => sum + lines.length, 0) >= MAX_LINES_IN_ALL) {
    return `This view has ${MAX_LINES_IN_ALL} lines already. Remove one, or choose another view`;
  }
  if ("as" in pinAs) {
    return parts.length < MAX_PARTS
      ? undefined
      : `This view has ${MAX_PARTS} charts and values already. Remove one, or choose another view`;
  }
  const lines = parts[pinAs.over]?.lines ?? [];
  if (lines.some((each) => sameLine(each, line))) return "This chart has this line already";
  return lines.length < MAX_LINES ? undefined : `This chart has ${MAX_LINES} lines already`;
}

export function pinned(parts: Parts, line: ViewLine, pinAs: PinAs): ViewPart[] {
  if ("as" in pinAs) return [...parts, { kind: pinAs.as, lines: [line] }];
  return parts.map((part, index) => (index === pinAs.over ? { ...part, lines: [...part.lines, line] } : part));
}

/** One position earlier (-1) or later (1). */
export function moved(parts: Parts, index: number, by: -1 | 1): ViewPart[] {
  const part = parts[index];
  const other = parts[index + by];
  if (part === undefined || other === undefined) return [...parts];
  return parts.map((each) => (each === part ? other : each === other ? part : each));
}

export const withoutPart = (parts: Parts, index: number): ViewPart[] => parts.filter((_, at) => at !== index);

/** A chart without lines goes. */
export function withoutLine(parts: Parts, index: number, line: ViewLine): ViewPart[] {
  return parts.flatMap((part, at) => {
    if (at !== index) return [part];
    const lines = part.lines.filter((each) => !sameLine(each, line));
    return lines.length === 0 ? [] : [{ ...part, lines }];
  });
}

/** By device, the metrics that are drawn; none where only values are shown. */
export function metricsDrawn(parts: Parts): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { kind, lines } of parts) {
    for (const { device, metric } of lines) {
      const metrics = found.get(device) ?? new Set();
      found.set(device, kind === "chart" ? metrics.add(metric) : metrics);
    }
  }
  return new Map([...found].map(([device, metrics]) => [device, [...metrics].sort()]));
}

/** In the order of their first lines: lines of one unit share an axis. */
export function byUnit<Line>(lines: readonly Line[], unitOf: (line: Line) => string): Line[][] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const unit = unitOf(line);
    const group = groups.get(unit);
    if (group === undefined) groups.set(unit, [line]);
    else group.push(line);
  }
  return [...groups.values()];
}

/** For people and for another hub: the same as the hub stores. */
export const viewFile = ({ name, parts }: ViewFields): string =>
  `${JSON.stringify({ aerieView: VIEW_FORMAT, name, parts }, null, 2)}\n`;

export type ReadFile =
  | { readonly ok: true; readonly fields: ViewFields }
  /** A sentence. */
  | { readonly ok: false; readonly fault: string };

const NO_VIEW = "This file is not a view. Choose one that was downloaded from a view";

/** The hub checks the rest. */
export function readViewFile(text: string): ReadFile {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { ok: false, fault: NO_VIEW };
  }
  if (typeof read !== "object" || read === null || !("aerieView" in read)) return { ok: false, fault: NO_VIEW };
  const { aerieView, ...fields } = read;
  if (typeof aerieView === "number" && aerieView > VIEW_FORMAT) {
    return { ok: false, fault: "This view is from a newer version of Aerie. Upgrade this hub first" };
  }
  return aerieView === VIEW_FORMAT ? { ok: true, fields: fields as ViewFields } : { ok: false, fault: NO_VIEW };
}
