/**
 * Copies everything from one store to another, through the port that both have. It may be stopped and run again, leaves the first
 * store unchanged, and reports in the end what differs.
 */
import { MAX_INSTANT_MS } from "../../contract/epoch.ts";
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import { laterOf } from "../devices/device-record.ts";
import { completeBody } from "../model/identity.ts";
import { DAY_MS, startOf } from "../model/utc-day.ts";
import type { Journal, JournalEntry } from "../ports/broker-state.ts";
import type { ReadingPosition, RebuiltHour, RollupRow, StoredReading } from "../ports/history.ts";
import type { Store } from "../ports/readings-store.ts";
import type { StoredDevice } from "../ports/stored-device.ts";
import type { ReadingWrite, Write } from "../ports/writes.ts";

export interface MigrationOptions {
  readonly from: Store;
  readonly to: Store;
  /** Of a text; equal texts have equal sums. */
  readonly digest: (text: string) => bigint;
  readonly nowMs: () => number;
  /** Readings that were looked at so far, of how many. */
  readonly onProgress: (progress: MigrationProgress) => void;
  readonly isStopped: () => boolean;
}

export interface MigrationProgress {
  readonly readings: number;
  readonly ofReadings: number;
  readonly device: DeviceId;
}

export interface DeviceDifference {
  readonly deviceId: DeviceId;
  readonly problem: string;
}

export interface MigrationResult {
  readonly devices: number;
  readonly readings: number;
  /** Stored by this run. */
  readonly moved: number;
  /** What the broker must not forget; false: the other store holds some already, and was left alone. */
  readonly isJournalMoved: boolean;
  readonly differences: readonly DeviceDifference[];
  readonly wasStopped: boolean;
}

const ALWAYS = { fromMs: 0, toMs: MAX_INSTANT_MS } as const;
const PAGE = 5_000;
/** Upkeep is let in between, so that what was stored does not wait in its dearest form. */
const UPKEEP_EVERY = 50_000;
const JOURNAL_PAGE = 1_000;

/** How many readings of a device there are, and a sum over what they say, whatever their order and spelling. */
interface Sum {
  count: number;
  sum: bigint;
}

export async function migrate(options: MigrationOptions): Promise<MigrationResult> {
  const { from, to, isStopped } = options;
  const devices = await from.load();
  const known = new Map((await to.load()).map((device) => [device.deviceId, device]));
  const isJournalMoved = await moveJournal(from, to);
  const total = (await from.stats()).readings;
  const counter = { seen: 0, moved: 0 };
  const differences: DeviceDifference[] = [];
  let done = 0;
  for (const device of devices) {
    if (isStopped()) break;
    const problem = await moveDevice(options, device, known.get(device.deviceId), counter, total);
    if (problem === "stopped") break;
    if (problem !== undefined) differences.push({ deviceId: device.deviceId, problem });
    done++;
  }
  return {
    devices: done,
    readings: counter.seen,
    moved: counter.moved,
    isJournalMoved,
    differences,
    wasStopped: done < devices.length,
  };
}

async function moveDevice(
  options: MigrationOptions,
  device: StoredDevice,
  known: StoredDevice | undefined,
  counter: { seen: number; moved: number },
  total: number,
): Promise<string | undefined> {
  const { from, to } = options;
  const { deviceId } = device;
  await to.append([describe(device, known)]);
  const deletedHours = await deletedTime(from, deviceId);
  if (deletedHours.length > 0) await to.rebuild(deletedHours);
  const sum: Sum = { count: 0, sum: 0n };
  const behind = await resumeBehind(options, deviceId);
  let sinceUpkeep = 0;
  for await (const page of pages(from, deviceId)) {
    if (options.isStopped()) return "stopped";
    add(sum, page, options.digest);
    const writes = page.filter((reading) => behind === undefined || isBehind(reading, behind)).map(toWrite);
    if (writes.length > 0) {
      const [outcomes = []] = await to.append([writes]);
      counter.moved += outcomes.filter(({ kind }) => kind === "stored").length;
      sinceUpkeep += writes.length;
    }
    counter.seen += page.length;
    options.onProgress({ readings: counter.seen, ofReadings: Math.max(total, counter.seen), device: deviceId });
    if (sinceUpkeep >= UPKEEP_EVERY) {
      sinceUpkeep = 0;
      await keepUp(options, device);
    }
  }
  await to.nameDevice(deviceId, { name: device.name ?? known?.name, place: device.place ?? known?.place });
  await to.setRetention(deviceId, { ...known?.retention, ...device.retention });
  await to.saveState([newerOf(device, known)]);
  return differenceOf(options, deviceId, sum);
}

