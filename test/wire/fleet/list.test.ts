/** The list of devices as a page asks for it: worst first, filtered, grouped, in pages, over HTTP. */
import { expect, test } from "vitest";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Device } from "../../../src/contract/readings.ts";
import type { DevicesPage } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { hubOfFile } from "../../support/hub/hub-of-file.ts";
import { ask } from "../../support/hub/rest.ts";
import { ruleFields } from "../../support/notify/alert-records.ts";
import { until } from "../../support/until.ts";

const hubOf = hubOfFile();

const list = async (hub: HubAddress, query: string): Promise<DevicesPage> => {
  const { status, text, body } = await ask<DevicesPage>(hub, `/api/devices?${query}`);
  expect([status, status === 200 ? "" : text]).toEqual([200, ""]);
  return body;
};
const ids = ({ devices }: DevicesPage): string[] => devices.map(({ deviceId }) => deviceId);

test("a fire on one of many boards is the first of the list, filters and groups are of all devices, and pages go on where they were", async () => {
  const hub = await startHub();
  const fields = ruleFields("Fire", { kind: "above", metric: "heat", threshold: 100 });
  await ask(hub, "/api/rules", { method: "POST", body: fields });
  const board = await connectJs(hub.mqttUrl);
  const all = Array.from({ length: 40 }, (_, at) => `board-${at + 10}`);
  for (const id of all) void board.publish(`devices/${id}/telemetry`, '{"heat":1}', { qos: 1 });
  await board.publish("tele/plug/STATE", '{"POWER":"ON"}', { qos: 1 });
  await board.publish("devices/board-20/status", "offline", { qos: 1 });
  await board.publish("devices/board-37/telemetry", '{"heat":500}', { qos: 1 });
  const body = { devices: ["board-11", "board-37"], place: "Cellar", addTags: ["heating"] };
  await ask(hub, "/api/devices/changes", { method: "POST", body });

  const first = await until("it burns", async () => {
    const page = await list(hub, "sort=state&limit=2");
    return page.counts.alarm === 1 && page.counts.all >= 40 ? page : undefined;
  });
  expect(ids(first)).toEqual(["board-37", "board-20"]);
  expect(first.devices[0]?.alert).toBe("critical");
  await board.publish("devices/board-45/status", "offline", { qos: 1 }); // before the cursor: it is not shown twice
  const rest = await list(hub, `sort=state&limit=1000&cursor=${first.nextCursor}`);
  expect([...ids(first), ...ids(rest)].filter((id) => id.startsWith("board")).sort()).toEqual(
    all.filter((id) => id !== "board-45").sort(),
  );
  expect(rest.nextCursor).toBeNull();

  expect(ids(await list(hub, "state=offline,alarm"))).toEqual(["board-20", "board-37", "board-45"]);
  expect(ids(await list(hub, "tag=heating&place=Cellar&search=BOARD&family=native"))).toEqual(["board-11", "board-37"]);
  expect(ids(await list(hub, "place=Cellar&state=alarm&sort=name"))).toEqual(["board-37"]);
  const grouped = await list(hub, "group=place&limit=1&family=native");
  expect(grouped.groups).toMatchObject([
    { name: "Cellar", counts: { all: 2, alarm: 1 } },
    { name: null, counts: { all: 38, offline: 2 } },
  ]);
  expect([grouped.groupsTotal, grouped.total, grouped.devices.length]).toEqual([2, 40, 1]);
});

test("without parameters the answer is what it was: by id, in pages of 100, with the cursors of before", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/b/telemetry", '{"t":1}', { qos: 1 });
  await board.publish("devices/a/telemetry", '{"t":1}', { qos: 1 });

  const { devices: _, counts: __, ...about } = await list(hub, "");
  expect(about).toEqual({ total: 2, nextCursor: null });
  const page = await list(hub, "limit=1");
  expect([ids(page), page.nextCursor]).toEqual([["a"], Buffer.from("a").toString("base64url")]);
  expect(ids(await list(hub, `cursor=${page.nextCursor}`))).toEqual(["b"]);
});

