/** A restore that runs out of space: what was there is there, complete, and a hub starts with it; with space it is the copy. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { limitedTo } from "../../support/faults/full-disk.ts";
import { openAccessWorld, signIn } from "../../support/hub/access-world.ts";
import { runCommand, runWrapped } from "../../support/hub/command.ts";
import { type InProcessHub, startHub, tempDir } from "../../support/hub/hub.ts";

// The database's driver is a library of what was built.
const built = new URL("../../../dist/src/store/sqlite/copy/restore.js", import.meta.url).href;
const { restoreStore } = (await import(built)) as typeof import("../../../src/store/sqlite/copy/restore.ts");

const onlyIts = (names: readonly string[]): string[] =>
  names.filter((name) => !/\.(lock|pid|sock)$|-shm$/.test(name)).sort();

/** Its devices, and whether the board of each state is let in. */
async function stateOf(hub: InProcessHub, former: string, copied: string): Promise<unknown> {
  const owner = await signIn(hub, "Owner");
  const { devices } = (await owner.ask<{ devices: { deviceId: string }[] }>("/api/devices")).body;
  const isIn = (username: string, password: string): Promise<boolean> =>
    connectJs(hub.mqttUrl, { username, password }).then(
      () => true,
      () => false,
    );
  return {
    devices: devices.map(({ deviceId }) => deviceId).sort(),
    former: await isIn("former", former),
    copied: await isIn("copied", copied),
  };
}

test("a restore without space says so and changes nothing; with space it is the copy, and what was there is kept", async () => {
  const world = await openAccessWorld();
  const { hub } = world;
  const publish = async (deviceId: string): Promise<string> => {
    const { secret } = await world.board(deviceId);
    const board = await connectJs(hub.mqttUrl, { username: deviceId, password: secret });
    await board.publish(`devices/${deviceId}/telemetry`, '{"a":1}', { qos: 1 });
    return secret;
  };
  const copied = await publish("copied");
  const copy = path.join(tempDir(), "copy.db");
  expect(await runCommand("backup", copy, "-d", hub.dataDir)).toMatchObject({ exitCode: 0 });
  const former = await publish("former");
  await world.owner.ask("/api/boards/copied", { method: "DELETE" });
  await hub.close();
  const { dataDir } = hub;
  const before = onlyIts(readdirSync(dataDir));
  const start = () => startHub({ settings: { auth: "on", dataDir } });

  for (const spaceBytes of [4_096, statSync(copy).size - 4_096]) {
    const limited = await runWrapped(limitedTo(spaceBytes), "restore", copy, "-d", dataDir);
    expect(limited.exitCode).toBe(1);
    expect(limited.stderr).toMatch(/The store was not restored: .*\. What was there is unchanged\./);
    expect(onlyIts(readdirSync(dataDir))).toEqual(before);
  }
  const unchanged = await start();
  expect(await stateOf(unchanged, former, copied)).toEqual({
    devices: ["copied", "former"],
    former: true,
    copied: false,
  });
  await unchanged.close();

  const done = await runCommand("restore", copy, "-d", dataDir);
  expect(done.exitCode).toBe(0);
  const kept = readdirSync(dataDir).filter((name) => name.includes("before-restore"));
  const names = ["access.json", "access.key", "aerie.db", "hub.db"];
  expect(kept.map((name) => name.replace(/\.before.*/, "")).sort()).toEqual(names);
  for (const name of kept) expect(done.stderr).toContain(path.join(dataDir, name));
  expect(await stateOf(await start(), former, copied)).toEqual({ devices: ["copied"], former: false, copied: true });
});

test("positions of imports belong to the store: a restore that fails leaves them, and one that succeeds keeps them aside", async () => {
  const hub = await startHub();
  await hub.close();
  const copy = path.join(hub.dataDir, "aerie.db");
  const dataDir = tempDir();
  const position = path.join(dataDir, "imports", "place.json");
  mkdirSync(path.dirname(position));
  writeFileSync(position, "how far");
  writeFileSync(path.join(dataDir, "aerie.db-wal"), "former log");
  // It is in the way of where the former log is to be kept.
  const inTheWay = path.join(dataDir, "aerie.db.before-restore-2026-11-29T10-00-00-wal");
  mkdirSync(path.join(inTheWay, "full"), { recursive: true });
  const restore = () =>
    restoreStore({
      ...{ dataDir, copy, nowMs: Date.UTC(2026, 10, 29, 10), beside: [], outdated: ["imports"] },
      onBytes: () => undefined,
      say: () => undefined,
    });

  await expect(restore()).rejects.toThrow("What was there before has been put back");
  expect(readFileSync(position, "utf8")).toBe("how far");

  rmSync(inTheWay, { recursive: true });
  const aside = path.join(dataDir, "imports.before-restore-2026-11-29T10-00-00");
  expect(await restore()).toContain(aside);
  expect(readdirSync(path.dirname(position))).toEqual([]);
  expect(readFileSync(path.join(aside, "place.json"), "utf8")).toBe("how far");
});