/** Undefined: the other store has what this one has. */
async function differenceOf(
  { from, to, digest }: MigrationOptions,
  deviceId: DeviceId,
  expected: Sum,
): Promise<string | undefined> {
  const found: Sum = { count: 0, sum: 0n };
  for await (const page of pages(to, deviceId)) add(found, page, digest);
  if (found.count !== expected.count) return `the target has ${found.count} readings, the source has ${expected.count}`;
  if (found.sum !== expected.sum) return "some readings are not the same in both stores";
  const [days, same] = await Promise.all([daysOf(from, deviceId), daysOf(to, deviceId)]);
  return days === same ? undefined : "some daily summaries are not the same in both stores";
}

async function daysOf(store: Store, deviceId: DeviceId): Promise<string> {
  const rows = await store.rollups({ deviceId, level: "day", ...ALWAYS, metrics: undefined });
  return JSON.stringify(
    rows.map(({ startMs, metric, rollup: { count, min, max, texts } }) => [startMs, metric, count, min, max, texts]),
  );
}

/**
 * Where a run that was stopped goes on: the newest reading of the other store, if this one has the same there. What lies before is
 * compared all the same, in the end.
 */
async function resumeBehind({ from, to }: MigrationOptions, deviceId: DeviceId): Promise<ReadingPosition | undefined> {
  const newest = { ...ALWAYS, deviceId, limit: 1, order: "desc", behind: undefined } as const;
  const [there] = await to.readings(newest);
  if (there === undefined) return undefined;
  const at = {
    deviceId,
    fromMs: there.atMs,
    toMs: there.atMs + 1,
    limit: 10_000,
    order: "asc",
    behind: undefined,
  } as const;
  const same = (await from.readings(at)).find(({ n }) => n === there.n);
  const [count, of] = await Promise.all([countUpTo(to, deviceId, there), countUpTo(from, deviceId, there)]);
  return same !== undefined && completeBody(same.body) === completeBody(there.body) && count === of ? there : undefined;
}

async function countUpTo(store: Store, deviceId: DeviceId, { atMs, n }: ReadingPosition): Promise<number> {
  let count = 0;
  for await (const page of pages(store, deviceId, atMs + 1)) {
    count += page.filter((reading) => !isBehind(reading, { atMs, n })).length;
  }
  return count;
}

const isBehind = (reading: ReadingPosition, position: ReadingPosition): boolean =>
  reading.atMs > position.atMs || (reading.atMs === position.atMs && reading.n > position.n);

async function* pages(store: Store, deviceId: DeviceId, toMs: number = ALWAYS.toMs): AsyncGenerator<StoredReading[]> {
  const pageBehind = (behind: ReadingPosition | undefined): Promise<StoredReading[]> =>
    store.readings({ deviceId, fromMs: ALWAYS.fromMs, toMs, limit: PAGE, order: "asc", behind });
  let next = pageBehind(undefined);
  for (;;) {
    const page = await next;
    const last = page.at(-1);
    if (last === undefined) return;
    // The next one is read while this one is written.
    if (page.length === PAGE) next = pageBehind(last);
    yield page;
    if (page.length < PAGE) return;
  }
}

function add(sum: Sum, page: readonly StoredReading[], digest: MigrationOptions["digest"]): void {
  for (const { atMs, n, body } of page) {
    sum.count++;
    sum.sum += digest(`${atMs}-${n}-${completeBody(body)}`);
  }
}

/** With the id that it has: it is there already where that is. */
function toWrite({ deviceId, atMs, n, receivedAtMs, body }: StoredReading): ReadingWrite {
  const metrics = new Map(Object.entries(JSON.parse(body) as { [metric: string]: MetricValue }));
  return {
    kind: "reading",
    deviceId,
    atMs,
    timed: false,
    receivedAtMs,
    metrics,
    body,
    element: 0,
    n,
    packet: undefined,
  };
}

