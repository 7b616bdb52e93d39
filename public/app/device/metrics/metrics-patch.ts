/** Makes the request of what an owner changed in the form of a device's metrics; pure. */
import type { MetricsPatch } from "../../../../src/contract/fleet/own-metrics.ts";

export interface MetricRow {
  readonly metric: string;
  /** As they are shown; an empty one is what Aerie knows itself. */
  readonly label: string;
  readonly unit: string;
  readonly digits: string;
  readonly pinned: boolean;
  readonly hidden: boolean;
  /** Its owner has set something of it. */
  readonly isOwn: boolean;
}

/** The rows with this one in place of the former one of its metric; the others stay as they are. */
export const withRow = (rows: readonly MetricRow[], next: MetricRow): MetricRow[] =>
  rows.map((row) => (row.metric === next.metric ? next : row));

/** Only what was changed. Where one was moved, all get their position. */
export function metricsPatch(before: readonly MetricRow[], after: readonly MetricRow[]): MetricsPatch {
  const isMoved = after.some(({ metric }, index) => before[index]?.metric !== metric);
  const patch: MetricsPatch = {};
  for (const [order, row] of after.entries()) {
    const former = before.find(({ metric }) => metric === row.metric);
    const [label, unit, digits] = [row.label.trim(), row.unit.trim(), row.digits.trim()];
    const change = {
      ...(label !== former?.label && { label: label === "" ? null : label }),
      ...(unit !== former?.unit && { unit }),
      ...(digits !== former?.digits && { digits: digits === "" ? null : Number(digits) }),
      ...(row.pinned !== former?.pinned && { pinned: row.pinned }),
      ...(row.hidden !== former?.hidden && { hidden: row.hidden }),
      ...(isMoved && { order }),
    };
    if (Object.keys(change).length > 0) patch[row.metric] = change;
  }
  return patch;
}
