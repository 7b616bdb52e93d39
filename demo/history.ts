/** What the boards of the house have sent so far, as lines for an import: their firmware plays the past to the hub's own dialects. */
import { createStationSensors } from "../firmware-sim/board/station.ts";
import type { Publication } from "../firmware-sim/families/family.ts";
import { simulatedDevice } from "../firmware-sim/families/family-client.ts";
import { SIMULATED_FAMILIES, type SimulatedFamilyName } from "../firmware-sim/families/family-list.ts";
import type { MetricValue } from "../src/contract/readings.ts";
import type { Publisher } from "../src/core/dialects/dialect.ts";
import type { ParsedMessage } from "../src/core/dialects/parsed-message.ts";
import { createDialects } from "../src/dialects/dialects.ts";
import { FAMILY_DIALECTS } from "../src/dialects/families.ts";
import { createMappingDialect } from "../src/dialects/mapping/mapping.ts";
import { FAMILIES, MAPPING, SEED, STATION_PREFIX, STATIONS } from "./house.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;

/** From so long ago on, a reading in so much time. Finer where charts of a week, a day and an hour look closer: they would show gaps. */
const STEPS = [
  { sinceMs: 30 * DAY_MS, stepMs: 600 * SECOND_MS },
  { sinceMs: 8 * DAY_MS, stepMs: 300 * SECOND_MS },
  { sinceMs: 26 * HOUR_MS, stepMs: 120 * SECOND_MS },
  { sinceMs: 3 * HOUR_MS, stepMs: 12 * SECOND_MS },
] as const;

/** A month of minutes in each room would take as long as all else. */
const ROOM_STEP_MS = 300 * SECOND_MS;

/** When something was sent: oldest first, up to `nowMs`. */
export function* instantsBefore(nowMs: number): Generator<number> {
  for (const [index, { sinceMs, stepMs }] of STEPS.entries()) {
    const endMs = nowMs - (STEPS[index + 1]?.sinceMs ?? 0);
    for (let atMs = nowMs - sinceMs; atMs < endMs; atMs += stepMs) yield atMs;
  }
}

type Metrics = Record<string, MetricValue>;

/** Plays one client or station; each call is an instant, and answers what each of its devices said then. */
type Player = (atMs: number) => Iterable<[deviceId: string, metrics: Metrics]>;

const ANYBODY: Publisher = { id: "anybody", deviceId: undefined, mayPublish: () => true, maySubscribe: () => true };

/** Lines of NDJSON for `POST /import`, board by board. */
export function* historyLines(nowMs: number, utcOffsetMinutes: number): Generator<string> {
  for (const player of players(utcOffsetMinutes)) {
    for (const atMs of instantsBefore(nowMs)) {
      for (const [deviceId, metrics] of player(atMs)) yield JSON.stringify({ deviceId, timestamp: atMs, metrics });
    }
  }
}

function* players(utcOffsetMinutes: number): Generator<Player> {
  for (let index = 0; index < STATIONS; index++) {
    const deviceId = `${STATION_PREFIX}-${String(index + 1).padStart(2, "0")}`;
    const { read } = createStationSensors({ seed: SEED, deviceId, index, utcOffsetMinutes, stepMs: ROOM_STEP_MS });
    yield (atMs) => [[deviceId, { ...read(atMs) }]];
  }
  for (const [family, devices] of FAMILIES) {
    const isBridge = SIMULATED_FAMILIES[family].isBridge;
    const clients = isBridge
      ? [Array.from({ length: devices }, (_, index) => index)]
      : Array.from({ length: devices }, (_, index) => [index]);
    for (const indexes of clients) yield clientPlayer(family, indexes, utcOffsetMinutes);
  }
}

function clientPlayer(family: SimulatedFamilyName, indexes: readonly number[], utcOffsetMinutes: number): Player {
  let nowMs = 0;
  const clock = { now: () => nowMs };
  const [first, ...others] = indexes.map((index) =>
    simulatedDevice({ family, seed: SEED, utcOffsetMinutes, clock, stepMs: ROOM_STEP_MS }, index),
  );
  if (first === undefined) return () => [];
  const mapping = createMappingDialect();
  mapping.set([{ id: "demo", ...MAPPING }]);
  const dialects = createDialects([...FAMILY_DIALECTS.map((create) => create({ inflate: () => undefined })), mapping]);
  let said = new Map<string, Metrics>();
  const firmware = SIMULATED_FAMILIES[family].create({ devices: [first, ...others], now: clock.now, send });
  let isOpen = false;

  function send({ topic, payload, retain = false }: Publication): void {
    const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
    const { username: userName } = firmware;
    hear(dialects.read({ topic, payload: bytes, retain, receivedAtMs: nowMs, publisher: ANYBODY, userName }));
  }

  function hear(parsed: ParsedMessage): void {
    for (const part of parsed.kind === "parts" ? parsed.parts : [parsed]) {
      if (part.kind === "learned") dialects.learn(part);
      if (part.kind !== "telemetry") continue;
      const metrics = said.get(part.deviceId) ?? {};
      for (const reading of part.readings) Object.assign(metrics, Object.fromEntries(reading.metrics));
      said.set(part.deviceId, metrics);
    }
  }

  return (atMs) => {
    nowMs = atMs;
    said = new Map();
    if (!isOpen) firmware.opened();
    isOpen = true;
    firmware.tick();
    return said;
  };
}
