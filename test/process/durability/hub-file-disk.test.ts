/** `hub.db` that cannot be written while readings can: what would be learned is not acknowledged, which is said. */
import { rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Readiness } from "../../../src/contract/rest.ts";
import { announceBoard } from "../../support/clients/announcement.ts";
import { connectRaw, type RawClient } from "../../support/clients/raw-client.ts";
import { attach } from "../../support/hub/faulty-hub.ts";
import { type HubAddress, spawnHub, startHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { idOf, PUBACK } from "../../support/packets/packets.ts";
import { readTools } from "../../support/tools.ts";
import { until, within } from "../../support/until.ts";

const readinessOf = async (hub: HubAddress): Promise<Readiness> => (await ask<Readiness>(hub, "/readyz")).body;
const acknowledged = ({ received }: RawClient): number[] => received.filter(({ type }) => type === PUBACK).map(idOf);

/** Its connection ends without an acknowledgement. */
async function expectNotTaken(hub: HubAddress, board: number): Promise<void> {
  const client = await connectRaw(hub, { clientId: `board${board}` });
  announceBoard(client, board, 1);
  await within("the connection is closed", client.closed);
  expect(acknowledged(client)).toEqual([]);
}

async function expectReadingStored(hub: HubAddress): Promise<void> {
  const client = await connectRaw(hub, { clientId: "hall" });
  client.publish({ topic: "devices/hall/telemetry", payload: '{"t":1}', qos: 1, packetId: 1 });
  await client.packets(PUBACK, 1);
}

test("without hub.db nothing is learned, readings are stored, and readiness says what to do", async () => {
  const hub = await startHub();
  rmSync(path.join(hub.dataDir, "hub.db"));

  await expectNotTaken(hub, 1);
  await expectReadingStored(hub);

  const { ready, warnings } = await until("the hub says so", async () => {
    const found = await readinessOf(hub);
    return found.warnings.length > 0 && found;
  });
  expect(ready).toBe(true);
  expect(warnings).toEqual([
    { part: "hub file", problem: expect.stringMatching(/hub\.db was removed or replaced .* restart the hub/) },
  ]);
});

test.runIf(process.platform === "linux" && readTools().strace !== undefined)(
  "while the disk fails under hub.db nothing is learned, which is said until it is over; then it is",
  async () => {
    const hub = await spawnHub();
    const files = ["hub.db", "hub.db-wal"].flatMap((name) => ["-P", path.join(hub.dataDir, name)]);
    const calls = "pwrite64,fdatasync,fsync";
    const works = await attach(hub.pid, [...files, "-e", `trace=${calls}`, "-e", `inject=${calls}:error=EIO`]);

    await expectNotTaken(hub, 1);
    const { warnings } = await until("the hub says so", async () => {
      const found = await readinessOf(hub);
      return found.warnings.some(({ part }) => part === "hub file") && found;
    });
    const said = expect.stringMatching(/hub\.db cannot be (read|written).*: its disk fails.*Check the disk/);
    expect(warnings).toEqual([
      { part: "hub file", problem: said },
      { part: "disk errors", problem: said },
    ]);
    await expectReadingStored(hub);

    await works();
    await until("nothing is said any more", async () => (await readinessOf(hub)).warnings.length === 0);
    const client = await connectRaw(hub, { clientId: "board1" });
    announceBoard(client, 1, 2);
    await client.packets(PUBACK, 1);
  },
);
