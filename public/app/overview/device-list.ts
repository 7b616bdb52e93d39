/** The devices that the overview has loaded: pages by cursor, the search, the order. */
import { computed, signal } from "@preact/signals";
import type { Severity } from "../../../src/contract/alerts.ts";
import type { Device } from "../../../src/contract/readings.ts";
import { worstOf } from "../alerts/alert-groups.ts";
import { alertsOf } from "../hub/alert-state.ts";
import { getDevices } from "../hub/api.ts";
import { type DeviceState, displayName, type Rank } from "../hub/device-state.ts";
import { deviceState, dropArrivals, keepArrivals, takeDevices } from "../hub/live.ts";
import { countWords } from "../ui/value-words.ts";

export type PresenceFilter = "all" | "online" | "offline";

const PAGE = 100;
const LARGEST_PAGE = 1_000;

export const search = signal("");
export const presenceFilter = signal<PresenceFilter>("all");
/** Devices that match the search, loaded or not. */
export const total = signal<number | undefined>(undefined);
/** The same without a search: how many devices the hub has. */
export const hubTotal = signal<number | undefined>(undefined);
export const nextCursor = signal<string | null>(null);
export const loadedIds = signal<readonly string[]>([]);

const RANKS: Record<Rank, number> = { fire: 0, offline: 3, clock: 4, well: 5 };
const ALERT_RANKS: Record<Severity, number> = { critical: 1, warning: 2, info: 5 };

/** A device with an alert stands where its worst one puts it, or where its own state does, if that is higher. */
function rankOf(device: DeviceState): number {
  const worst = worstOf(alertsOf(device.id));
  const own = RANKS[device.rank.value];
  return worst === undefined ? own : Math.min(own, ALERT_RANKS[worst]);
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

const loaded = computed(() => loadedIds.value.map(deviceState).filter((device) => device !== undefined));

/** Problems first, then by name. Depends on states and names only, so a value never moves a card. */
const ordered = computed(() =>
  loaded.value
    .map((device) => ({ device, rank: rankOf(device), name: displayName(device.id, device.about.value) }))
    .sort((a, b) => a.rank - b.rank || collator.compare(a.name, b.name))
    .map(({ device }) => device),
);

/** Undefined: every device that matches the search is loaded. */
export const partLoaded = computed(() =>
  nextCursor.value === null || total.value === undefined
    ? undefined
    : `among the ${countWords(loadedIds.value.length)} loaded of ${countWords(total.value)}`,
);

const isIn = (device: DeviceState, filter: PresenceFilter): boolean =>
  filter === "all" || device.presence.value.state === filter;

export const shown = computed(() => ordered.value.filter((device) => isIn(device, presenceFilter.value)));

export const presenceCounts = computed(() => {
  const online = loaded.value.filter((device) => isIn(device, "online")).length;
  return { all: loaded.value.length, online, offline: loaded.value.length - online };
});

/** The search that the loaded devices were read for. */
let loadedFor = "";

/** Reads the list again, as many pages as are shown; a new search begins with the first page. */
export async function readList(abort: AbortSignal): Promise<void> {
  const wanted = search.peek() === loadedFor ? Math.max(PAGE, loadedIds.peek().length) : PAGE;
  await readPages(undefined, wanted, [], abort);
}

/** The next hundred. */
export async function readMore(abort: AbortSignal): Promise<void> {
  const cursor = nextCursor.peek();
  if (cursor !== null) await readPages(cursor, PAGE, loadedIds.peek(), abort);
}

async function readPages(from: string | undefined, wanted: number, before: readonly string[], abort: AbortSignal) {
  const since = keepArrivals();
  const words = search.peek();
  const devices: Device[] = [];
  let cursor = from;
  let matching = 0;
  try {
    do {
      const limit = Math.min(LARGEST_PAGE, wanted - devices.length);
      const page = await getDevices(
        { limit, ...(cursor === undefined ? {} : { cursor }), ...(words === "" ? {} : { search: words }) },
        abort,
      );
      devices.push(...page.devices);
      matching = page.total;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && devices.length < wanted);
  } catch (thrown) {
    dropArrivals(since);
    throw thrown;
  }
  takeDevices(devices, since);
  total.value = matching;
  loadedFor = words;
  if (words === "") hubTotal.value = matching;
  nextCursor.value = cursor ?? null;
  loadedIds.value = [...new Set([...before, ...devices.map(({ deviceId }) => deviceId)])];
}
