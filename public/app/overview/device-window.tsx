/** The devices as cards or rows. Only those in sight are elements; each is put where it belongs by a transform, so that nothing else moves. */
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { CARD_PX, DeviceGroup, HEADING_PX, type ListSizes } from "./device-group.tsx";
import type { FleetList } from "./list/fleet-list.ts";
import type { Layout } from "./list/list-choice.ts";
import { groupAt, type ListLayout, layOut, type Visible, visibleBetween } from "./list/list-layout.ts";
import { inSight, isOfChoice } from "./list/list-reader.ts";
import { moveFocus } from "./row-keys.ts";
import { selected } from "./selection/selected-devices.ts";
import { useFocusedRow, useHold, useViewport } from "./window-state.ts";

const ROWS_AROUND = 6;
const ALL_UP_TO = 80;
const ROW_PX = 32;
const PHONE_ROW_PX = 56;

function sizesOf(widthPx: number, layout: Layout, isPhone: boolean, isGrouped: boolean): ListSizes {
  const headingPx = isGrouped ? HEADING_PX : 0;
  if (layout === "table") {
    const rowPx = isPhone ? PHONE_ROW_PX : ROW_PX;
    return { columns: 1, rowPx, itemPx: rowPx, headingPx, groupGapPx: 8, columnPx: widthPx, cardPx: widthPx };
  }
  const { least, gap, height: itemPx } = CARD_PX;
  const columns = Math.max(1, Math.floor((widthPx + gap) / (least + gap)));
  const columnPx = (widthPx + gap) / columns;
  return { columns, rowPx: itemPx + gap, itemPx, headingPx, groupGapPx: 4, columnPx, cardPx: columnPx - gap };
}

interface WindowProps {
  readonly list: FleetList;
  readonly layout: Layout;
  readonly isPhone: boolean;
}

export function DeviceWindow({ list, layout, isPhone }: WindowProps) {
  const box = useRef<HTMLDivElement>(null);
  const { widthPx, fromPx, toPx } = useViewport(box).value;
  const focused = useFocusedRow(box);
  const hold = useHold(focused);
  const isGrouped = hasHeadings(list);
  const sizes = useMemo(() => sizesOf(widthPx, layout, isPhone, isGrouped), [widthPx, layout, isPhone, isGrouped]);
  const laid = useMemo(() => layOut(list.groups, sizes), [list.groups, sizes]);
  // Few are elements all of them: so the browser's own search finds them.
  const around = list.ids.length <= ALL_UP_TO ? laid.heightPx : ROWS_AROUND * sizes.rowPx;
  const visible = widthPx === 0 ? [] : visibleBetween(laid, sizes, fromPx - around, toPx + around);
  const from = visible[0]?.span.from ?? 0;
  const to = visible.at(-1)?.span.to ?? 0;
  useLayoutEffect(() => {
    inSight.value = { from, to };
  }, [from, to]);
  const isTable = layout === "table";
  const kept = focused.value === undefined ? -1 : list.ids.indexOf(focused.value);
  const groups = withGroupOf(kept, visible, laid);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its links have the focus; the keys move it between them
    <div
      class={`devices devices-${layout} ${isOfChoice.value ? "" : "devices-former"} ${selected.value === undefined ? "" : "devices-selecting"}`}
      aria-busy={!isOfChoice.value}
      onKeyDown={(event) => moveFocus(event, box.current, sizes.columns)}
      {...hold}
    >
      {isTable && !isPhone && <ColumnHeads about={list.group === "place" ? "State" : "Place"} />}
      <div ref={box} class="devices-box" style={{ height: `${laid.heightPx}px` }}>
        {groups.map(({ laid: own, span }) => (
          <DeviceGroup
            key={own.group.name ?? ""}
            {...{ list, sizes, isTable, isGrouped, kept }}
            laid={own}
            from={span.from}
            to={span.to}
          />
        ))}
      </div>
    </div>
  );
}

/** "No place" alone says nothing. */
const hasHeadings = ({ group, groups }: FleetList): boolean =>
  group !== undefined && (groups.length > 1 || groups[0]?.name !== null);

/** The row with the focus stays an element, however far away it is. */
function withGroupOf(kept: number, visible: readonly Visible[], laid: ListLayout): readonly Visible[] {
  const isIn = ({ laid: { first, group } }: Visible): boolean => kept >= first && kept < first + group.count;
  if (kept < 0 || visible.some(isIn)) return visible;
  const own = groupAt(laid, kept);
  return kept < (visible[0]?.laid.first ?? 0) ? [...own, ...visible] : [...visible, ...own];
}

/** For the eye: each row says itself what its values are. */
function ColumnHeads({ about }: { about: string }) {
  return (
    <p class="heads row" aria-hidden="true">
      {["", "Name", about, "Values", "Last 3 h", "Battery", "Signal", "Age"].map((word) => (
        <span key={word}>{word}</span>
      ))}
    </p>
  );
}
