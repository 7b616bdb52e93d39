/** Tags of devices and changes of many at once, over HTTP. */
import { expect, test } from "vitest";
import type { DevicesChanged, DevicesDeleted } from "../../../src/contract/fleet/tags.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Device } from "../../../src/contract/readings.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, spawnHub, startHub } from "../../support/hub/hub.ts";
import { hubOfFile, unique } from "../../support/hub/hub-of-file.ts";
import { ask } from "../../support/hub/rest.ts";

const hubOf = hubOfFile();

async function speak(hub: HubAddress & { mqttUrl: string }, ...ids: string[]): Promise<string[]> {
  const board = await connectJs(hub.mqttUrl);
  for (const id of ids) await board.publish(`devices/${id}/telemetry`, '{"t":1}', { qos: 1 });
  return ids;
}

const deviceOf = async (hub: HubAddress, id: string): Promise<Device> =>
  (await ask<Device>(hub, `/api/devices/${id}`)).body;
const patch = (hub: HubAddress, id: string, body: object) =>
  ask<Device & Problem>(hub, `/api/devices/${id}`, { method: "PATCH", body });
const change = (hub: HubAddress, body: object) =>
  ask<DevicesChanged & Problem>(hub, "/api/devices/changes", { method: "POST", body });

test("tags are kept over a crash, each once, replaced as a whole, and taken away by null", async () => {
  const hub = await spawnHub();
  await speak(hub, "a");

  const patched = await patch(hub, "a", { tags: [" heating ", "ground floor", "heating"] });
  await hub.kill();
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  const kept = await deviceOf(restarted, "a");
  const replaced = await patch(restarted, "a", { tags: ["attic ☀"] });
  const renamed = await patch(restarted, "a", { name: "Boiler" });
  const cleared = await patch(restarted, "a", { tags: null });

  expect(patched.body.tags).toEqual(["heating", "ground floor"]);
  expect(kept.tags).toEqual(["heating", "ground floor"]);
  expect([replaced.body.tags, renamed.body.tags]).toEqual([["attic ☀"], ["attic ☀"]]);
  expect(cleared.body).not.toHaveProperty("tags");
});

test("a deleted device takes its tags along, also those from before a restart", async () => {
  const hub = await spawnHub();
  await speak(hub, "a");
  await patch(hub, "a", { tags: ["heating"] });
  await hub.kill();

  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  await ask(restarted, "/api/devices/a", { method: "DELETE" });
  await speak(restarted, "a");
  expect(await deviceOf(restarted, "a")).not.toHaveProperty("tags");
  await restarted.close();
  const again = await startHub({ settings: { dataDir: hub.dataDir } });
  expect(await deviceOf(again, "a")).not.toHaveProperty("tags");
});

test.each([
  ["a list of 17", Array.from({ length: 17 }, (_, index) => `t${index}`), "tags", "a device has at most 16 tags"],
  ["41 characters", ["x".repeat(41)], "tags.0", "a tag has at most 40 characters"],
  ["a blank", ["a", "  "], "tags.1", "a tag is not empty"],
  ["a comma", ["a,b"], "tags.0", "a tag has no comma, no line end and no other control character"],
  ["a line end", ["a\nb"], "tags.0", "a tag has no comma, no line end and no other control character"],
  ["a number", [5], "tags.0", "expected a text"],
  ["a text", "heating", "tags", "expected a list"],
])("tags with %s are refused in plain words, and nothing changes", async (_what, tags, field, message) => {
  const hub = hubOf();
  const [a = ""] = await speak(hub, unique("a"));
  await patch(hub, a, { tags: ["before"] });

  const { status, body } = await patch(hub, a, { tags });

  expect([status, body.errors]).toEqual([400, [{ field, message }]]);
  expect((await deviceOf(hub, a)).tags).toEqual(["before"]);
});

test("one request changes tags and place of many devices; their names stay, and unknown ids are named", async () => {
  const hub = await spawnHub();
  await speak(hub, "a", "b", "c");
  await patch(hub, "a", { name: "Boiler", tags: ["old", "kept"] });

  const { status, body } = await change(hub, {
    devices: ["a", "b", "nobody", "a"],
    addTags: ["heating", "kept"],
    removeTags: ["old"],
    place: " Cellar ",
  });
  await hub.kill();
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  const all = await Promise.all(["a", "b", "c"].map((id) => deviceOf(restarted, id)));

  expect([status, body]).toEqual([200, { changed: 2, unknown: ["nobody"] }]);
  expect(all.map(({ name, place, tags }) => ({ name, place, tags }))).toEqual([
    { name: "Boiler", place: "Cellar", tags: ["kept", "heating"] },
    { name: undefined, place: "Cellar", tags: ["heating", "kept"] },
    { name: undefined, place: undefined, tags: undefined },
  ]);
  await change(restarted, { devices: ["a", "b"], place: null });
  expect(await deviceOf(restarted, "a")).not.toHaveProperty("place");
  expect((await deviceOf(restarted, "b")).tags).toEqual(["heating", "kept"]);
});

test("if one device would have too many tags, it is named and none is changed", async () => {
  const hub = hubOf();
  const [a = "", full = ""] = await speak(hub, unique("a"), unique("full"));
  await patch(hub, full, { tags: Array.from({ length: 16 }, (_, index) => `t${index}`) });

  const { status, body } = await change(hub, { devices: [a, full], addTags: ["one more"], place: "Cellar" });

  const message = `${full} would have more than 16 tags; nothing was changed`;
  expect([status, body.errors]).toEqual([400, [{ field: "addTags", message }]]);
  expect(await deviceOf(hub, a)).not.toHaveProperty("place");
  expect((await change(hub, { devices: [full], addTags: ["one more"], removeTags: ["t3"] })).status).toBe(200);
});

test.each([
  [{ devices: ["a"] }, "addTags, removeTags, place", "expected at least one of them"],
  [{ devices: [], place: "x" }, "devices", "expected at least 1"],
  [{ devices: "a", place: "x" }, "devices", "expected a list"],
  [{ devices: Array.from({ length: 201 }, () => "a"), place: "x" }, "devices", "at most 200 devices in one request"],
  [{ devices: ["a"], addTags: [""] }, "addTags.0", "a tag is not empty"],
  [{ devices: ["a"], place: "x".repeat(101) }, "place", "expected at most 100"],
  [{ devices: ["a"], name: "x" }, "name", "there is no such field"],
])("changes of many devices: %j is refused", async (body, field, message) => {
  const answer = await change(hubOf(), body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors).toContainEqual({ field, message: expect.stringContaining(message) });
});

test("many devices are deleted at once; what is unknown is named, and more than 200 are refused with nothing deleted", async () => {
  const hub = hubOf();
  const ids = await speak(hub, unique("a"), unique("b"), unique("c"));
  const remove = (devices: readonly string[]) =>
    ask<DevicesDeleted & Problem>(hub, "/api/devices/deletions", { method: "POST", body: { devices } });

  const tooMany = await remove([...ids, ...Array.from({ length: 198 }, (_, index) => `x${index}`)]);
  const answer = await remove([...ids.slice(0, 2), "no-such-device", ids[0] ?? ""]);

  expect(tooMany.status).toBe(400);
  expect(tooMany.text).toContain("at most 200 devices in one request");
  expect(answer.body).toEqual({ deleted: 2, unknown: ["no-such-device"] });
  const statuses = await Promise.all(ids.map(async (id) => (await ask(hub, `/api/devices/${id}`)).status));
  expect(statuses).toEqual([404, 404, 200]);
});
