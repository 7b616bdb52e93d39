/** Opens store, hub.db and accounts of a data directory in this process, and holds them against what a load was promised. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseDeviceId } from "../../../src/core/model/device-id.ts";
import type { Journal } from "../../../src/core/ports/broker-state.ts";
import type { HubFile, StoredLearned } from "../../../src/core/ports/hub-file.ts";
import type { Log } from "../../../src/core/ports/log.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { StoredDevice } from "../../../src/core/ports/stored-device.ts";
import type { Access } from "../../../src/platform/access/open-access.ts";
import { openHubFile } from "../hub/built-hub-file.ts";
import { startHub } from "../hub/hub.ts";
import type { OwnerChange, PromisedLoad } from "../load/promised-load.ts";
import { createMemoryTime } from "../memory/memory-time.ts";
import { createSubscriber } from "../steady/steady-subscriber.ts";
import { until } from "../until.ts";

const DIST = path.join(import.meta.dirname, "..", "..", "..", "dist", "src");
const load = async <Module>(file: string): Promise<Module> =>
  (await import(/* @vite-ignore */ pathToFileURL(path.join(DIST, file)).href)) as Module;

const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const SHOWN = 5;

/** What is wrong with the data directory, in words, if its hub was last heard of at that time. */
export async function faultsAfterCut(dataDir: string, load: PromisedLoad, atMs: number): Promise<string[]> {
  const faults: string[] = [];
  const { store, hubFile, access, close } = await open(dataDir, (words) => void faults.push(words));
  try {
    const devices = await store.load();
    const { learned } = await hubFile.load();
    for (const deviceId of load.devices) faults.push(...(await readingFaults(store, load, deviceId, atMs)));
    faults.push(...journalFaults(await store.loadJournal(), load, atMs));
    for (const change of lastPromised(load.changes, atMs)) {
      const isSo = isNamed(devices, change) ?? isLabelled(learned, change) ?? (await isKnown(access, change));
      if (!isSo) faults.push(`${change.kind} ${change.id} is not ${change.value ?? "taken away"}`);
    }
  } finally {
    await close();
  }
  return faults;
}

/** How many segments the store has: readings that were sealed. */
export async function segmentsIn(dataDir: string): Promise<number> {
  const { store, close } = await open(dataDir);
  const { segments } = await store.stats();
  await close();
  return segments;
}

/** A whole hub on it: boards are let in, and who was absent is given all that was acknowledged. */
export async function faultsOfHub(dataDir: string, load: PromisedLoad, atMs: number): Promise<string[]> {
  const hub = await startHub({ settings: { dataDir, auth: "on" } });
  const since = load.subscribedAtMs();
  const faults: string[] = [];
  if (since !== undefined && since < atMs) {
    const sink = createSubscriber(load.sink.clientId, 5, load.sink.login());
    await sink.connect(hub);
    const due = load.acknowledged.filter(({ message, atMs: then }) => then < atMs && message.topic.startsWith("load/"));
    const isGiven = (payload: string): boolean => sink.deliveries.some((each) => each.payload === payload);
    const missing = (): string[] => due.map(({ message }) => message.payload).filter((payload) => !isGiven(payload));
    await until("all is delivered", () => missing().length === 0, { everyMs: 50 }).catch(() => undefined);
    faults.push(...some("queued messages were not delivered", missing()));
    await sink.leave();
  }
  await hub.close();
  return faults;
}

interface Opened {
  readonly store: Store;
  readonly hubFile: HubFile;
  readonly access: Access;
  close(): Promise<void>;
}

async function open(dataDir: string, onDamage: (words: string) => void = () => undefined): Promise<Opened> {
  const { openAccess } = await load<typeof import("../../../src/platform/access/open-access.ts")>(
    "platform/access/open-access.js",
  );
  const { openStore } = await load<typeof import("../../../src/store/open-store.ts")>("store/open-store.js");
  const { systemClock: clock } = await load<typeof import("../../../src/platform/clock.ts")>("platform/clock.js");
  const nothing = (): void => undefined;
  const { store } = await openStore({
    config: { dataDir, mongodbUrl: "", maxOutboxBytes: 0 },
    clock,
    log: SILENT,
    onDead: nothing,
    onReached: nothing,
    beforeSending: async () => {},
    onRefused: nothing,
  });
  const hubFile = await openHubFile({
    dataDir,
    clock,
    log: SILENT,
    onDead: nothing,
    damage: { note: onDamage, problem: () => undefined },
  });
  const time = createMemoryTime(clock).start();
  const access = await openAccess({
    dataDir,
    isHub: true,
    clock,
    time,
    log: SILENT,
  });
  return {
    store,
    hubFile,
    access,
    close: async () => {
      await access.close();
      await time.close();
      await hubFile.close();
      await store.close();
    },
  };
}

