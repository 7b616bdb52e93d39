/** A board is replaced: the new one takes over the device, the former one's secret is revoked, and that can be undone. */
import { expect, test } from "vitest";
import type { Alert } from "../../../src/contract/alerts.ts";
import type { CandidatesAnswer, HardwareAnswer } from "../../../src/contract/answers/hardware.ts";
import type { RetainedAnswer } from "../../../src/contract/answers/retained.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Device, Reading } from "../../../src/contract/readings.ts";
import type { DevicesPage, ReadingsPage } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type AccessWorld, type Asker, openAccessWorld, signIn } from "../../support/hub/access-world.ts";
import { onEachEngine } from "../../support/hub/engines.ts";
import { type HubAddress, spawnHub, startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { ruleFields } from "../../support/notify/alert-records.ts";
import { until } from "../../support/until.ts";

const REPLACEMENT = "/api/devices/boiler/replacement";
const by = (board: string) => ({ method: "POST", body: { by: board } });
const UNDO = { method: "DELETE" };

const idsOf = async (asker: Pick<Asker, "ask">): Promise<string[]> =>
  (await asker.ask<DevicesPage>("/api/devices")).body.devices.map(({ deviceId }) => deviceId);

async function valuesOf(asker: Pick<Asker, "ask">, id: string): Promise<unknown[]> {
  const { body } = await asker.ask<ReadingsPage>(`/api/devices/${id}/readings?order=asc`);
  return body.readings.map(({ metrics }) => metrics["co"]);
}

async function send(hub: HubAddress, board: string, secret: string | undefined, co: number): Promise<void> {
  const client = await connectJs(hub.mqttUrl, secret === undefined ? {} : { username: board, password: secret });
  await client.publish(`devices/${board}/telemetry`, JSON.stringify({ co }), { qos: 1 });
}

interface TwoBoards extends AccessWorld {
  readonly boiler: string;
  readonly spare: string;
}

/** `boiler`, with a name and a reading; and `spare`, which has sent one of its own. Their secrets. */
async function twoBoards(...options: Parameters<typeof openAccessWorld>): Promise<TwoBoards> {
  const world = await openAccessWorld(...options);
  const [boiler, spare] = [(await world.board("boiler")).secret, (await world.board("spare")).secret];
  await send(world.hub, "boiler", boiler, 1);
  await send(world.hub, "spare", spare, 2);
  const body = { name: "Boiler", place: "Cellar", tags: ["heating"] };
  await world.owner.ask("/api/devices/boiler", { method: "PATCH", body });
  return { ...world, boiler, spare };
}

onEachEngine(({ settings }) => {
  test("a new board continues the device: its history, name, tags and rules; after a restart, too; and undone it is itself again", async () => {
    const { hub, owner, boiler, spare } = await twoBoards({ settings: settings() });
    const rule = ruleFields("CO", { kind: "above", metric: "co", threshold: 50 }, { scope: { devices: ["boiler"] } });
    expect((await owner.ask("/api/rules", { method: "POST", body: rule })).status).toBe(201);

    const { status, body } = await owner.ask<HardwareAnswer>(REPLACEMENT, by("spare"));
    expect([status, body.hardware, body.changes.length]).toEqual([200, "spare", 1]);
    await send(hub, "spare", spare, 99);

    expect(await idsOf(owner)).toEqual(["boiler"]);
    expect(await valuesOf(owner, "boiler")).toEqual([1, 99]);
    const { body: device } = await owner.ask<Device>("/api/devices/boiler");
    expect(device).toMatchObject({ name: "Boiler", place: "Cellar", tags: ["heating"], presence: "online" });
    await until("the rule fires", async () => {
      const { body: answer } = await owner.ask<{ alerts: Alert[] }>("/api/alerts");
      return answer.alerts.some(({ deviceId, state }) => deviceId === "boiler" && state === "firing");
    });
    await expect(connectJs(hub.mqttUrl, { username: "boiler", password: boiler })).rejects.toThrow();

    await hub.close();
    const again = await startHub({ settings: { dataDir: hub.dataDir, auth: "on", ...settings() } });
    const signedIn = await signIn(again, "Owner");
    await send(again, "spare", spare, 98);
    expect(await valuesOf(signedIn, "boiler")).toEqual([1, 99, 98]);
    expect(await idsOf(signedIn)).toEqual(["boiler"]);
    await expect(connectJs(again.mqttUrl, { username: "boiler", password: boiler })).rejects.toThrow();

    const undone = await signedIn.ask<HardwareAnswer>(REPLACEMENT, UNDO);
    expect([undone.status, undone.body.hardware, undone.body.undoUntil]).toEqual([200, "boiler", undefined]);
    await send(again, "boiler", boiler, 3);
    await send(again, "spare", spare, 4);
    expect(await idsOf(signedIn)).toEqual(["boiler", "spare"]);
    expect(await valuesOf(signedIn, "boiler")).toEqual([1, 99, 98, 3]);
    expect(await valuesOf(signedIn, "spare")).toEqual([2, 4]);
  });
});

test("the session of the replaced board ends at once, and the new one is reached by the device's topics", async () => {
  const { hub, owner, boiler, spare, application } = await twoBoards();
  const { secret } = await application({ name: "house", publish: ["devices/#"], subscribe: ["devices/#"] });
  const house = await connectJs(hub.mqttUrl, { username: "house", password: secret, protocolVersion: 5 });
  await house.subscribe("devices/boiler/#", 1);
  const old = await connectJs(hub.mqttUrl, { username: "boiler", password: boiler, protocolVersion: 5 });
  const board = await connectJs(hub.mqttUrl, { username: "spare", password: spare, protocolVersion: 5 });
  await board.subscribe("devices/spare/commands/#", 1);

  await owner.ask(REPLACEMENT, by("spare"));

  await until("its session ends", () => old.disconnect() !== undefined || !old.client.connected);
  const properties = { responseTopic: "answers", correlationData: Buffer.from("7"), userProperties: { who: "Ada" } };
  await house.publish("devices/boiler/commands/reset", "now", { qos: 1, retain: true, properties });
  const { payload, qos, properties: received } = await board.message("devices/spare/commands/reset");
  expect([payload.toString(), qos]).toEqual(["now", 1]);
  expect(received).toMatchObject({ responseTopic: "answers", userProperties: { who: "Ada" } });
  const { body: page } = await owner.ask<RetainedAnswer>("/api/retained?search=reset");
  expect(page.messages.map(({ topic }) => topic)).toEqual(["devices/boiler/commands/reset"]);
  await board.publish("devices/spare/telemetry", '{"co":7}', { qos: 1 });
  expect((await house.message("devices/boiler/telemetry")).payload.toString()).toBe('{"co":7}');
});

test("exports say from which board each reading is, and what the new one sent before is there under its own id", async () => {
  const { hub, owner, spare } = await twoBoards();
  await owner.ask(REPLACEMENT, by("spare"));
  await send(hub, "spare", spare, 99);

  const lines = (await owner.ask("/api/export")).text.trim().split("\n");
  const csv = (await owner.ask("/api/export?format=csv&metrics=co")).text.trim().split("\r\n");

  const exported = lines.map((line) => JSON.parse(line) as Reading & { _hardware?: string });
  expect(exported.map(({ deviceId, _hardware, metrics }) => [deviceId, _hardware, metrics["co"]])).toEqual([
    ["boiler", "boiler", 1],
    ["boiler", "spare", 99],
    ["spare", undefined, 2],
  ]);
  expect(csv.map((line) => line.split(",").slice(-2).join())).toEqual([
    "_hardware,co",
    "boiler,1",
    "spare,99",
    "spare,2",
  ]);
});

test("only an owner replaces a board; and never by itself, by what is unknown or not free", async () => {
  const { hub, owner, person, token, nobody, spare, board } = await twoBoards();
  const third = (await board("third")).secret;
  await send(hub, "third", third, 5);
  const [operator, writing] = [await person("Otto", "operator"), await token("operator")];
  const refusals = async (asker: Asker) => [
    (await asker.ask(REPLACEMENT, by("spare"))).status,
    (await asker.ask(REPLACEMENT, UNDO)).status,
  ];
  expect([await refusals(operator), await refusals(writing), await refusals(nobody)]).toEqual([
    [403, 403],
    [403, 403],
    [401, 401],
  ]);
  const refused = async (path: string, options: { method: string; body?: object }) => {
    const { status, body } = await owner.ask<Problem>(path, options);
    return [status, body.code];
  };
  expect(await refused(REPLACEMENT, by("boiler"))).toEqual([400, "REQUEST_INVALID"]);
  expect(await refused(REPLACEMENT, by("nobody"))).toEqual([400, "REQUEST_INVALID"]);
  expect(await refused("/api/devices/nobody/replacement", by("spare"))).toEqual([404, "DEVICE_UNKNOWN"]);
  expect(await refused(REPLACEMENT, UNDO)).toEqual([409, "NOTHING_TO_UNDO"]);

  const { body: offered } = await owner.ask<CandidatesAnswer>(`${REPLACEMENT}/candidates`);
  expect(offered.candidates.map(({ deviceId }) => deviceId).sort()).toEqual(["spare", "third"]);
  await owner.ask(REPLACEMENT, by("spare"));
  expect(await refused("/api/devices/third/replacement", by("spare"))).toEqual([409, "BOARD_NOT_FREE"]);
  expect(await refused("/api/devices/third/replacement", by("boiler"))).toEqual([409, "BOARD_NOT_FREE"]);
  expect(await refused("/api/devices/spare/replacement", by("third"))).toEqual([404, "DEVICE_UNKNOWN"]);
  await send(hub, "spare", spare, 6);
  expect(await idsOf(owner)).toEqual(["boiler", "third"]);
});

test("a device that is deleted goes with the secret of its new board, whose id is free again", async () => {
  const { hub, owner, spare, board } = await twoBoards();
  await owner.ask(REPLACEMENT, by("spare"));

  expect((await owner.ask("/api/devices/boiler", { method: "DELETE" })).status).toBe(204);

  await expect(connectJs(hub.mqttUrl, { username: "spare", password: spare })).rejects.toThrow();
  expect(await idsOf(owner)).toEqual(["spare"]);
  await send(hub, "spare", (await board("spare")).secret, 3);
  await send(hub, "boiler", (await board("boiler")).secret, 4);
  expect([await valuesOf(owner, "spare"), await valuesOf(owner, "boiler")]).toEqual([[2, 3], [4]]);
});

test("a board that is replaced while there are no accounts has no valid secret when there are accounts again", async () => {
  const { hub, boiler, spare } = await twoBoards();
  const { dataDir } = hub;
  await hub.close();
  const open = await startHub({ settings: { dataDir } });
  expect((await ask(open, REPLACEMENT, by("spare"))).status).toBe(200);
  await open.close();

  const again = await startHub({ settings: { dataDir, auth: "on" } });
  await expect(connectJs(again.mqttUrl, { username: "boiler", password: boiler })).rejects.toThrow();
  await send(again, "spare", spare, 3);
});

test("killed while a board is replaced, the hub has replaced it or not, and nothing between", async () => {
  const hub = await spawnHub();
  await send(hub, "boiler", undefined, 1);
  await send(hub, "spare", undefined, 2);
  const asked = ask(hub, REPLACEMENT, by("spare")).catch(() => undefined);
  await ask(hub, "/api/devices"); // the one before has arrived
  await hub.kill();
  const answer = await asked;

  const again = await startHub({ settings: { dataDir: hub.dataDir } });
  const { body } = await ask<HardwareAnswer>(again, REPLACEMENT);
  const isReplaced = body.hardware === "spare";
  if (answer?.status === 200) expect(isReplaced).toBe(true);
  await send(again, "spare", undefined, 3);
  const { body: page } = await ask<DevicesPage>(again, "/api/devices");
  expect(page.devices.map(({ deviceId }) => deviceId)).toEqual(isReplaced ? ["boiler"] : ["boiler", "spare"]);
  const values = (await readingsOf(again, "boiler")).map(({ metrics }) => metrics["co"]);
  expect(values).toEqual(isReplaced ? [1, 3] : [1]);
});
