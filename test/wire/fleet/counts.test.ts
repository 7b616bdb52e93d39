/** How many devices are in which state: in the list and as a live event, over a real wire. */
import { expect, test } from "vitest";
import type { DevicesPage } from "../../../src/contract/rest.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { ruleFields } from "../../support/notify/alert-records.ts";

const countsOf = async (hub: HubAddress) => (await ask<DevicesPage>(hub, "/api/devices?limit=1")).body.counts;

test("counts follow what boards do: new, offline, a wrong clock, a fire, a deletion; a browser gets each", async () => {
  const hub = await startHub();
  const browser = await openLiveClient(hub.url);
  const fields = ruleFields("Fire", { kind: "above", metric: "heat", threshold: 100 });
  expect((await ask(hub, "/api/rules", { method: "POST", body: fields })).status).toBe(201);
  expect(await browser.next("counts")).toEqual({ all: 0, alarm: 0, late: 0, offline: 0, asleep: 0, new: 0, clock: 0 });

  const board = await connectJs(hub.mqttUrl);
  for (const id of ["a", "b", "c"]) await board.publish(`devices/${id}/telemetry`, '{"heat":1}', { qos: 1 });
  await browser.next("counts", ({ all, new: count }) => all === 3 && count === 3);
  await board.publish("devices/a/status", "offline", { qos: 1 });
  await browser.next("counts", ({ offline }) => offline === 1);
  await board.publish("devices/b/telemetry", '{"ts":"2035-01-01T00:00:00Z","heat":1}', { qos: 1 });
  await browser.next("counts", ({ clock }) => clock === 1);
  await board.publish("devices/c/telemetry", '{"heat":500}', { qos: 1 });
  const burning = await browser.next("counts", ({ alarm }) => alarm === 1);
  expect(burning).toEqual({ all: 3, alarm: 1, late: 0, offline: 1, asleep: 0, new: 3, clock: 1 });
  expect(await countsOf(hub)).toEqual(burning);

  await ask(hub, "/api/devices/c", { method: "DELETE" });
  await browser.next("counts", ({ all, alarm }) => all === 2 && alarm === 0);
});

test("devices are new for a day, also after a restart; those that fall silent are counted without being asked for", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/a/telemetry", '{"t":1}', { qos: 1 });
  await board.vanish();
  clock.skip(10 * 60_000);
  expect(await countsOf(hub)).toMatchObject({ all: 1, offline: 1, new: 1 });
  await hub.close();

  const again = await startHub({ clock, settings: { dataDir: hub.dataDir } });
  expect(await countsOf(again)).toMatchObject({ all: 1, offline: 1, new: 1 });
  clock.skip(24 * 3_600_000);
  expect(await countsOf(again)).toMatchObject({ all: 1, offline: 1, new: 0 });
});
