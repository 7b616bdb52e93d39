/** With MongoDB, what was learned and set of devices is on the hub's own disk: it is there at a start while MongoDB is away. */
import { describe, expect, onTestFinished, test } from "vitest";
import type { Device } from "../../../src/contract/readings.ts";
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

describe.skipIf(isMongodSkipped)("MongoDB", () => {
  test("a hub that was killed and starts while MongoDB is away knows what boards announced and what was set", async () => {
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
    await first.kill();
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
