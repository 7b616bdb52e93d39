/** Search and presence counters above the devices; each counter is a filter. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../ui/icon.tsx";
import { countWords } from "../ui/value-words.ts";
import { type PresenceFilter, partLoaded, presenceCounts, presenceFilter, search } from "./device-list.ts";

const TYPING_PAUSE_MS = 250;

const FILTERS: readonly { filter: PresenceFilter; word: string }[] = [
  { filter: "all", word: "All" },
  { filter: "online", word: "Online" },
  { filter: "offline", word: "Offline" },
];

export function OverviewTools() {
  return (
    <div class="tools">
      <fieldset class="counters">
        <legend class="sr-only">Show devices by presence</legend>
        {FILTERS.map(({ filter, word }) => (
          <Counter key={filter} filter={filter} word={word} />
        ))}
      </fieldset>
      {partLoaded.value !== undefined && <p class="quiet">{partLoaded.value}</p>}
      <Search />
    </div>
  );
}

function Counter({ filter, word }: { filter: PresenceFilter; word: string }) {
  const count = presenceCounts.value[filter];
  return (
    <button
      type="button"
      class={count === 0 ? "counter counter-zero" : "counter"}
      data-filter={filter}
      aria-pressed={presenceFilter.value === filter}
      onClick={() => {
        presenceFilter.value = filter;
      }}
    >
      {filter !== "all" && <Icon name={filter} />}
      {word} <span class="counter-number">{countWords(count)}</span>
    </button>
  );
}

function Search() {
  const typed = useSignal(search.peek());
  // Cleared from elsewhere, the box follows.
  useEffect(() => {
    typed.value = search.value;
  }, [search.value]);
  useEffect(() => {
    const pause = setTimeout(() => {
      search.value = typed.value.trim();
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(pause);
  }, [typed.value]);
  return (
    <label class="search">
      <span class="sr-only">Search devices</span>
      <Icon name="search" />
      <input
        type="search"
        placeholder="Name, place or id"
        maxLength={100}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}
