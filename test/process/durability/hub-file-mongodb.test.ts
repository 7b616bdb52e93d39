/** With MongoDB, what was learned and set of devices is on the hub's own disk: it is there at a start while MongoDB is away. */
import { describe, expect, onTestFinished, test } from "vitest";
import type { SparklinesAnswer } from "../../../src/contract/fleet/sparklines.ts";
import type { Device } from "../../../src/contract/readings.ts";
import type { DevicesPage } from "../../../src/contract/rest.ts";
import { announceBoard, announcedId, announcedName, stateTopic } from "../../support/clients/announcement.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { type HubAddress, spawnHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { databaseUrl, isMongodSkipped, launchMongod } from "../../support/mongodb/mongod.ts";
import { PUBACK } from "../../support/packets/packets.ts";

const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

async function report(hub: HubAddress, board: number, t: string): Promise<Device> {
  const client = await connectRaw(hub, { clientId: `board${board}` });
  client.publish({ topic: stateTopic(board), payload: t, qos: 1, packetId: 9 });
  await client.packets(PUBACK, 1);
  await client.vanish();
  return (await ask<Device>(hub, `/api/devices/${announcedId(board)}`)).body;
}

const fleet = async (hub: HubAddress, query: string): Promise<DevicesPage> =>
  (await ask<DevicesPage>(hub, `/api/devices?${query}`)).body;

/** The values in the sparklines of both boards. */
async function sparksOf(hub: HubAddress): Promise<number[][]> {
  const body = { devices: [announcedId(1), announcedId(2)] };
  const answer = await ask<SparklinesAnswer>(hub, "/api/sparklines", { method: "POST", body });
  return answer.body.sparklines.map(({ means }) => means.filter((mean) => mean !== null));
}

describe.skipIf(isMongodSkipped)("MongoDB", () => {
  test("a hub that was killed and starts while MongoDB is away knows what boards announced and what was set, and answers about all of them", async () => {
    const mongod = await launchMongod();
    onTestFinished(() => mongod.dispose());
    const [dataDir, mongodbUrl] = [tempDir(), databaseUrl(mongod)];
    const first = await spawnHub({ dataDir, env: { AERIE_MONGODB_URL: mongodbUrl } });
    const client = await connectRaw(first, { clientId: "boards" });
    for (const board of [1, 2]) announceBoard(client, board, board);
    await client.packets(PUBACK, 2);
    const [metric = ""] = Object.keys((await report(first, 1, "20")).metricInfo);
    const patch = { metrics: { [metric]: { label: "Oven" } } };
    const { status } = await ask(first, `/api/devices/${announcedId(1)}`, { method: "PATCH", body: patch });
    expect(status).toBe(200);
    const changes = { devices: [announcedId(2)], place: "Attic", addTags: ["spare"] };
    await report(first, 2, "30");
    await ask(first, "/api/devices/changes", { method: "POST", body: changes });
    const hottest = await fleet(first, `sort=-metric:${metric}&limit=1`);
    expect(hottest.devices).toMatchObject([{ deviceId: announcedId(2), place: "Attic" }]);
    const rest = await fleet(first, `sort=-metric:${metric}&cursor=${hottest.nextCursor}`);
    expect(rest.devices).toMatchObject([{ deviceId: announcedId(1) }]);
    expect(rest.counts).toMatchObject({ all: 2, new: 2 });
    expect((await fleet(first, "place=Attic&tag=spare&group=tag")).groups).toMatchObject([{ name: "spare" }]);
    expect(await sparksOf(first)).toEqual([[20], [30]]);
    await first.kill();
    const third = await startHub({ settings: { dataDir, mongodbUrl } }); // what it shows is read from MongoDB
    expect(await sparksOf(third)).toEqual([[20], [30]]);
    await third.close();
    await mongod.kill();

    const second = await startHub({ settings: { dataDir, mongodbUrl } });

    expect(await report(second, 1, "21")).toMatchObject({
      name: announcedName(1),
      metricInfo: { [metric]: { label: "Oven", unit: "°C" } },
      latest: { [metric]: { value: 21 } },
    });
    expect(await report(second, 2, "22")).toMatchObject({
      name: announcedName(2),
      metricInfo: { [metric]: { label: "Temperature", unit: "°C" } },
    });
    // No other store is opened beside this one's files.
    const other = openSqliteStore({ dataDir, log: createMemoryLog(), onDead: () => {} });
    await expect(other).rejects.toThrow(`in use by another hub, process ${process.pid}`);
  });
});
