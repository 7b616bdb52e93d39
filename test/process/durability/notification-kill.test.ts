/**
 * SIGKILL while alerts fire and their receivers are slow, fail, hang or cut the connection: the alert log has every transition that
 * the stored readings imply, and every receiver has what the log has, once, in order. Silences and acknowledgements stay.
 */
import { describe, expect, onTestFinished, test } from "vitest";
import type { AlertEvent } from "../../../src/contract/alerts.ts";
import type { AlertsAnswer, SilencesAnswer } from "../../../src/contract/answers/alert-answers.ts";
import type { Readiness } from "../../../src/contract/rest.ts";
import { clockOfHub } from "../../support/clock/shifted-clock.ts";
import { type KillPoint, killPointEnv } from "../../support/history/kill-point.ts";
import { type HubAddress, type SpawnedHub, spawnHub, tempDir } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { databaseUrl, isMongodSkipped, launchMongod, type Mongod } from "../../support/mongodb/mongod.ts";
import { readAlertRecords, ruleFields, webhook, writeAlertRecords } from "../../support/notify/alert-records.ts";
import { createGasBoards, GAS_ALERT, impliedTransitions } from "../../support/notify/gas-boards.ts";
import { type Mood, openKeepingReceiver } from "../../support/notify/keeping-receiver.ts";
import { faultsOf, saidBy } from "../../support/notify/said-of-alerts.ts";
import { pause, until, within } from "../../support/until.ts";

/** `npm run soak` sets 100. */
const KILLS = Number(process.env["AERIE_TEST_KILLS"] ?? 5);
/** Those of one outage: in the short form there are no others. */
const KILLS_ON_MONGODB = Number(process.env["AERIE_TEST_KILLS"] ?? 3);
const KILLS_OF_AN_OUTAGE = 3;
/** Kills from one outage to the next. */
const OUTAGE_EVERY = 25;
/** So many readings are followed by another of their board in the same millisecond. */
const SECOND_AT_ONCE = 0.3;
const MOST_LOAD_MS = 1_000;
const BOARDS = ["b0", "b1", "b2", "b3"];
/** Nothing is sent of it. */
const SILENCED = "silenced";
const ALL = [...BOARDS, SILENCED];
const [FIRST_BOARD = "", ...OTHER_BOARDS] = ALL;
/** Nothing sends this metric. */
const OTHER_ALERT = { kind: "above", metric: "other", threshold: 1 } as const;
/** Fires all the time, and is acknowledged again and again. */
const STEADY = "steady";
const DAY_MS = 24 * 3_600_000;

const MOODS: readonly (() => Mood)[] = [
  () => "well",
  () => "slow",
  () => (Math.random() < 0.5 ? 500 : "well"),
  () => (Math.random() < 0.5 ? 429 : "well"),
  () => (Math.random() < 0.5 ? "lost" : "well"),
  () => "hang",
];

/** A reading is stored, and the hub does not know it yet. Only with the embedded store. */
const BEFORE_JUDGING: KillPoint = { sql: "INSERT INTO hot", times: 20, at: "after" };
/** A reading is stored, its transition is decided and not durable. */
const BEFORE_LOG: KillPoint = { sql: "INSERT OR IGNORE INTO alert_event", times: 12, at: "statement" };

/** Nothing waits for MongoDB. */
const isWhole = async (hub: HubAddress): Promise<boolean> =>
  (await ask<Readiness>(hub, "/readyz")).body.degraded === undefined;

/** The clock of the last hub is moved on, so a board that says nothing is missed. */
const isOfNoReading = (kind: AlertEvent["kind"]): boolean => ["acknowledged", "noData", "dataAgain"].includes(kind);

interface RoundOptions {
  /** Where the hub kills itself; undefined: it is killed at a moment that is chance. */
  readonly point?: KillPoint | undefined;
  /** Which send readings; left out: all. */
  readonly senders?: readonly string[];
  /** MongoDB is away at the start of the hub. Is called under load. */
  readonly whileAway?: (hub: SpawnedHub) => Promise<void>;
}

