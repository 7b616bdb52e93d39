/** What the list shows and how: kept in the address, so that it can be sent to somebody and Back leads to it. */
import { computed } from "@preact/signals";
import type { FleetGroup, FleetSort } from "../../../../src/contract/fleet/devices-query.ts";
import type { FleetState } from "../../../../src/contract/fleet/states.ts";
import { goToQuery, query } from "../../ui/route.ts";
import { GROUP_WORDS, isFleetState, SORT_WORDS } from "./list-words.ts";

export type Layout = "cards" | "table";

export interface ListChoice {
  /** Undefined: all devices. */
  readonly state: FleetState | undefined;
  readonly search: string;
  /** Undefined: with any tag, or none. */
  readonly tag: string | undefined;
  /** Undefined: wherever they stand. Empty: those without a place. */
  readonly place: string | undefined;
  /** Undefined: of all families. */
  readonly family: string | undefined;
  /** Undefined: one list. */
  readonly group: FleetGroup | undefined;
  readonly sort: FleetSort;
  /** Undefined: as the number of devices has it. */
  readonly layout: Layout | undefined;
}

const NO_GROUPS = "none";
const FIRST_GROUP: FleetGroup = "place";
const FIRST_SORT: FleetSort = "state";

export function parseChoice(text: string): ListChoice {
  const words = new URLSearchParams(text);
  const group = GROUP_WORDS.find((each) => (each.group ?? NO_GROUPS) === words.get("group"));
  const state = words.get("state");
  const layout = words.get("view");
  return {
    state: isFleetState(state) ? state : undefined,
    search: (words.get("q") ?? "").slice(0, 100),
    tag: words.get("tag") ?? undefined,
    place: words.get("place") ?? undefined,
    family: words.get("family") ?? undefined,
    group: group === undefined ? FIRST_GROUP : group.group,
    sort: SORT_WORDS.find(({ sort }) => sort === words.get("sort"))?.sort ?? FIRST_SORT,
    layout: layout === "cards" || layout === "table" ? layout : undefined,
  };
}

/** What is as it is without a choice is left out. */
export function choiceQuery({ state, search, tag, place, family, group, sort, layout }: ListChoice): string {
  const words = new URLSearchParams();
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined) words.set(name, value);
  };
  set("state", state);
  set("q", search === "" ? undefined : search);
  set("tag", tag);
  set("place", place);
  set("family", family);
  set("group", group === FIRST_GROUP ? undefined : (group ?? NO_GROUPS));
  set("sort", sort === FIRST_SORT ? undefined : sort);
  set("view", layout);
  return words.toString();
}

const text = computed(() => choiceQuery(parseChoice(query.value)));

/** Changes only with what is chosen. */
export const choice = computed(() => parseChoice(text.value));

/** What is asked of the hub: the layout is the page's own affair. */
export const askedFor = computed(() => choiceQuery({ ...choice.value, layout: undefined }));

/** `replaces`: no entry of its own in the browser's history, such as for each letter of a search. */
export function choose(part: Partial<ListChoice>, { replaces = false } = {}): void {
  goToQuery(choiceQuery({ ...choice.peek(), ...part }), { replaces });
}

export const isFiltered = ({ state, search, tag, place, family }: ListChoice): boolean =>
  search !== "" || [state, tag, place, family].some((filter) => filter !== undefined);

export const NO_FILTERS = {
  state: undefined,
  search: "",
  tag: undefined,
  place: undefined,
  family: undefined,
} as const;