async function readingFaults(store: Store, load: PromisedLoad, deviceId: string, atMs: number): Promise<string[]> {
  const topic = `devices/${deviceId}/telemetry`;
  const seqOf = (payload: string): number => (JSON.parse(payload) as { seq: number }).seq;
  const sent = new Set(load.sent().flatMap((each) => (each.topic === topic ? [seqOf(each.payload)] : [])));
  const stored = new Map<number, number>();
  const odd: string[] = [];
  for (const line of await linesOf(store, deviceId)) {
    const { metrics } = JSON.parse(line) as { metrics: { seq: number; twice: number } };
    stored.set(metrics.seq, (stored.get(metrics.seq) ?? 0) + 1);
    if (metrics.twice !== metrics.seq * 2 || !sent.has(metrics.seq)) odd.push(line);
  }
  const promised = load.acknowledged.filter(({ message, atMs: sinceMs }) => message.topic === topic && sinceMs < atMs);
  const missing = promised.map(({ message }) => seqOf(message.payload)).filter((seq) => !stored.has(seq));
  const twice = [...stored].filter(([, count]) => count > 1).map(([seq]) => seq);
  return [
    ...some(`readings of ${deviceId} are missing`, missing),
    ...some(`readings of ${deviceId} are there twice`, twice),
    ...some(`readings of ${deviceId} are none that were sent`, odd),
  ];
}

async function linesOf(store: Store, id: string): Promise<string[]> {
  const device = parseDeviceId(id);
  if (!device.ok) throw new Error(`no device id: ${id}`);
  const query = { deviceId: device.value, fromMs: 0, toMs: Date.now() + 86_400_000, metrics: undefined } as const;
  const lines: string[] = [];
  let behind: { atMs: number; n: number } | undefined;
  do {
    const chunk = await store.exportChunk({ ...query, format: "ndjson", behind });
    lines.push(
      ...Buffer.from(chunk.lines)
        .toString()
        .split("\n")
        .filter((line) => line !== ""),
    );
    behind = chunk.behind;
  } while (behind !== undefined);
  return lines;
}

function journalFaults(kept: Journal, load: PromisedLoad, atMs: number): string[] {
  const faults: string[] = [];
  const since = load.subscribedAtMs();
  const client = kept.sessions.find(({ clientId }) => clientId.includes(load.sink.clientId))?.clientId;
  if (since !== undefined && since < atMs) {
    if (client === undefined) faults.push("the session of who is absent is gone");
    const isSubscribed = kept.subscriptions.some(({ clientId, filter }) => clientId === client && filter === "load/#");
    if (!isSubscribed) faults.push("the subscription of who is absent is gone");
  }
  const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  const queued = kept.deliveries.filter(({ clientId }) => clientId === client).map(({ value }) => value.message);
  const keys = queued.map((message) => `${message?.topic} ${message && textOf(message.payload)}`);
  const there = new Set(keys);
  const sent = load.sent().filter(({ topic }) => topic.startsWith("load/"));
  const all = new Set(sent.map(({ topic, payload }) => `${topic} ${payload}`));
  const promised = load.acknowledged.filter(({ atMs: sinceMs }) => sinceMs < atMs).map(({ message }) => message);
  const missing = promised.filter(
    ({ topic, payload }) => all.has(`${topic} ${payload}`) && !there.has(`${topic} ${payload}`),
  );
  faults.push(
    ...some(
      "queued messages are missing",
      missing.map(({ payload }) => payload),
    ),
    ...some(
      "queued messages are there twice",
      keys.filter((key, index) => keys.indexOf(key) !== index),
    ),
    ...some(
      "queued messages are none that were sent",
      keys.filter((key) => !all.has(key)),
    ),
  );
  const least = promised.findLast(({ retain }) => retain)?.payload;
  const retained = kept.retained.find(({ topic }) => topic === "state/source");
  if (least !== undefined && (retained === undefined || Number(textOf(retained.value.payload)) < Number(least))) {
    faults.push(`the retained message is ${retained && textOf(retained.value.payload)}, and ${least} was acknowledged`);
  }
  return faults;
}

/** The newest promise of each thing; none of what is being changed: it may be either way. */
function lastPromised(changes: readonly OwnerChange[], atMs: number): OwnerChange[] {
  const newest = new Map<string, OwnerChange>();
  for (const change of changes) {
    const key = `${change.kind} ${change.id}`;
    if (change.promisedAtMs !== undefined && change.promisedAtMs < atMs) newest.set(key, change);
    else if (change.askedAtMs <= atMs) newest.delete(key);
  }
  return [...newest.values()];
}

/** Undefined: the change is of something else. */
const isNamed = (devices: readonly StoredDevice[], { kind, id, value }: OwnerChange): boolean | undefined =>
  kind === "name" ? devices.find(({ deviceId }) => deviceId === id)?.name === value : undefined;

function isLabelled(learned: readonly StoredLearned[], { kind, id, value }: OwnerChange): boolean | undefined {
  if (kind !== "label") return undefined;
  const known = learned.find(({ family, deviceId }) => family === "owner" && deviceId === id);
  return known?.data.includes(JSON.stringify(value)) === true;
}

async function isKnown({ accounts, credentials }: Access, { kind, id, value }: OwnerChange): Promise<boolean> {
  if (kind === "user") return accounts.users().find(({ name }) => name === id)?.role === value;
  if (kind === "token") return (accounts.callerOfToken(id) !== undefined) === (value !== undefined);
  if (value === undefined) return !credentials.hasBoard(id);
  const login = { clientId: id, userName: id, password: value, address: undefined, isOfOwnComputer: false };
  return (await credentials.identify(login)).ok;
}

const some = (what: string, items: readonly unknown[]): string[] =>
  items.length === 0
    ? []
    : [`${items.length} ${what}: ${items.slice(0, SHOWN).join(", ")}${items.length > SHOWN ? " …" : ""}`];