async function openWorld(env: Readonly<Record<string, string>> = {}) {
  const dataDir = tempDir();
  const receivers = await Promise.all(MOODS.map(() => openKeepingReceiver()));
  await writeAlertRecords(dataDir, {
    rules: { gas: ruleFields("Gas", GAS_ALERT, { repeatS: 0 }) },
    channels: Object.fromEntries(receivers.map(({ url }, at) => [`c${at}`, webhook(url)])),
  });
  const boards = createGasBoards();
  /** What REST answered that it is done: each in the note of an acknowledgement and of a silence. */
  const notes: string[] = [];
  let rounds = 0;

  /** As the last one answered it. */
  async function expectKept(hub: HubAddress): Promise<void> {
    const { silences } = (await ask<SilencesAnswer>(hub, "/api/silences")).body;
    expect(silences.map(({ note }) => note).sort()).toEqual([...notes].sort());
    const { alerts } = (await ask<AlertsAnswer>(hub, `/api/alerts?device=${STEADY}`)).body;
    expect(alerts.map(({ acknowledged }) => acknowledged?.note)).toEqual([notes.at(-1)]);
  }

  async function silenceAndAcknowledge(hub: HubAddress): Promise<void> {
    const note = `round ${rounds}`;
    const until = new Date(Date.now() + DAY_MS).toISOString();
    const [silenced, known] = await Promise.all([
      ask(hub, "/api/silences", { method: "POST", body: { deviceId: SILENCED, until, note } }),
      ask(hub, `/api/alerts/gas~${STEADY}/acknowledge`, { method: "POST", body: { note } }),
    ]);
    expect([silenced.status, known.status], `${silenced.text} ${known.text}`).toEqual([201, 200]);
    notes.push(note);
  }

  async function begin(hub: HubAddress): Promise<void> {
    const connected = await boards.connect(hub);
    connected.publishHigh(STEADY);
    await until("it is acknowledged", connected.isSettled);
    await silenceAndAcknowledge(hub);
  }

  /** A new rule has the state of all devices saved: what is judged already need not be judged again. */
  async function saveState(hub: HubAddress): Promise<void> {
    const before = boards.acknowledged.get(FIRST_BOARD)?.length ?? 0;
    await until("all boards send", () => (boards.acknowledged.get(FIRST_BOARD)?.length ?? 0) > before);
    const { status } = await ask(hub, "/api/rules", { method: "POST", body: ruleFields("Other", OTHER_ALERT) });
    expect(status).toBe(201);
  }

  /** One hub under load that ends by SIGKILL. */
  async function round({ point, senders = ALL, whileAway }: RoundOptions): Promise<void> {
    let sending = senders;
    for (const [at, receiver] of receivers.entries()) receiver.setMood(MOODS[at] ?? "well");
    const hub = await spawnHub({ dataDir, env: { ...env, ...(point !== undefined && killPointEnv(point)) } });
    if (rounds++ === 0) await begin(hub);
    else if (whileAway === undefined) await expectKept(hub);
    const connected = await boards.connect(hub);
    const timer = setInterval(() => {
      const board = sending[Math.floor(Math.random() * sending.length)];
      if (board === undefined) return;
      connected.publish(board);
      if (Math.random() < SECOND_AT_ONCE) connected.publish(board);
    }, 15);
    if (point !== undefined) {
      expect(await within("it kills itself", hub.exited)).toBe("SIGKILL");
      return clearInterval(timer);
    }
    await whileAway?.(hub);
    if (await isWhole(hub)) {
      sending = ALL;
      await saveState(hub);
    }
    await pause(Math.random() * MOST_LOAD_MS); // the moment of a kill is chance
    if (await isWhole(hub)) await silenceAndAcknowledge(hub);
    await hub.kill();
    clearInterval(timer);
  }

  async function endSilences(hub: HubAddress): Promise<void> {
    const { silences } = (await ask<SilencesAnswer>(hub, "/api/silences")).body;
    for (const { id } of silences) await ask(hub, `/api/silences/${id}`, { method: "DELETE" });
  }

  /** Until everything is sent; the hub's last run. */
  async function end(): Promise<void> {
    for (const receiver of receivers) receiver.setMood("well");
    const clock = clockOfHub();
    const hub = await spawnHub({ dataDir, env: { ...env, ...clock.env } });
    await expectKept(hub);
    const silencedId = `gas~${SILENCED}`;
    expect(receivers.flatMap((receiver) => [...saidBy(receiver).keys()])).not.toContain(silencedId);
    await endSilences(hub); // what is silenced waits, too
    let quietRounds = 0;
    await until(
      "nothing waits any more",
      async () => {
        const before = receivers.map(({ attempts }) => attempts());
        await clock.skip(31_000);
        await pause(500);
        const { channels } = (await ask<{ channels: { state: { kind: string } }[] }>(hub, "/api/channels")).body;
        const isQuiet =
          channels.every(({ state }) => state.kind === "idle") &&
          receivers.every(({ attempts }, at) => attempts() === before[at]);
        quietRounds = isQuiet ? quietRounds + 1 : 0;
        return quietRounds === 3;
      },
      { withinMs: 90_000 },
    );
    const stored = new Map<string, number[]>();
    for (const device of [...BOARDS, SILENCED, STEADY]) {
      const readings = await readingsOf(hub, device);
      stored.set(
        device,
        readings.map(({ metrics }) => Number(metrics["gas"])),
      );
    }
    await hub.kill("SIGTERM");
    await expectTrue(stored);
  }

  async function expectTrue(stored: ReadonlyMap<string, readonly number[]>): Promise<void> {
    const { events, idsOf } = await readAlertRecords(dataDir);
    const ofAlerts = new Map<string, AlertEvent[]>();
    for (const [device, values] of stored) {
      const alertId = `gas~${device}`;
      const there = new Set(values);
      expect((boards.acknowledged.get(device) ?? []).filter((value) => !there.has(value))).toEqual([]);
      const log = events.filter((event) => event.alertId === alertId);
      const transitions = log.filter(({ kind }) => !isOfNoReading(kind));
      expect(
        transitions.map(({ kind, value }) => ({ kind, value })),
        alertId,
      ).toEqual(impliedTransitions(values));
      if (device !== SILENCED) ofAlerts.set(alertId, transitions);
    }
    expect(events.flatMap(({ kind, note }) => (kind === "acknowledged" ? [note] : []))).toEqual(notes);
    expect(idsOf("delivery")).toEqual([]);
    for (const [at, receiver] of receivers.entries()) {
      expect(faultsOf(receiver, ofAlerts), `receiver ${at}`).toEqual([]);
      expect(receiver.messages.map(({ more }) => more).filter((more) => more > 0)).toEqual([]);
    }
  }

  return { round, end };
}

