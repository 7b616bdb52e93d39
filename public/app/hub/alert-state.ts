/** The alerts that are not normal, as signals: read from the hub, continued live. */
import { computed, effect, signal } from "@preact/signals";
import type { Alert, AlertsEvent, FiringCounts } from "../../../src/contract/alerts.ts";
import { noteWaiting, whenShown } from "../preferences/pace.ts";
import { getAlerts } from "./alert-api.ts";
import { type HubFault, toFault } from "./api.ts";
import { epoch } from "./epoch.ts";

/** More than this many are not kept: the hub's counts stay right, and the page says how many it shows. */
const MOST_KEPT = 2_000;
const NONE: FiringCounts = { critical: 0, warning: 0, info: 0 };

/** By id. */
export const alerts = signal<ReadonlyMap<string, Alert>>(new Map());
/** All that fire, also those that this page has not read. */
export const firing = signal<FiringCounts>(NONE);
/** `ready` once they were read. */
export const alertsRead = signal<"loading" | "ready" | "failed">("loading");
/** The newest failure; what was read before it stays. */
export const alertsFault = signal<HubFault | undefined>(undefined);

export const firingTotal = computed(() => firing.value.critical + firing.value.warning + firing.value.info);

export const isFiring = ({ state }: Alert): boolean => state === "firing" || state === "recovering";

/** So many more fire than the page has. */
export const alertsLeftOut = computed(() =>
  Math.max(0, firingTotal.value - [...alerts.value.values()].filter(isFiring).length),
);

/** Those that fire, by device. Nobody need ask a thousand cards about a thousand alerts. */
const byDevice = computed(() => {
  const found = new Map<string, Alert[]>();
  for (const alert of alerts.value.values()) {
    if (alert.deviceId === undefined || !isFiring(alert)) continue;
    const known = found.get(alert.deviceId);
    if (known === undefined) found.set(alert.deviceId, [alert]);
    else known.push(alert);
  }
  return found;
});

const NO_ALERTS: readonly Alert[] = [];
export const alertsOf = (deviceId: string): readonly Alert[] => byDevice.value.get(deviceId) ?? NO_ALERTS;

type Watcher = (changed: readonly Alert[], before: ReadonlyMap<string, Alert>) => void;
const watchers = new Set<Watcher>();

/** Called with what came live, and with what was known before it. */
export function watchAlerts(watcher: Watcher): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

let waiting = new Map<string, Alert>();
/** What came live since a read began. */
let since: Map<string, Alert> | undefined;
let latestFiring: FiringCounts | undefined;
let reading = 0;

export function startAlerts(): void {
  effect(() => {
    epoch.value; // what is on screen is read again
    if (!document.hidden) void readAlerts();
  });
}

export function onAlerts(event: AlertsEvent): void {
  for (const alert of event.alerts) {
    waiting.set(alert.id, alert);
    since?.set(alert.id, alert);
  }
  latestFiring = event.firing;
  // A hidden tab has no frames, and its owner wants the count in the title, and a notification. Who has paused the page must hear of a fire, too.
  if (document.hidden || begins(event.alerts)) return flush();
  noteWaiting(event.alerts.length);
  whenShown(flush);
}

/** Whether one fires that did not. */
const begins = (changed: readonly Alert[]): boolean =>
  changed.some((alert) => {
    const former = alerts.peek().get(alert.id);
    return isFiring(alert) && (former === undefined || !isFiring(former));
  });

function flush(): void {
  const changed = [...waiting.values()];
  waiting = new Map();
  const before = alerts.peek();
  alerts.value = withChanges(before, changed);
  if (latestFiring !== undefined) firing.value = latestFiring;
  for (const watcher of watchers) watcher(changed, before);
}

/** For a note that they could not be read, with a button to read them again. */
export const alertsReading = { fault: alertsFault, retry: () => void readAlerts() };

export async function readAlerts(): Promise<void> {
  const begun = ++reading;
  const own = new Map<string, Alert>();
  since = own;
  latestFiring = undefined;
  try {
    const answer = await getAlerts({});
    if (begun !== reading) return; // another read replaces this one
    alerts.value = withChanges(new Map(answer.alerts.map((alert) => [alert.id, alert])), [...own.values()]);
    firing.value = latestFiring ?? answer.firing;
    alertsRead.value = "ready";
    alertsFault.value = undefined;
  } catch (thrown) {
    if (begun !== reading) return;
    alertsFault.value = toFault(thrown);
    if (alertsRead.peek() === "loading") alertsRead.value = "failed";
  } finally {
    if (since === own) since = undefined;
  }
}

function withChanges(known: ReadonlyMap<string, Alert>, changed: readonly Alert[]): ReadonlyMap<string, Alert> {
  if (changed.length === 0) return known;
  const next = new Map(known);
  for (const alert of changed) {
    if (alert.state === "normal") next.delete(alert.id);
    else if (next.has(alert.id) || next.size < MOST_KEPT) next.set(alert.id, alert);
  }
  return next;
}
