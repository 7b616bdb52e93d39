/** A disk without a byte left: the hub starts on it, stores nothing, and what is deleted in the dashboard gives it room again. */
import { cpSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Readiness } from "../../../src/contract/rest.ts";
import { KEEP_ALL } from "../../contract/cases/history-contract.ts";
import { deviceId, T0, timed } from "../../contract/cases/writes.ts";
import { connectRaw, type RawClient } from "../../support/clients/raw-client.ts";
import { type InProcessHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { mountSmallDisk, type SmallDisk } from "../../support/hub/small-disk.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { idOf, PINGREQ_PACKET, PINGRESP, PUBACK } from "../../support/packets/packets.ts";
import { until } from "../../support/until.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

const DISK_MB = 64;
const DEVICES = ["a", "b", "c", "d"].map(deviceId);
/** Of all devices, some 12 MB. */
const READINGS = 6_000;
/** Two kilobytes. */
const NOTES = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`note${index}`, "x".repeat(190)]));

const STARTS: { readonly [what: string]: (disk: SmallDisk) => Promise<InProcessHub> } = {
  "was stopped in order before its disk was full": async (disk) => {
    const dataDir = await storeOn(disk);
    disk.fill();
    return startHub({ settings: { dataDir } });
  },
  "was killed before its disk was full": async (disk) => {
    const dataDir = path.join(disk.dir, "killed");
    await storeOn(disk, (from) => cpSync(from, dataDir, { recursive: true }));
    disk.fill();
    return startHub({ settings: { dataDir } });
  },
  "runs when its disk becomes full": async (disk) => {
    const hub = await startHub({ settings: { dataDir: await storeOn(disk) } });
    disk.fill();
    return hub;
  },
};

test.each(Object.entries(STARTS))(
  "a hub that %s stores nothing and says so; once devices are deleted it stores again",
  async (_what, start) => {
    const disk = mountSmallDisk(DISK_MB);
    if (disk.fault !== undefined) return expect(disk.fault).toMatch(/permi|superuser|denied/i); // this user may mount no disk
    const hub = await start(disk);
    const board = await connectRaw(hub, { clientId: "board" });
    const publish = (packetId: number): void =>
      board.publish({ topic: "devices/board/telemetry", payload: JSON.stringify(NOTES), qos: 1, packetId });
    const sent = await fillLog(board, publish, hub);

    expect((await readiness(hub)).problems).toEqual([{ part: "store", problem: expect.stringMatching(/disk.* full/) }]);
    expect((await ask(hub, "/api/devices/a/readings?limit=1&from=2020-01-01T00:00:00Z")).status).toBe(200);
    expect(acknowledged(board)).not.toContain(sent);
    for (const device of DEVICES) {
      expect((await ask(hub, `/api/devices/${device}`, { method: "DELETE" })).status).toBe(204);
    }
    await until("the last reading is acknowledged", () => acknowledged(board).includes(sent), { withinMs: 20_000 });
    await until("the hub is ready", async () => (await readiness(hub)).ready);
  },
);

test("a new hub on a full disk is refused in words", async () => {
  const disk = mountSmallDisk(1);
  if (disk.fault !== undefined) return expect(disk.fault).toMatch(/permi|superuser|denied/i); // this user may mount no disk
  const dataDir = path.join(disk.dir, "data");
  disk.fill();

  const fault = await startHub({ settings: { dataDir } }).catch((error: Error) => error);

  expect(fault).toMatchObject({
    name: "StartError",
    message: expect.stringMatching(/The disk of .* is full.*Free some/),
  });
});

test("a damaged database on a full disk is called damaged", async () => {
  const disk = mountSmallDisk(1);
  if (disk.fault !== undefined) return expect(disk.fault).toMatch(/permi|superuser|denied/i); // this user may mount no disk
  writeFileSync(path.join(disk.dir, "aerie.db"), Buffer.alloc(8_192, "x"));
  const lockFiles = ["aerie.lock", "aerie.pid"];
  for (const name of lockFiles) writeFileSync(path.join(disk.dir, name), "");
  disk.fill();
  const opening = openSqliteStore({ dataDir: disk.dir, log: createMemoryLog(), onDead: () => {} });
  await expect(opening).rejects.toThrow(/aerie\.db is damaged/);
});

test("a reserve that a kill left short is made whole", async () => {
  const dataDir = path.join(tempDir(), "data");
  mkdirSync(dataDir);
  const reserve = path.join(dataDir, "aerie.reserve");
  writeFileSync(reserve, "short");
  const store = await openSqliteStore({ dataDir, log: createMemoryLog(), onDead: () => {} });
  await store.upkeep({ nowMs: T0, retention: KEEP_ALL });
  await store.close();
  expect(statSync(reserve).size).toBe(4 * 1_048_576);
});

/** A store with readings, stopped. */
async function storeOn(disk: SmallDisk, beforeStop: (dataDir: string) => void = () => {}): Promise<string> {
  const dataDir = path.join(disk.dir, "data");
  const store = await openSqliteStore({ dataDir, log: createMemoryLog(), onDead: () => {} });
  onTestFinished(() => store.close().catch(() => undefined));
  for (let count = 0; count < READINGS; count += 500) {
    const device = DEVICES[(count / 500) % DEVICES.length] ?? DEVICES[0];
    const group = Array.from({ length: 500 }, (_, i) => timed(T0 + (count + i) * 1_000, NOTES));
    await store.append(group.map((reading) => [device === undefined ? reading : { ...reading, deviceId: device }]));
  }
  await store.upkeep({ nowMs: T0, retention: KEEP_ALL }); // makes the reserve
  beforeStop(dataDir);
  await store.close();
  return dataDir;
}

/** Sends until the hub takes no more; answers the packet id of the last that was sent. */
async function fillLog(board: RawClient, publish: (packetId: number) => void, hub: InProcessHub): Promise<number> {
  for (let packetId = 1; packetId < 5_000; packetId++) {
    publish(packetId);
    board.send(PINGREQ_PACKET);
    await board.packets(PINGRESP, packetId); // so the hub has read it
    if (!(await readiness(hub)).ready) return packetId;
  }
  throw new Error("the disk is not full");
}

const acknowledged = (board: RawClient): number[] => board.received.filter(({ type }) => type === PUBACK).map(idOf);

const readiness = async (hub: InProcessHub): Promise<Readiness> => (await ask<Readiness>(hub, "/readyz")).body;