test(`after ${KILLS} SIGKILLs no transition is missed, and every receiver has what the alert log has: each once, none before its firing`, {
  timeout: 120_000 + KILLS * 15_000,
}, async () => {
  const world = await openWorld();
  for (let kill = 0; kill < KILLS; kill++) {
    await world.round({ point: [undefined, BEFORE_JUDGING, BEFORE_LOG][kill % 10] });
  }
  await world.end();
});

describe.skipIf(isMongodSkipped)("MongoDB", () => {
  test(`after ${KILLS_ON_MONGODB} SIGKILLs, some while it is away, no transition is missed, and every receiver has what the alert log has`, {
    timeout: 120_000 + KILLS_ON_MONGODB * 15_000,
  }, async () => {
    const mongod = await launchMongod();
    onTestFinished(mongod.dispose);
    const world = await openWorld({ AERIE_MONGODB_URL: databaseUrl(mongod) });

    /** A transition is not judged when MongoDB goes away; hubs begin and end without MongoDB, until one of them finds it. */
    async function outage(): Promise<void> {
      await world.round({ point: BEFORE_LOG, senders: [FIRST_BOARD] });
      await mongod.kill();
      await world.round({ senders: OTHER_BOARDS, whileAway: async (hub) => expect(await isWhole(hub)).toBe(false) });
      await world.round({ senders: OTHER_BOARDS, whileAway: (hub) => comeBack(mongod, hub) });
    }

    async function comeBack(mongod: Mongod, hub: HubAddress): Promise<void> {
      await mongod.start();
      await until("all that waited is sent", () => isWhole(hub));
    }

    for (let kill = 0; kill < KILLS_ON_MONGODB; kill++) {
      if (kill % OUTAGE_EVERY !== 0) await world.round({ point: kill % 10 === 1 ? BEFORE_LOG : undefined });
      else {
        await outage();
        kill += KILLS_OF_AN_OUTAGE - 1;
      }
    }
    await world.end();
  });
});
