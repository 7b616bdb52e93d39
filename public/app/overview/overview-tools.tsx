/** Above the list: how many devices are in which state, each a filter; search, groups, order, and cards or a table. */
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { fleetCounts } from "../hub/fleet-state.ts";
import { reaches } from "../hub/session.ts";
import { Icon } from "../ui/icon.tsx";
import { countWords } from "../ui/value-words.ts";
import { choice, choose, isFiltered, type Layout } from "./list/list-choice.ts";
import { isOfChoice, list, showWaiting, waiting } from "./list/list-reader.ts";
import {
  COUNTED_STATES,
  type CountedState,
  GROUP_WORDS,
  groupWords,
  SORT_WORDS,
  STATE_WORDS,
} from "./list/list-words.ts";

import { selected, startSelecting, stopSelecting } from "./selection/selected-devices.ts";

const TYPING_PAUSE_MS = 250;

interface ToolsProps {
  readonly layout: Layout;
  /** The read of the list takes long enough to be shown. */
  readonly busy: ReadonlySignal<boolean>;
}

export function OverviewTools({ layout, busy }: ToolsProps) {
  return (
    <div class="tools">
      <fieldset class="counters">
        <legend class="sr-only">Show devices by state</legend>
        {COUNTED_STATES.map((state) => (
          <Counter key={state} state={state} />
        ))}
      </fieldset>
      <div class="tools-row">
        <Search />
        <Choice
          label="Group"
          value={choice.value.group ?? ""}
          options={GROUP_WORDS.map(({ group, word }) => [group ?? "", word])}
          choose={(word) => choose({ group: GROUP_WORDS.find(({ group }) => (group ?? "") === word)?.group })}
        />
        <Choice
          label="Order"
          value={choice.value.sort}
          options={SORT_WORDS.map(({ sort, word }) => [sort, word])}
          choose={(word) => choose({ sort: SORT_WORDS.find(({ sort }) => sort === word)?.sort ?? "state" })}
        />
        <ListLine busy={busy} />
        {reaches("operator") && (
          <button
            type="button"
            class="select-devices"
            aria-pressed={selected.value !== undefined}
            onClick={() => (selected.peek() === undefined ? startSelecting() : stopSelecting())}
          >
            Select
          </button>
        )}
        <fieldset class="layouts">
          <legend class="sr-only">Show as</legend>
          <LayoutButton layout="cards" now={layout} word="Cards" />
          <LayoutButton layout="table" now={layout} word="Table" />
        </fieldset>
      </div>
      <Filters />
    </div>
  );
}

function Counter({ state }: { state: CountedState }) {
  const count = fleetCounts.value?.[state];
  const { word, icon } = STATE_WORDS[state];
  const filter = state === "all" ? undefined : state;
  return (
    <button
      type="button"
      class={`counter counter-${state}${count === 0 ? " counter-zero" : ""}`}
      data-filter={state}
      aria-pressed={choice.value.state === filter}
      onClick={() => choose({ state: choice.peek().state === filter ? undefined : filter })}
    >
      <span class="counter-word">
        {icon !== undefined && <Icon name={icon} />}
        {word}
      </span>{" "}
      <span class="counter-number">{count === undefined ? "–" : countWords(count)}</span>
    </button>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, word: string])[];
  readonly choose: (value: string) => void;
}

function Choice({ label, value, options, choose: chosen }: ChoiceProps) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={(event) => chosen(event.currentTarget.value)}>
        {options.map(([each, word]) => (
          <option key={each} value={each} selected={each === value}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}

function LayoutButton({ layout, now, word }: { layout: Layout; now: Layout; word: string }) {
  return (
    <button type="button" aria-pressed={layout === now} data-layout={layout} onClick={() => choose({ layout })}>
      {word}
    </button>
  );
}

/** Those that have no place of their own on the page, each with a button that takes it away. */
function Filters() {
  const { tag, place, family } = choice.value;
  const filters = [
    ["place", "Place", place, groupWords("place", place || null)],
    ["tag", "Tag", tag, groupWords("tag", tag || null)],
    ["family", "Kind", family, groupWords("family", family ?? null)],
  ] as const;
  const set = filters.filter(([, , value]) => value !== undefined);
  if (set.length === 0) return null;
  return (
    <p class="filters">
      {set.map(([name, word, , words]) => (
        <button key={name} type="button" onClick={() => choose({ [name]: undefined })}>
          {word}: {words} <span aria-hidden="true">×</span>
          <span class="sr-only">, remove this filter</span>
        </button>
      ))}
    </p>
  );
}

const boards = (count: number): string => `${countWords(count)} ${count === 1 ? "board" : "boards"}`;

/** How many match, and what has moved meanwhile; always there, so that nothing moves when it has something to say. */
function ListLine({ busy }: { busy: ReadonlySignal<boolean> }) {
  const words = useComputed(() => {
    if (waiting.value === undefined || !isOfChoice.value) return "";
    const { moved, added, removed } = waiting.value.difference;
    const parts = [
      [moved, "moved"],
      [added, "new"],
      [removed, "gone"],
    ] as const;
    return parts.flatMap(([count, word]) => (count === 0 ? [] : [`${boards(count)} ${word}`])).join(", ");
  });
  const isRead = useComputed(() => list.value !== undefined);
  const matching = useComputed(() => countWords(list.value?.ids.length ?? 0));
  const isAll = !isFiltered(choice.value);
  return (
    <p class={`list-line quiet ${isAll ? "list-line-all" : ""}`} role="status">
      <span>
        {isRead.value && (isOfChoice.value ? !isAll && `${matching.value} match` : busy.value && "Loading devices…")}
      </span>
      {words.value !== "" && (
        <span data-moved>
          {words.value} ·{" "}
          <button type="button" onClick={showWaiting}>
            Show
          </button>
        </span>
      )}
    </p>
  );
}

function Search() {
  const typed = useSignal(choice.peek().search);
  const sent = useRef(typed.peek());
  // Cleared from elsewhere, the box follows; what comes from the box itself must not take letters or spaces from it.
  useEffect(() => {
    if (choice.value.search !== sent.current) typed.value = choice.value.search;
    sent.current = choice.value.search;
  }, [choice.value.search]);
  useEffect(() => {
    const pause = setTimeout(() => {
      sent.current = typed.peek().trim();
      choose({ search: sent.current }, { replaces: true });
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(pause);
  }, [typed.value]);
  return (
    <label class="search">
      <span class="sr-only">Search devices</span>
      <Icon name="search" />
      <input
        id="search"
        type="search"
        placeholder="Name, place, tag or id"
        maxLength={100}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}
