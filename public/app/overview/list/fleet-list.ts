/** The order of the devices as far as this page has read it: their groups, and the ids that are known by their positions. */
import type { FleetGroup } from "../../../../src/contract/fleet/devices-query.ts";
import type { FleetCounts } from "../../../../src/contract/fleet/states.ts";
import type { DevicesPage } from "../../../../src/contract/rest.ts";

export interface ListGroup {
  /** Null: of those without a place or tag, and of the only group where nothing is grouped. */
  readonly name: string | null;
  readonly count: number;
  /** Undefined where nothing is grouped. */
  readonly counts: FleetCounts | undefined;
}

export interface FleetList {
  readonly group: FleetGroup | undefined;
  readonly groups: readonly ListGroup[];
  /** Groups that the hub has left out, of very many. */
  readonly groupsLeftOut: number;
  /** By position, group by group; undefined: not read yet. */
  readonly ids: readonly (string | undefined)[];
}

/** Positions from one to before another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What one page says. */
export function listOf(page: DevicesPage, group: FleetGroup | undefined, offset: number): FleetList {
  const { devices, total, groupsTotal = 0 } = page;
  const groups = page.groups?.map(({ name, counts }) => ({ name, counts, count: counts.all })) ?? [
    { name: null, counts: undefined, count: total },
  ];
  const count = groups.reduce((sum, each) => sum + each.count, 0);
  const ids = Array.from({ length: count }, (_, at) => devices[at - offset]?.deviceId);
  return { group, groups, groupsLeftOut: Math.max(0, groupsTotal - groups.length), ids };
}

/** Undefined: all of it is read. */
export function unreadSpan({ ids }: FleetList, { from, to }: Span): Span | undefined {
  const unread = ids.slice(from, to).flatMap((id, at) => (id === undefined ? [from + at] : []));
  const [first] = unread;
  const last = unread.at(-1);
  return first === undefined || last === undefined ? undefined : { from: first, to: last + 1 };
}

/** Each once. */
export const idsIn = ({ ids }: FleetList, { from, to }: Span): string[] => [
  ...new Set(ids.slice(from, to).filter((id) => id !== undefined)),
];

/** By position, what is there: a device with several tags is there in each of their groups. */
function keysOf({ groups, ids }: FleetList): readonly (string | undefined)[] {
  const keys: (string | undefined)[] = [];
  for (const { name, count } of groups) {
    const end = keys.length + count;
    while (keys.length < end) {
      const id = ids[keys.length];
      keys.push(id === undefined ? undefined : `${name}\n${id}`);
    }
  }
  return keys;
}

export interface Difference {
  /** Devices that are elsewhere among the others. */
  readonly moved: number;
  /** So many more or fewer there are. */
  readonly added: number;
  readonly removed: number;
}

/** What the newer list would change for who looks at the other: of the positions that are known in both. */
export function differenceOf(shown: FleetList, next: FleetList): Difference {
  const before = keysOf(shown);
  const after = keysOf(next);
  const positions = new Map(before.flatMap((key, at) => (key === undefined ? [] : [[key, at] as const])));
  const known = after.flatMap((key, at) =>
    key === undefined || (at < before.length && before[at] === undefined) ? [] : [key],
  );
  const kept = known.flatMap((key) => positions.get(key) ?? []);
  const added = Math.max(0, after.length - before.length);
  const elsewhere = kept.length - longestRise(kept);
  return {
    moved: elsewhere + Math.max(0, known.length - kept.length - added),
    added,
    removed: Math.max(0, before.length - after.length),
  };
}

export const isSame = ({ moved, added, removed }: Difference): boolean => moved + added + removed === 0;

/** How many numbers can stay at most so that those that stay rise. */
function longestRise(numbers: readonly number[]): number {
  const ends: number[] = [];
  for (const number of numbers) {
    const at = ends.findLastIndex((end) => end < number) + 1;
    ends[at] = number;
  }
  return ends.length;
}

/** The newer list; of positions that it does not know, what was known of them, until they are read. */
export function mergeLists(shown: FleetList, next: FleetList): FleetList {
  const before = keysOf(shown);
  const fresh = new Set(keysOf(next));
  const ids = next.ids.map((id, at) => {
    const former = before[at];
    return id ?? (former !== undefined && !fresh.has(former) ? shown.ids[at] : undefined);
  });
  return { ...next, ids };
}

/** The list as it is shown, with what only the newer one knows of it. */
export function fillFrom(shown: FleetList, next: FleetList): FleetList {
  const known = new Set(keysOf(shown));
  const after = keysOf(next);
  const ids = shown.ids.map((id, at) => {
    const newer = after[at];
    return id ?? (newer !== undefined && !known.has(newer) ? next.ids[at] : undefined);
  });
  return { ...shown, ids };
}

/** Without what is far from this span: who walks through 10,000 devices need not keep them all. */
export const keepNear = (list: FleetList, { from, to }: Span, distance: number): FleetList => ({
  ...list,
  ids: list.ids.map((id, at) => (at >= from - distance && at < to + distance ? id : undefined)),
});

/** The newer list in the order that is shown, as far as it was there: who waits for a new board sees it, and nothing is sorted. Undefined: too little is known. */
export function inShownOrder(shown: FleetList, next: FleetList): FleetList | undefined {
  const isUnread = ({ ids }: FleetList): boolean => ids.includes(undefined);
  if (isUnread(shown) || isUnread(next)) return undefined;
  const former = idsByGroup(shown);
  const ids = [...idsByGroup(next)].flatMap(([name, own]) => {
    const there = new Set(own);
    const order = (former.get(name) ?? []).filter((id) => there.has(id));
    const known = new Set(order);
    own.forEach((id, at) => {
      if (!known.has(id)) order.splice(at, 0, id);
    });
    return order;
  });
  return { ...next, ids };
}

function idsByGroup({ groups, ids }: FleetList): Map<string | null, (string | undefined)[]> {
  let first = 0;
  return new Map(
    groups.map(({ name, count }) => {
      first += count;
      return [name, ids.slice(first - count, first)];
    }),
  );
}
