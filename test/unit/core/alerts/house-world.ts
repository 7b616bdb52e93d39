/** A hub from its dialects to its alerts, with the rules that are on from the start, on a manual clock: no network, no disk. */
import type { Publication } from "../../../../firmware-sim/families/family.ts";
import type { Will } from "../../../../firmware-sim/mqtt/mqtt-session.ts";
import type { AlertEvent } from "../../../../src/contract/alerts.ts";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { ANYBODY } from "../../../../src/core/access/mqtt-access.ts";
import { createAlertEngine } from "../../../../src/core/alerts/engine/alert-engine.ts";
import { createPopulation } from "../../../../src/core/alerts/hub/population.ts";
import { makeDefaultRules } from "../../../../src/core/alerts/presets/default-rules.ts";
import { createRuleBook } from "../../../../src/core/alerts/rule-book.ts";
import { createSilenceBook } from "../../../../src/core/alerts/silence-book.ts";
import type { Connection } from "../../../../src/core/devices/connection.ts";
import { createRegistry, type Registry } from "../../../../src/core/devices/registry.ts";
import { createRegularity } from "../../../../src/core/devices/regularity.ts";
import { createDescriptions } from "../../../../src/core/dialects/descriptions.ts";
import { createLearnedBook } from "../../../../src/core/dialects/learned-book.ts";
import { createRawHorizon } from "../../../../src/core/history/raw-horizon.ts";
import { createAfterCommit } from "../../../../src/core/ingest/after-commit.ts";
import { createByteBudget } from "../../../../src/core/ingest/byte-budget.ts";
import { createDating } from "../../../../src/core/ingest/dating.ts";
import { createIntake } from "../../../../src/core/ingest/intake.ts";
import { createWriter } from "../../../../src/core/ingest/writer.ts";
import { createRefusals } from "../../../../src/core/limits/refusals.ts";
import { createClockSanity } from "../../../../src/core/time/clock-sanity.ts";
import { createDialects } from "../../../../src/dialects/dialects.ts";
import { FAMILY_DIALECTS } from "../../../../src/dialects/families.ts";
import { inflate } from "../../../../src/platform/inflate.ts";
import { createManualClock, type ManualClock } from "../../../support/clock/manual-clock.ts";
import { startDerivation } from "../../../support/memory/derivation-world.ts";
import { createMemoryAlertFile } from "../../../support/memory/memory-alert-file.ts";
import { createMemoryCounters, createMemoryLog } from "../../../support/memory/memory-log.ts";
import { allStored, createMemoryStore, turn } from "../../../support/memory/memory-store.ts";
import { noReplacements } from "../../../support/memory/no-replacements.ts";

/** A connection of a board or a bridge. */
export interface HouseClient {
  say(publication: Publication): void;
  /** With a DISCONNECT. */
  leave(): void;
  /** Its power is gone: the hub publishes its last will. */
  vanish(will?: Will): void;
}

export interface HouseWorld {
  readonly clock: ManualClock;
  readonly registry: Registry;
  connect(clientId: string, userName?: string): HouseClient;
  /** At a time from now. */
  after(ms: number, run: () => void): void;
  /** The first time after `phaseMs`. */
  every(ms: number, phaseMs: number, run: () => void): void;
  /** What is due until then happens; after each, what was sent is judged. */
  pass(ms: number): Promise<void>;
  /** What fired, in order. */
  fired(): AlertEvent[];
  refused(): readonly string[];
}

/** The hub does it more often. */
const POPULATION_MS = 30_000;

interface Due {
  atMs: number;
  readonly run: () => void;
  readonly everyMs: number | undefined;
}

