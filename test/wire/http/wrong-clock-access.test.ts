/** People stay signed in through a wrong clock; what protects is not weakened by one. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Config } from "../../../src/config/settings.ts";
import type { ApplicationAnswer, TokenAnswer, WithSecret } from "../../../src/contract/access.ts";
import type { Readiness } from "../../../src/contract/rest.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock, type ShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type AccessWorld, type Asker, askerWith, openAccessWorld } from "../../support/hub/access-world.ts";
import { type InProcessHub, startHub } from "../../support/hub/hub.ts";
import { until } from "../../support/until.ts";

const DAY_MS = 86_400_000;
const FAR_DAYS = 200;

/** A hub with an owner who is signed in, starts on the same ports and data, and the clock wrong by so many days. */
async function openHistory() {
  const clock = createShiftedClock();
  let wrongDays = 0;
  const wall = { ...clock, nowMs: () => clock.nowMs() + wrongDays * DAY_MS };
  const world = await openAccessWorld({ clock: wall });
  const watcher = await world.token("operator");
  let { hub } = world;
  const settings: Partial<Config> = { auth: "on", dataDir: hub.dataDir, httpPort: hub.httpPort };
  return {
    world,
    clock,
    ask: (asker: Asker, path = "/api/devices") => askerWith(hub, asker.headers).ask<unknown>(path),
    hub: () => hub,
    /** Whose token never expires. */
    watcher: { headers: watcher.headers, ask: <Body>(path: string) => askerWith(hub, watcher.headers).ask<Body>(path) },
    start: async (days: number): Promise<void> => {
      await hub.close();
      wrongDays = days;
      hub = await startHub({ clock: wall, settings });
    },
  };
}

async function applicationOf({ owner }: AccessWorld, days: number): Promise<WithSecret<ApplicationAnswer>> {
  const body = { name: "panel", publish: [], subscribe: ["#"], days };
  return (await owner.ask<WithSecret<ApplicationAnswer>>("/api/applications", { method: "POST", body })).body;
}

const panelOf = (hub: InProcessHub, password: string): Promise<JsClient> =>
  connectJs(hub.mqttUrl, {
    keepalive: 0,
    protocolVersion: 4,
    clientId: "panel",
    username: "x",
    password,
    clean: false,
  });

const isDoubted = async (watcher: Asker): Promise<boolean> =>
  (await watcher.ask<Readiness>("/readyz")).body.warnings.some(({ part }) => part === "time");

const sessionsOf = async (watcher: Asker): Promise<number> =>
  Number(/^aerie_mqtt_sessions (\d+)/m.exec((await watcher.ask("/metrics")).text)?.[1]);

/** Days of running, in which nothing comes. */
async function runUntilTrusted(watcher: Asker, clock: ShiftedClock): Promise<void> {
  clock.skip(DAY_MS + 60_000);
  await until("the clock is trusted", async () => !(await isDoubted(watcher)));
}

test("a start with a clock 200 days ahead signs nobody out, and lets nobody in by what may have expired", async () => {
  const { world, ask, hub, start, watcher } = await openHistory();
  const { owner } = world;
  const short = await world.token("viewer", 30);
  const { secret } = await applicationOf(world, 30);
  const panel = await panelOf(hub(), secret);
  await panel.subscribe("x/#", 1);
  await panel.leave();

  await start(FAR_DAYS);
  expect((await ask(owner)).status).toBe(200);
  expect((await ask(short)).status).toBe(401);
  await expect(panelOf(hub(), secret)).rejects.toThrow();
  expect(await sessionsOf(watcher)).toBe(1);

  await start(0);
  expect((await ask(owner)).status).toBe(200);
  expect((await ask(short)).status).toBe(200);
  expect((await panelOf(hub(), secret)).connack.sessionPresent).toBe(true);
});

test("a clock that is set back lets nobody in by a token that has expired", async () => {
  const { world, ask, clock, start } = await openHistory();
  const short = await world.token("viewer", 30);
  clock.skip(31 * DAY_MS);
  expect((await ask(short)).status).toBe(401);
  await start(-FAR_DAYS);
  expect((await ask(short)).status).toBe(401);
  expect((await ask(world.owner)).status).not.toBe(200);
});

test("a hub that was off for 200 days refuses what has expired at once, and signs out who was idle after a day", async () => {
  const { world, ask, clock, hub, start, watcher } = await openHistory();
  const { owner } = world;
  const short = await world.token("viewer", 30);
  const { secret } = await applicationOf(world, 30);
  await (await panelOf(hub(), secret)).leave();
  await start(FAR_DAYS);
  expect([(await ask(short)).status, (await ask(owner)).status]).toEqual([401, 200]);
  expect(await isDoubted(watcher)).toBe(true);
  await start(FAR_DAYS);
  expect(await sessionsOf(watcher)).toBe(1);
  await runUntilTrusted(watcher, clock);
  await until("the application's session is over", async () => (await sessionsOf(watcher)) === 0);
  expect([(await ask(short)).status, (await ask(owner)).status]).toEqual([401, 401]);
});

test("a token that is made while the clock is in doubt lasts as long as it says, whichever way that ends", async () => {
  for (const rightDays of [0, FAR_DAYS]) {
    const { world, ask, clock, hub, start, watcher } = await openHistory();
    await start(FAR_DAYS);
    const body = { name: "in doubt", scope: "viewer", days: 30 };
    const asker = askerWith(hub(), world.owner.headers);
    const made = (await asker.ask<WithSecret<TokenAnswer>>("/api/tokens", { method: "POST", body })).body;
    const token = askerWith(hub(), { authorization: `Bearer ${made.secret}` });
    expect(Date.parse(made.expiresAt ?? "") - Date.now() - FAR_DAYS * DAY_MS).toBeGreaterThan(29 * DAY_MS);
    expect((await ask(token)).status).toBe(200);
    if (rightDays === 0) await start(rightDays);
    else await runUntilTrusted(watcher, clock);
    clock.skip(28 * DAY_MS);
    expect((await ask(token)).status).toBe(200);
    clock.skip(3 * DAY_MS);
    expect((await ask(token)).status).toBe(401);
    await hub().close();
  }
});

test("a wrong digit in the file of the hub's time signs nobody out and ends no token, and is reported", async () => {
  const { world, hub, watcher } = await openHistory();
  const { dataDir, httpPort } = hub();
  await hub().close();
  const file = path.join(dataDir, "time.json");
  const before = readFileSync(file, "utf8");
  const after = before.replace('"nowMs":1', '"nowMs":9'); // the year 2279
  expect(after).not.toBe(before);
  writeFileSync(file, after);
  const next = await startHub({ settings: { auth: "on", dataDir, httpPort } });
  expect(next.logged.filter(({ event }) => event === "stored data is damaged")).toHaveLength(1);
  const { warnings } = (await askerWith(next, watcher.headers).ask<Readiness>("/readyz")).body;
  expect(warnings).toEqual([{ part: "stored data", problem: expect.stringContaining("time.json") }]);
  expect((await askerWith(next, world.owner.headers).ask<unknown>("/api/devices")).status).toBe(200);
});