test("a name that a board announces, and one that its owner gives, are searched and sorted by at once", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  for (const id of ["a", "b"]) await board.publish(`devices/${id}/telemetry`, '{"t":1}', { qos: 1 });
  await ask(hub, "/api/devices/b", { method: "PATCH", body: { name: "Aardvark" } });
  expect(ids(await list(hub, "search=aardv"))).toEqual(["b"]);
  await ask(hub, "/api/devices/b", { method: "PATCH", body: { name: "Zebra" } });
  expect(ids(await list(hub, "search=aardv"))).toEqual([]);
  expect(ids(await list(hub, "sort=name"))).toEqual(["a", "b"]);

  const config = { name: "Meter", state_topic: "m/t", unique_id: "m1", device: { identifiers: ["m"], name: "Aaron" } };
  await board.publish("homeassistant/sensor/m/config", JSON.stringify(config), { qos: 1, retain: true });
  await board.publish("m/t", "5", { qos: 1 });
  expect(ids(await list(hub, "search=aaron"))).toHaveLength(1);
  expect(ids(await list(hub, "sort=name")).at(1)).toMatch(/^ha:/);
});

test("devices are sorted by a value, page by page, and stand where they say until their owner says otherwise", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const values = { a: 21, b: -3, c: 40, d: "auto" };
  for (const [id, heat] of Object.entries(values))
    await board.publish(`devices/${id}/telemetry`, JSON.stringify({ heat }), { qos: 1 });
  const first = await list(hub, "sort=-metric:heat&limit=2");
  expect(ids(first)).toEqual(["c", "a"]);
  await board.publish("devices/a/telemetry", '{"heat":-50}', { qos: 1 });
  expect(ids(await list(hub, `sort=-metric:heat&cursor=${first.nextCursor}`))).toEqual(["b", "a", "d"]);
  expect(ids(await list(hub, "sort=metric:heat&limit=2"))).toEqual(["a", "b"]);
  const { status } = await ask(hub, `/api/devices?sort=metric:heat&cursor=${first.nextCursor}`);
  expect(status).toBe(400);

  await board.publish("devices/a/attributes", '{"room":" Attic "}', { qos: 1 });
  const config = { state_topic: "m/t", unique_id: "m1", device: { identifiers: ["m"], suggested_area: "Attic" } };
  await board.publish("homeassistant/sensor/m/config", JSON.stringify(config), { qos: 1, retain: true });
  await board.publish("m/t", "5", { qos: 1 });
  const attic = await list(hub, "place=Attic&group=place");
  expect(attic.devices.map(({ place }) => place)).toEqual(["Attic", "Attic"]);
  expect(attic.groups).toMatchObject([{ name: "Attic", counts: { all: 2 } }]);
  const place = async (given: string) =>
    (await ask<Device>(hub, "/api/devices/a", { method: "PATCH", body: { place: given } })).body.place;
  expect([await place("Cellar"), ids(await list(hub, "place=Cellar"))]).toEqual(["Cellar", ["a"]]);
  expect([await place(""), ids(await list(hub, "place=Cellar"))]).toEqual(["Attic", []]);
});

test.each([
  ["state=fire", "state.0", "alarm"],
  ["state=", "state.0", "alarm"],
  ["state=late,", "state.1", "alarm"],
  ["sort=heat", "sort", "expected `id`, `name`, `state`, or `metric:`"],
  ["sort=metric:", "sort", "expected `id`"],
  ["group=room", "group", "one of place, tag, family"],
  ["family=esp", "family", "native, tasmota"],
  [`place=${"x".repeat(101)}`, "place", "at most 100"],
  [`tag=${"x".repeat(700)}`, "tag", "at most 656"],
  ["tag=a&tag=b", "tag", "expected a text"],
  ["sort=state&cursor=Ym9pbGVy", "cursor", "expected the nextCursor of an earlier answer"],
  [`cursor=${Buffer.from("s/boiler/3/5").toString("base64url")}`, "cursor", "expected the nextCursor"],
])("%s is refused in plain words", async (query, field, message) => {
  const { status, body } = await ask<Problem>(hubOf(), `/api/devices?${query}`);
  expect(status).toBe(400);
  expect(body.errors).toContainEqual({ field, message: expect.stringContaining(message) });
});
