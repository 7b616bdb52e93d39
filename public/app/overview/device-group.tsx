/** A group of the list: its heading with counts, and those of its devices that are in sight. */
import { useId } from "preact/hooks";
import { deviceState } from "../hub/live.ts";
import { Icon } from "../ui/icon.tsx";
import { countWords } from "../ui/value-words.ts";
import { DeviceCard } from "./device-card.tsx";
import { DeviceRow } from "./device-row.tsx";
import type { FleetList, ListGroup } from "./list/fleet-list.ts";
import { type GroupLayout, type ListMeasures, pointOf } from "./list/list-layout.ts";
import { groupWords, STATE_WORDS } from "./list/list-words.ts";
import { SelectBox } from "./selection/select-box.tsx";
import { selected } from "./selection/selected-devices.ts";

export const CARD_PX = { least: 264, gap: 12, height: 148 } as const;
export const HEADING_PX = 36;

export interface ListSizes extends ListMeasures {
  /** From the beginning of one to that of the next. */
  readonly columnPx: number;
  readonly cardPx: number;
  readonly itemPx: number;
}

interface GroupProps {
  readonly list: FleetList;
  readonly laid: GroupLayout;
  readonly sizes: ListSizes;
  readonly from: number;
  readonly to: number;
  /** Position of the device that has the focus: it stays, wherever it is. */
  readonly kept: number;
  readonly isTable: boolean;
  readonly isGrouped: boolean;
}

export function DeviceGroup(props: GroupProps) {
  const { list, laid, sizes, from, to, kept, isTable, isGrouped } = props;
  const { first, group } = laid;
  const title = useId();
  const positions = Array.from({ length: to - from }, (_, at) => from + at);
  // In order: an element that is moved loses the focus.
  if (kept >= first && kept < Math.min(from, first + group.count)) positions.unshift(kept);
  else if (kept >= to && kept < first + group.count) positions.push(kept);
  return (
    <section aria-labelledby={isGrouped ? title : undefined} aria-label={isGrouped ? undefined : "Devices"}>
      {isGrouped && (
        <h2 id={title} class="group-head" style={shift(0, laid.topPx)}>
          <GroupWords {...{ group, list }} />
        </h2>
      )}
      <ul>
        {positions.map((at) => (
          <Slot
            key={list.ids[at] ?? at}
            {...{ laid, sizes, isTable, at }}
            id={list.ids[at]}
            ids={list.ids}
            hidesLocation={list.group === "place"}
          />
        ))}
      </ul>
    </section>
  );
}

const shift = (leftPx: number, topPx: number) => ({ transform: `translate(${leftPx}px, ${topPx}px)` });

function GroupWords({ group: { name, count, counts }, list }: { group: ListGroup; list: FleetList }) {
  return (
    <>
      <span class="group-name">{groupWords(list.group, name)}</span>{" "}
      <span class="group-count">{countWords(count)}</span>
      {counts !== undefined &&
        (["alarm", "late", "offline"] as const).map(
          (state) =>
            counts[state] > 0 && (
              <span key={state} class={`group-state trouble-${state}`}>
                <Icon name={STATE_WORDS[state].icon ?? "info"} /> {countWords(counts[state])}{" "}
                {STATE_WORDS[state].word.toLowerCase()}
              </span>
            ),
        )}
    </>
  );
}

interface SlotProps {
  readonly laid: GroupLayout;
  readonly sizes: ListSizes;
  readonly at: number;
  /** Undefined: it is not read yet. */
  readonly id: string | undefined;
  readonly ids: FleetList["ids"];
  readonly isTable: boolean;
  readonly hidesLocation: boolean;
}

function Slot({ laid, sizes, at, id, ids, isTable, hidesLocation }: SlotProps) {
  const { column, topPx } = pointOf(laid, sizes, at);
  const device = id === undefined ? undefined : deviceState(id);
  return (
    <li
      class="slot"
      style={{ ...shift(column * sizes.columnPx, topPx), width: `${sizes.cardPx}px`, height: `${sizes.itemPx}px` }}
      aria-setsize={laid.group.count}
      aria-posinset={at - laid.first + 1}
      data-row-id={id}
    >
      {device === undefined ? (
        <p class={isTable ? "row row-unread" : "card card-unread"}>…</p>
      ) : isTable ? (
        <DeviceRow device={device} hidesLocation={hidesLocation} />
      ) : (
        <DeviceCard device={device} widthPx={sizes.cardPx} hidesLocation={hidesLocation} />
      )}
      {device !== undefined && selected.value !== undefined && <SelectBox device={device} ids={ids} />}
    </li>
  );
}
