/** Reads what is in sight of the list, and holds a newer order back until it may be shown. */
import { batch, computed, signal } from "@preact/signals";
import { getDevices } from "../../hub/api.ts";
import { fleetCounts } from "../../hub/fleet-state.ts";
import { dropArrivals, keepArrivals, takeDevices } from "../../hub/live.ts";
import { isPaused } from "../../preferences/pace.ts";
import {
  type Difference,
  differenceOf,
  type FleetList,
  fillFrom,
  inShownOrder,
  isSame,
  listOf,
  mergeLists,
  type Span,
  unreadSpan,
} from "./fleet-list.ts";
import { askedFor, choice, type ListChoice } from "./list-choice.ts";
import { orderDueMs } from "./order-rest.ts";

/** At least so many are read at once: all of a small hub. */
const PAGE = 100;
/** Before and behind what is in sight. */
const MARGIN = 20;
const MOST_IN_PAGE = 1_000;

/** As it is shown. */
export const list = signal<FleetList | undefined>(undefined);
interface Waiting {
  readonly next: FleetList;
  readonly difference: Difference;
  readonly sinceMs: number;
  readonly changedAtMs: number;
}
/** A newer order, that is not shown yet. */
export const waiting = signal<Waiting | undefined>(undefined);
/** The positions in sight. */
export const inSight = signal<Span>({ from: 0, to: 0 });
/** The pointer or the focus is in the list. */
export const isHeld = signal(false);

/** What `list` is the answer to: while another choice is read, the former list is shown. */
export const listFor = signal<string | undefined>(undefined);
/** The list is of what is chosen. */
export const isOfChoice = computed(() => listFor.value === askedFor.value);

let inputAtMs = Number.NEGATIVE_INFINITY;
let due: ReturnType<typeof setTimeout> | undefined;

export const queryOf = ({ state, search, tag, place, family, group, sort }: ListChoice) => ({
  state,
  tag,
  place,
  family,
  search: search === "" ? undefined : search,
  sort,
  group,
  byGroup: group === undefined ? undefined : "true",
});

/** What is in sight, of a list that was chosen newly its beginning. */
export async function readList(abort: AbortSignal): Promise<void> {
  const key = askedFor.peek();
  const asked = choice.peek();
  const { from, to } = key === listFor.peek() ? aroundSight() : { from: 0, to: PAGE };
  const offset = from;
  const limit = Math.max(1, Math.min(MOST_IN_PAGE, to - from));
  const since = keepArrivals();
  try {
    const page = await getDevices({ ...queryOf(asked), limit, offset }, abort);
    if (key !== askedFor.peek()) return; // another choice reads for itself
    takeDevices(page.devices, since);
    fleetCounts.value = page.counts;
    offer(listOf(page, asked.group, offset), key);
  } finally {
    dropArrivals(since);
  }
}

/** What is in sight and a little more, at least a page; of a small hub all. */
export function aroundSight(): Span {
  const { from, to } = inSight.peek();
  const count = list.peek()?.ids.length ?? 0;
  if (count <= PAGE) return { from: 0, to: PAGE };
  const first = Math.max(0, from - MARGIN);
  return { from: first, to: Math.max(first + PAGE, to + MARGIN) };
}

function offer(next: FleetList, key: string): void {
  const former = list.peek();
  if (former === undefined || key !== listFor.peek()) {
    batch(() => {
      listFor.value = key;
      show(next);
    });
    return;
  }
  const shown = (isHeld.peek() ? undefined : inShownOrder(former, next)) ?? former;
  const difference = differenceOf(shown, next);
  if (isSame(difference)) return show(mergeLists(shown, next));
  if (shown !== former) list.value = shown;
  waitWith(next, difference);
  if (unreadSpan(shown, inSight.peek()) !== undefined) list.value = fillFrom(shown, next);
  showWhenDue();
}

function waitWith(next: FleetList, difference: Difference): void {
  const nowMs = performance.now();
  const former = waiting.peek();
  const isOther = former === undefined || !isSame(differenceOf(former.next, next));
  waiting.value = {
    next,
    difference,
    sinceMs: former?.sinceMs ?? nowMs,
    changedAtMs: isOther ? nowMs : former.changedAtMs,
  };
}

function show(next: FleetList): void {
  clearTimeout(due);
  batch(() => {
    waiting.value = undefined;
    list.value = next;
  });
}

/** What waits, because somebody asks for it or because it is time. */
export function showWaiting(): void {
  const shown = list.peek();
  const next = waiting.peek()?.next;
  if (next !== undefined) show(shown === undefined ? next : mergeLists(shown, next));
}

/** Looks again whether the newer order may be shown. */
export function showWhenDue(): void {
  clearTimeout(due);
  const waits = waiting.peek();
  if (waits === undefined || isPaused.peek()) return;
  const { difference, sinceMs: waitingSinceMs, changedAtMs } = waits;
  const nowMs = performance.now();
  const inMs = orderDueMs(difference, { nowMs, waitingSinceMs, changedAtMs, inputAtMs, isHeld: isHeld.peek() });
  if (inMs === 0) showWaiting();
  else if (inMs !== undefined) due = setTimeout(showWhenDue, inMs);
}

/** The viewer pressed, typed or scrolled. */
export function noteInput(): void {
  inputAtMs = performance.now();
  showWhenDue();
}
