/** What the hub promised is there after a start with a wrong clock, and ends when its time has come by a right one. */
import { expect, test } from "vitest";
import type { Readiness } from "../../../src/contract/rest.ts";
import type { Clock } from "../../../src/core/ports/clock.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock, type ShiftedClock } from "../../support/clock/shifted-clock.ts";
import { onEachEngine } from "../../support/hub/engines.ts";
import { type InProcessHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { metricsOf } from "../../support/hub/metrics.ts";
import { ask } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FAR_MS = 40 * DAY_MS;
const DAY_S = 86_400;

/** For a hub whose clock is moved on: mqtt.js pings by the machine's. */
const SILENT = { keepalive: 0, protocolVersion: 5 } as const;

/** The wall clock alone is wrong by so much. */
const wrongBy = (clock: ShiftedClock, ms: number): Clock => ({ ...clock, nowMs: () => clock.nowMs() + ms });

const panelOf = (hub: InProcessHub): Promise<JsClient> =>
  connectJs(hub.mqttUrl, {
    ...SILENT,
    clientId: "panel",
    clean: false,
    properties: { sessionExpiryInterval: 7 * DAY_S },
  });

/** A session that is away, a message that waits for it, a retained one, and a will that waits: all for days. */
async function promise(hub: InProcessHub): Promise<void> {
  const panel = await panelOf(hub);
  await panel.subscribe("panel/#", 1);
  await panel.leave();
  const will = {
    topic: "panel/will",
    payload: Buffer.from("late"),
    qos: 1,
    properties: { willDelayInterval: 7 * DAY_S },
  };
  const properties = { sessionExpiryInterval: 7 * DAY_S };
  const board = await connectJs(hub.mqttUrl, { ...SILENT, clientId: "board", will: { ...will, qos: 1 }, properties });
  const expiring = { properties: { messageExpiryInterval: 3 * DAY_S } };
  await board.publish("panel/queued", "q", { qos: 1, ...expiring });
  await board.publish("retained/kept", "r", { qos: 1, retain: true, ...expiring });
  await board.vanish();
  await until("the board is away", async () => (await metricsOf(hub, "aerie_mqtt_clients"))[0] === 0);
}

const warningsOf = async (hub: InProcessHub): Promise<string[]> =>
  (await ask<Readiness>(hub, "/readyz")).body.warnings.map(({ part }) => part);

/** Everything is there, with the time that it still has. */
async function expectKept(hub: InProcessHub): Promise<void> {
  const panel = await panelOf(hub);
  expect(panel.connack.sessionPresent).toBe(true);
  const queued = await panel.message("panel/queued");
  expect(queued.properties?.messageExpiryInterval).toBeGreaterThan(2 * DAY_S);
  await panel.subscribe("retained/#", 1);
  const retained = await panel.message("retained/kept");
  expect(retained.properties?.messageExpiryInterval).toBeGreaterThan(2 * DAY_S);
  expect(panel.received.map(({ topic }) => topic)).not.toContain("panel/will");
  await panel.leave();
}

/** The hub has looked at what is over: a session of a second is gone, and nothing else is. */
async function expectOnlyWitnessGone(hub: InProcessHub, clock: ShiftedClock): Promise<void> {
  const properties = { sessionExpiryInterval: 1 };
  const witness = await connectJs(hub.mqttUrl, { ...SILENT, clientId: "witness", properties });
  await witness.leave();
  clock.skip(2_000);
  await until("the witness is gone", async () => (await metricsOf(hub, "aerie_mqtt_sessions"))[0] === 2);
}

onEachEngine((engine) => {
  for (const days of [40, -40]) {
    test(`a start with a clock that is ${days} days wrong loses nothing that a right clock would keep`, async () => {
      const clock = createShiftedClock();
      const settings = { ...engine.settings(), dataDir: tempDir() };
      const first = await startHub({ clock, settings });
      await promise(first);
      await first.close();

      const wrong = await startHub({ clock: wrongBy(clock, days * DAY_MS), settings });
      expect(await warningsOf(wrong)).toContain("time");
      await expectOnlyWitnessGone(wrong, clock);
      await wrong.close();

      const right = await startHub({ clock, settings });
      expect(await warningsOf(right)).not.toContain("time");
      await expectKept(right);
    });
  }

  test("what is left of a message's time is sent right while the clock is wrong", async () => {
    const clock = createShiftedClock();
    const settings = { ...engine.settings(), dataDir: tempDir() };
    const first = await startHub({ clock, settings });
    await promise(first);
    await first.close();
    await expectKept(await startHub({ clock: wrongBy(clock, FAR_MS), settings }));
  });

  test("a hub that was off for 40 days ends what was over meanwhile when it has run for a day", async () => {
    const clock = createShiftedClock();
    const settings = { ...engine.settings(), dataDir: tempDir() };
    const first = await startHub({ clock, settings });
    await promise(first);
    await first.close();

    const hub = await startHub({ clock: wrongBy(clock, FAR_MS), settings });
    clock.skip(DAY_MS - 10 * MINUTE_MS);
    await until("it still waits", async () => (await warningsOf(hub)).includes("time"));
    expect(await metricsOf(hub, "aerie_mqtt_sessions")).toEqual([2]);
    clock.skip(20 * MINUTE_MS);
    await until("the clock is trusted", async () => !(await warningsOf(hub)).includes("time"));
    await until("the sessions are over", async () => (await metricsOf(hub, "aerie_mqtt_sessions"))[0] === 0);
    await until("the retained message is over", async () => (await metricsOf(hub, "aerie_retained_messages"))[0] === 0);
    await hub.close();
    const again = await startHub({ clock: wrongBy(clock, FAR_MS), settings });
    expect(await metricsOf(again, "aerie_mqtt_sessions", "aerie_retained_messages")).toEqual([0, 0]);
  });

  test("a clock that is set right by 40 days after the start ends nothing of this run", async () => {
    const clock = createShiftedClock();
    const settings = { ...engine.settings(), dataDir: tempDir() };
    let aheadMs = 0;
    const hub = await startHub({ clock: { ...clock, nowMs: () => clock.nowMs() + aheadMs }, settings });
    await promise(hub);
    aheadMs = FAR_MS;
    await until("the jump is noticed", async () => (await warningsOf(hub)).includes("time"));
    clock.skip(DAY_MS + MINUTE_MS);
    await until("the clock is trusted", async () => !(await warningsOf(hub)).includes("time"));
    await hub.close();
    const next = await startHub({ clock: wrongBy(clock, FAR_MS), settings });
    const panel = await panelOf(next);
    expect(panel.connack.sessionPresent).toBe(true);
    const { properties } = await panel.message("panel/queued");
    expect(properties?.messageExpiryInterval).toBeGreaterThan(DAY_S);
    expect(properties?.messageExpiryInterval).toBeLessThanOrEqual(2 * DAY_S);
  });
});
