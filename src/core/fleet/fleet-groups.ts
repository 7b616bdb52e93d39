/** The groups of the devices that match a question: how many are in each, and where it is asked for which. */
import type { FleetGroup, FleetGroupCounts } from "../../contract/fleet/devices-query.ts";
import type { FleetCounts } from "../../contract/fleet/states.ts";
import { type FleetRow, nameKey } from "./fleet-row.ts";
import { countStates, noCounts } from "./state-counts.ts";

export interface FleetGroups {
  add(row: FleetRow): void;
  /** All that were added, group by group, where they are kept; one with several tags once in each. */
  rows(): readonly FleetRow[];
  answer(): { readonly groups: FleetGroupCounts[]; readonly groupsTotal: number };
}

interface Group {
  /** Undefined: of those without one. */
  readonly name: string | undefined;
  readonly counts: FleetCounts;
  readonly rows: FleetRow[];
}

const MAX_GROUPS = 1_000;

/** `by` undefined: there are none. */
export function createFleetGroups(by: FleetGroup | undefined, keepsRows: boolean): FleetGroups {
  const groups = new Map<string | undefined, Group>();

  function addTo(name: string | undefined, row: FleetRow): void {
    let group = groups.get(name);
    if (group === undefined) {
      group = { name, counts: noCounts(), rows: [] };
      groups.set(name, group);
    }
    countStates(group.counts, row.states, 1);
    if (keepsRows) group.rows.push(row);
  }

  function add(row: FleetRow): void {
    const { place, tags } = row;
    if (by === undefined) return;
    if (by === "place") addTo(place, row);
    else if (by === "family") addTo(row.family, row);
    else if (tags.length === 0) addTo(undefined, row);
    else for (const tag of tags) addTo(tag, row);
  }

  /** By their names; those without one last. */
  function inOrder(): readonly Group[] {
    const named = [...groups.values()]
      .flatMap((group) => (group.name === undefined ? [] : [{ key: nameKey(group.name), name: group.name, group }]))
      .sort((a, b) => (a.key === b.key ? compareTexts(a.name, b.name) : compareTexts(a.key, b.key)))
      .map(({ group }) => group);
    const nameless = groups.get(undefined);
    return nameless === undefined ? named : [...named, nameless];
  }

  return {
    add,
    rows: () => inOrder().flatMap(({ rows }) => rows),
    answer: () => {
      const shown = inOrder().slice(0, MAX_GROUPS);
      return { groups: shown.map(({ name = null, counts }) => ({ name, counts })), groupsTotal: groups.size };
    },
  };
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
