/** What is kept and for how long, over MQTT and HTTP: a device's own retention, readings that are too old, wrong deletions. */
import { expect, test } from "vitest";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Device } from "../../../src/contract/readings.ts";
import type { Readiness, RefusalsAnswer } from "../../../src/contract/rest.ts";
import { DAY_MS, startOf } from "../../../src/core/model/utc-day.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type HubAddress, spawnHub, startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";

const patch = (hub: HubAddress, retention: unknown) =>
  ask<Device & Problem>(hub, "/api/devices/a", { method: "PATCH", body: { retention } });

async function speak(hub: HubAddress, ...readings: object[]): Promise<void> {
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/a/telemetry", JSON.stringify(readings.length === 0 ? { t: 1 } : readings), { qos: 1 });
}

test("a device's own retention is shown, kept over a restart, changed in part, and given back to the hub's", async () => {
  const hub = await spawnHub();
  await speak(hub);

  const before = await ask<Device>(hub, "/api/devices/a");
  const set = await patch(hub, { rawDays: 7, dayDays: 0 });
  await hub.kill();
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  const kept = await ask<Device>(restarted, "/api/devices/a");
  const changed = await patch(restarted, { rawDays: null, hourDays: 400 });
  const name = await ask<Device>(restarted, "/api/devices/a", { method: "PATCH", body: { name: "Boiler" } });
  const back = await patch(restarted, null);

  expect(before.body.retention).toBeUndefined();
  expect(set.body.retention).toEqual({ rawDays: 7, dayDays: 0 });
  expect(kept.body.retention).toEqual({ rawDays: 7, dayDays: 0 });
  expect(changed.body.retention).toEqual({ hourDays: 400, dayDays: 0 });
  expect(name.body).toMatchObject({ name: "Boiler", retention: { hourDays: 400, dayDays: 0 } });
  expect(back.body).toMatchObject({ name: "Boiler" });
  expect(back.body.retention).toBeUndefined();
});

test.each([
  ["part of a day", { rawDays: 1.5 }, "retention.rawDays"],
  ["less than nothing", { hourDays: -1 }, "retention.hourDays"],
  ["more than a hundred years", { dayDays: 36_501 }, "retention.dayDays"],
  ["text", { rawDays: "7" }, "retention.rawDays"],
  ["an unknown level", { minuteDays: 7 }, "minuteDays"],
  ["a number", 7, "retention"],
])("a retention of %s is refused, in words, and changes nothing", async (_what, retention, field) => {
  const hub = await startHub();
  await speak(hub);

  const answer = await patch(hub, retention);

  expect([answer.status, answer.body.code]).toEqual([400, "REQUEST_INVALID"]);
  expect(answer.body.errors?.map((each) => each.field)).toEqual([field]);
  expect((await ask<Device>(hub, "/api/devices/a")).body.retention).toBeUndefined();
});

test("a reading beyond raw age is refused and listed, the rest of its message is stored", async () => {
  const hub = await startHub({ settings: { rawDays: 7 } });
  // Whole UTC days are kept; midnight may pass while this runs.
  const old = startOf(Date.now() - 7 * DAY_MS, DAY_MS) - 1_000;
  await speak(hub, { ts: old, seq: 1 }, { ts: old + 2 * DAY_MS, seq: 2 }, { seq: 3 });

  const { body } = await ask<RefusalsAnswer>(hub, "/api/refusals");
  expect(body.counts).toEqual({ READING_TOO_OLD: 1 });
  expect(body.rejections[0]).toMatchObject({ code: "READING_TOO_OLD", deviceId: "a", kind: "message" });
  expect(body.rejections[0]?.reason).toContain(new Date(old).toISOString());
  expect((await readingsOf(hub, "a")).map(({ metrics }) => metrics["seq"])).toEqual([2, 3]);

  await patch(hub, { rawDays: 9 });
  await speak(hub, { ts: old, seq: 1 });
  expect((await readingsOf(hub, "a")).map(({ metrics }) => metrics["seq"])).toEqual([1, 2, 3]);
});

test("a client of MQTT 5 is told 0x97 where all of its message is too old", async () => {
  const hub = await startHub({ settings: { rawDays: 7 } });
  const board = await connectJs(hub.mqttUrl, { protocolVersion: 5 });
  const send = (ts: number) =>
    board.client.publishAsync("devices/a/telemetry", JSON.stringify({ ts, t: 1 }), { qos: 1 });

  await expect(send(Date.now() - 8 * DAY_MS)).rejects.toMatchObject({ code: 0x97 });
  await expect(send(Date.now())).resolves.toBeDefined();
  expect((await ask(hub, "/api/devices/a")).status).toBe(200);
});

test("after a jump of the hub's clock nothing is refused for its age, and /readyz says what pauses", async () => {
  const clock = createShiftedClock();
  let jumpedMs = 0;
  const hub = await startHub({ clock: { ...clock, nowMs: () => clock.nowMs() + jumpedMs } });
  await speak(hub);
  jumpedMs = 365 * DAY_MS;
  await speak(hub, { ts: Date.now() - 1_000, seq: 1 });

  expect((await ask<RefusalsAnswer>(hub, "/api/refusals")).body.counts).toEqual({});
  expect((await readingsOf(hub, "a")).map(({ metrics }) => metrics["seq"])).toContain(1);
  const { body } = await ask<Readiness>(hub, "/readyz");
  expect(body.warnings.map(({ part, problem }) => [part, problem.slice(0, 36)])).toContainEqual([
    "retention",
    expect.stringMatching(/^The hub's clock (jumped forward|shows)/),
  ]);
});

test.each([
  ["", "from, to, metrics"],
  ["?from=yesterday", "from"],
  ["?to=2026-02-30T00:00:00Z", "to"],
  ["?from=2000&to=1000", "from"],
  ["?metrics=", "metrics.0"],
  ["?metrics=t,,h", "metrics.1"],
  ["?metric=t", "metric"],
])("DELETE /api/devices/a/readings%s is refused, and names %s", async (query, field) => {
  const hub = await startHub();
  await speak(hub);

  const answer = await ask<Problem>(hub, `/api/devices/a/readings${query}`, { method: "DELETE" });

  expect([answer.status, answer.body.code]).toEqual([400, "REQUEST_INVALID"]);
  expect(answer.body.errors?.map((each) => each.field)).toContain(field);
  expect(await readingsOf(hub, "a")).toHaveLength(1);
});

test("DELETE of the readings of a device that there is not is answered with 404", async () => {
  const hub = await startHub();
  const answer = await ask<Problem>(hub, "/api/devices/nobody/readings?metrics=t", { method: "DELETE" });
  expect([answer.status, answer.body.code]).toEqual([404, "DEVICE_UNKNOWN"]);
});