/** Attributes and the last status. What came to the other store since, it knows better. */
function describe(device: StoredDevice, known: StoredDevice | undefined): Write[] {
  const { deviceId, clockSuspect, status } = device;
  const receivedAtMs = device.lastHeardAtMs ?? status?.atMs ?? 0;
  const patch = new Map([...device.attributes].filter(([key]) => known?.attributes.has(key) !== true));
  const writes: Write[] = [
    { kind: "attributes", deviceId, receivedAtMs, patch, ...(known === undefined && { clockSuspect }) },
  ];
  if (status !== undefined && (known?.status?.atMs ?? 0) < status.atMs) {
    writes.push({ kind: "status", deviceId, receivedAtMs: status.atMs, online: status.online });
  }
  return writes;
}

function newerOf(device: StoredDevice, known: StoredDevice | undefined): Parameters<Store["saveState"]>[0][number] {
  const latest = new Map(device.latest);
  for (const [metric, value] of known?.latest ?? []) {
    if ((latest.get(metric)?.atMs ?? Number.NEGATIVE_INFINITY) <= value.atMs) latest.set(metric, value);
  }
  const lastHeardAtMs = laterOf(device.lastHeardAtMs, known?.lastHeardAtMs);
  return { deviceId: device.deviceId, lastHeardAtMs, intervalMs: known?.intervalMs ?? device.intervalMs, latest };
}

/** Days and hours of which the readings are gone: those before the first of which one is there. */
async function deletedTime(from: Store, deviceId: DeviceId): Promise<RebuiltHour[]> {
  const [first] = await from.readings({ ...ALWAYS, deviceId, limit: 1, order: "asc", behind: undefined });
  const toMs = first === undefined ? ALWAYS.toMs : startOf(first.atMs, DAY_MS);
  const [hours, days] = await Promise.all(
    (["hour", "day"] as const).map((level) =>
      from.rollups({ deviceId, level, fromMs: ALWAYS.fromMs, toMs, metrics: undefined }),
    ),
  );
  const byHour = gather(hours ?? []);
  const withHours = new Set([...byHour.keys()].map((startMs) => startOf(startMs, DAY_MS)));
  const alone = [...gather(days ?? [])].filter(([startMs]) => !withHours.has(startMs));
  return [
    ...alone.map(([startMs, metrics]): RebuiltHour => ({ deviceId, startMs, metrics, level: "day" })),
    ...[...byHour].map(([startMs, metrics]): RebuiltHour => ({ deviceId, startMs, metrics })),
  ];
}

function gather(rows: readonly RollupRow[]): Map<number, Map<string, RollupRow["rollup"]>> {
  const found = new Map<number, Map<string, RollupRow["rollup"]>>();
  for (const { startMs, metric, rollup } of rows) {
    const metrics = found.get(startMs) ?? new Map<string, RollupRow["rollup"]>();
    found.set(startMs, metrics.set(metric, rollup));
  }
  return found;
}

async function keepUp({ to, nowMs }: MigrationOptions, device: StoredDevice): Promise<void> {
  // What no saved state knows of is not sealed.
  await to.saveState([newerOf(device, undefined)]);
  while ((await to.upkeep({ nowMs: nowMs(), retention: undefined })).did !== "nothing");
}

/** False: the other store holds one already, of a hub that ran on it. */
async function moveJournal(from: Store, to: Store): Promise<boolean> {
  const entries = entriesOf(await from.loadJournal());
  if (entries.length === 0) return true;
  const there = entriesOf(await to.loadJournal());
  if (there.length > 0) return there.length === entries.length;
  for (let first = 0; first < entries.length; first += JOURNAL_PAGE) {
    const page = entries.slice(first, first + JOURNAL_PAGE);
    await to.append([page.map((entry) => ({ kind: "journal", entry }))]);
  }
  return true;
}

function entriesOf({ sessions, subscriptions, retained, deliveries, inbound, wills }: Journal): JournalEntry[] {
  return [
    ...sessions.map((each): JournalEntry => ({ of: "session", ...each })),
    ...subscriptions.map((each): JournalEntry => ({ of: "subscription", ...each })),
    ...retained.map((each): JournalEntry => ({ of: "retained", ...each })),
    ...deliveries.map((each): JournalEntry => ({ of: "delivery", ...each })),
    ...inbound.map((each): JournalEntry => ({ of: "inbound", value: true, ...each })),
    ...wills.map((each): JournalEntry => ({ of: "will", ...each })),
  ];
}
