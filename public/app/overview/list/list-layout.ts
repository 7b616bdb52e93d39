/** Where each heading and device of the list is, in px from its top, by heights that are fixed: what is out of sight needs no element. */
import type { ListGroup, Span } from "./fleet-list.ts";

export interface ListMeasures {
  readonly columns: number;
  /** Of a row with the gap behind it. */
  readonly rowPx: number;
  /** Of a group's heading; 0 where nothing is grouped. */
  readonly headingPx: number;
  /** Behind each group. */
  readonly groupGapPx: number;
}

export interface GroupLayout {
  readonly group: ListGroup;
  readonly topPx: number;
  /** Of its first row. */
  readonly rowsPx: number;
  /** Position of its first device. */
  readonly first: number;
}

export interface ListLayout {
  readonly groups: readonly GroupLayout[];
  readonly heightPx: number;
}

const rowsOf = ({ count }: ListGroup, columns: number): number => Math.ceil(count / columns);

export function layOut(groups: readonly ListGroup[], measures: ListMeasures): ListLayout {
  const { columns, rowPx, headingPx, groupGapPx } = measures;
  let topPx = 0;
  let first = 0;
  const laid = groups.map((group) => {
    const own = { group, topPx, rowsPx: topPx + headingPx, first };
    topPx = own.rowsPx + rowsOf(group, columns) * rowPx + groupGapPx;
    first += group.count;
    return own;
  });
  return { groups: laid, heightPx: Math.max(0, topPx - groupGapPx) };
}

export interface Visible {
  readonly laid: GroupLayout;
  /** Of its devices, by their positions in the whole list; empty where only the heading is in sight. */
  readonly span: Span;
}

export function visibleBetween(
  { groups }: ListLayout,
  measures: ListMeasures,
  fromPx: number,
  toPx: number,
): Visible[] {
  const { columns, rowPx } = measures;
  return groups.flatMap((laid) => {
    const { group, topPx, rowsPx, first } = laid;
    const rows = rowsOf(group, columns);
    if (topPx > toPx || rowsPx + rows * rowPx < fromPx) return [];
    const rowAt = (px: number): number => Math.min(rows, Math.max(0, (px - rowsPx) / rowPx));
    const from = Math.floor(rowAt(fromPx)) * columns;
    const to = Math.min(group.count, Math.ceil(rowAt(toPx)) * columns);
    return [{ laid, span: { from: first + from, to: first + Math.max(from, to) } }];
  });
}

/** From the list's top left corner. */
export function pointOf({ rowsPx, first }: GroupLayout, { columns, rowPx }: ListMeasures, at: number) {
  const index = at - first;
  return { column: index % columns, topPx: rowsPx + Math.floor(index / columns) * rowPx };
}

/** The group in which this position is, and it alone. */
export const groupAt = ({ groups }: ListLayout, at: number): Visible[] =>
  groups.flatMap((laid) =>
    at >= laid.first && at < laid.first + laid.group.count ? [{ laid, span: { from: at, to: at + 1 } }] : [],
  );