export async function startHouse(): Promise<HouseWorld> {
  const clock = createManualClock();
  const log = createMemoryLog();
  const counters = createMemoryCounters();
  const refusals = createRefusals({ clock });
  const store = {
    ...createMemoryStore(),
    append: async (messages: Parameters<typeof allStored>[0]) => allStored(messages),
  };
  const file = createMemoryAlertFile();
  const hubFile = { write: file.write };
  const clockSanity = createClockSanity({ clock, builtAtMs: 0, newestMs: 0 });
  const dialects = createDialects(FAMILY_DIALECTS.map((create) => create({ inflate })));
  const descriptions = createDescriptions(dialects);
  const learned = createLearnedBook({ dialects, descriptions, stored: [] });
  const registry = createRegistry({
    clock,
    stored: [],
    limits: { maxDevices: 1_000, maxDevicesPerClient: 100, maxMetricsPerDevice: 100 },
    familyOf: descriptions.familyOf,
    onPresence: ({ deviceId }) => engine.presenceChanged(deviceId),
  });
  descriptions.onChanged(registry.descriptionChanged);
  const radioOf = (deviceId: DeviceId) => descriptions.familyOf(deviceId)?.presence()?.radio;
  const time = { nowMs: clock.nowMs, sinceMs: (atMs: number) => clock.nowMs() - atMs };
  const canHear = (): boolean => true;
  const regularity = createRegularity({ registry, radioOf, canHear, records: [], hubFile, time, clock, log });
  const rules = createRuleBook({ hubFile, stored: [], clock, log });
  const names = { ofRule: () => undefined, ofDevice: () => undefined };
  const engine = createAlertEngine({
    hubFile,
    stored: [],
    rules,
    silences: createSilenceBook({ hubFile, stored: [], names, clock, log }),
    devices: {
      ids: () => registry.list().map(({ deviceId }) => deviceId),
      nameOf: descriptions.nameOf,
      metricInfo: descriptions.metricInfo,
      metricsOf: (deviceId) => registry.get(deviceId)?.metrics ?? [],
      latestOf: (deviceId, metric) => registry.get(deviceId)?.latest.get(metric),
      silenceOf: registry.silenceOf,
      habitOf: (deviceId) => {
        const device = registry.get(deviceId);
        return device === undefined ? { leastMs: 0, isRegular: false } : regularity.of(device);
      },
    },
    notifications: { changesOf: () => [], committed: () => undefined, unwritable: () => undefined },
    isWritable: canHear,
    readings: store.readings,
    lastRun: undefined,
    clock,
    log,
  });
  descriptions.onChanged(engine.descriptionChanged);
  await makeDefaultRules({ rules, records: [], hubFile: { write: file.write }, log });
  await engine.judgeAgain(async () => undefined, true);
  const population = createPopulation(clock);
  clock.every(POPULATION_MS, () => {
    population.note(regularity.population());
    const fall = population.fall();
    engine.hubTrouble("population", fall && `Of ${fall.before} boards ${fall.now} are there`);
  });
  const { derivation } = startDerivation({ registry, counters, clock });
  const byteBudget = createByteBudget({ maxBytes: 1e8 });
  const hardware = noReplacements();
  const onCommitted = createAfterCommit({
    ...{ registry, derivation, clockSanity, counters },
    publish: () => undefined,
    hasAudience: () => false,
    onStored: () => undefined,
    judge: engine.stored,
    hardware,
  });
  const writer = createWriter({
    ...{ store, clock, log, counters, onCommitted, byteBudget },
    commitIntervalMs: 0,
    groupWaitMs: 0,
  });
  const rawHorizon = createRawHorizon({ registry, rawDays: 90, mayExpire: () => true });
  const dating = createDating({ clockSanity, registry, rawHorizon });
  const intake = createIntake({
    ...{ dialects, learned, hubFile, writer, byteBudget, registry, refusals, counters, clock, dating, derivation },
    unmapped: { note: () => undefined },
    publish: () => undefined,
    hardware,
  });

  let serial = 0;
  let packetId = 0;
  /** Messages without an answer. */
  let waiting = 0;
  function connect(clientId: string, userName?: string): HouseClient {
    const connection: Connection = { who: ANYBODY, clientId, names: [clientId], userName, serial: ++serial };
    const say = ({ topic, payload, qos = 0, retain = false }: Omit<Publication, "qos"> & Pick<Will, "qos">): void => {
      const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
      waiting++;
      if (qos > 0) packetId = (packetId % 65_535) + 1;
      const id = qos === 0 ? undefined : packetId;
      intake.accept({ connection, topic, payload: bytes, qos, retain, dup: false, packetId: id }, () => void waiting--);
    };
    return {
      say: ({ qos = 0, ...publication }) => say({ qos, ...publication }),
      leave: () => registry.connectionClosed(connection),
      vanish: (will) => {
        registry.connectionClosed(connection);
        if (will !== undefined) say(will);
      },
    };
  }

  const queue: Due[] = [];
  function add(due: Due): void {
    const at = queue.findIndex(({ atMs }) => atMs > due.atMs);
    queue.splice(at === -1 ? queue.length : at, 0, due);
  }

  /** What was sent is stored and judged, and no time passes meanwhile. */
  async function answered(): Promise<void> {
    do {
      clock.runSoon();
      await turn();
    } while (waiting > 0);
  }

  async function pass(ms: number): Promise<void> {
    const untilMs = clock.monotonicMs() + ms;
    for (let [next] = queue; next !== undefined && next.atMs <= untilMs; [next] = queue) {
      queue.shift();
      clock.advance(next.atMs - clock.monotonicMs());
      next.run();
      if (next.everyMs !== undefined) add({ ...next, atMs: next.atMs + next.everyMs });
      await answered();
    }
    clock.advance(untilMs - clock.monotonicMs());
    await answered();
  }

  return {
    clock,
    registry,
    connect,
    after: (ms, run) => add({ atMs: clock.monotonicMs() + ms, run, everyMs: undefined }),
    every: (ms, phaseMs, run) => add({ atMs: clock.monotonicMs() + phaseMs, run, everyMs: ms }),
    pass,
    fired: () => file.events().filter(({ kind }) => kind === "firing"),
    refused: () => refusals.list().map(({ code, topic }) => `${code} ${topic}`),
  };
}
