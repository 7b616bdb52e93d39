/** The data directory is removed or replaced while the hub runs: nothing more is acknowledged, and the hub says why. */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Readiness } from "../../../src/contract/rest.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { T0, timed } from "../../contract/cases/writes.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { compareAll, NO_DIFFERENCES } from "../../support/history/stored-sequences.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { idOf, PINGREQ_PACKET, PINGRESP, PUBACK } from "../../support/packets/packets.ts";
import { until } from "../../support/until.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-outbox.js", import.meta.url).href;
const { openSqliteOutbox } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-outbox.ts");

const aside = (dir: string): string => `${dir}-aside`;

/** What somebody does to the directory; `kept`: where what the hub acknowledged is afterwards. */
const KINDS: {
  readonly [what: string]: { readonly run: (dir: string) => void; readonly kept?: (dir: string) => string };
} = {
  "the directory is removed": { run: (dir) => rmSync(dir, { recursive: true }) },
  "the directory is moved away": { run: (dir) => renameSync(dir, aside(dir)), kept: aside },
  "the directory is moved away, and an empty one made": {
    run: (dir) => {
      renameSync(dir, aside(dir));
      mkdirSync(dir);
    },
    kept: aside,
  },
  "the directory is replaced by a copy": {
    run: (dir) => {
      renameSync(dir, aside(dir));
      cpSync(aside(dir), dir, { recursive: true, filter: (file) => !file.endsWith(".sock") });
    },
    kept: aside,
  },
  "the database is removed": { run: (dir) => rmSync(path.join(dir, "aerie.db")) },
  "the database is replaced by a copy": {
    run: (dir) => {
      const file = path.join(dir, "aerie.db");
      const bytes = readFileSync(file);
      rmSync(file);
      writeFileSync(file, bytes);
    },
  },
  "the write-ahead log is removed": { run: (dir) => rmSync(path.join(dir, "aerie.db-wal")) },
};

test.each(Object.entries(KINDS))(
  "%s: what comes is not acknowledged, and readiness says what to do",
  async (_what, kind) => {
    const dataDir = path.join(tempDir(), "data");
    const hub = await startHub({ settings: { dataDir } });
    onTestFinished(() => rmSync(aside(dataDir), { recursive: true, force: true }));
    const board = await connectRaw(hub, { clientId: "board" });
    const publish = (seq: number): void =>
      board.publish({ topic: "devices/board/telemetry", payload: JSON.stringify({ seq }), qos: 1, packetId: seq });
    const acknowledged = (): number[] => board.received.filter(({ type }) => type === PUBACK).map(idOf);
    for (const seq of [1, 2, 3]) publish(seq);
    await board.packets(PUBACK, 3);

    kind.run(dataDir);
    publish(4);
    board.send(PINGREQ_PACKET);
    await board.packets(PINGRESP, 1); // so the hub has read what came before
    const { problems } = await until("the hub is not ready", async () => {
      const { status, body } = await ask<Readiness>(hub, "/readyz");
      return status === 503 && body;
    });

    expect(problems).toEqual([
      { part: "store", problem: expect.stringMatching(/aerie\.db.* was removed or replaced .* restart the hub/) },
    ]);
    expect(acknowledged()).toEqual([1, 2, 3]);
    await hub.close();
    expect(acknowledged()).toEqual([1, 2, 3]);
    if (kind.kept === undefined) return;
    const restarted = await startHub({ settings: { dataDir: kind.kept(dataDir) } });
    expect(await compareAll(restarted, "board", [1, 2, 3])).toEqual(NO_DIFFERENCES);
  },
);

test("an idle hub says within seconds that its data directory is gone, once", async () => {
  const hub = await startHub({ settings: { dataDir: path.join(tempDir(), "data") } });

  rmSync(hub.dataDir, { recursive: true });
  await until("the hub is not ready", async () => (await ask(hub, "/readyz")).status === 503, { withinMs: 5_000 });

  expect(hub.logged.filter(({ event }) => event === "nothing can be stored")).toHaveLength(1);
  await hub.close();
  expect(existsSync(hub.dataDir)).toBe(false);
});

test("the outbox of MongoDB takes nothing more when its directory is removed", async () => {
  const dataDir = path.join(tempDir(), "outbox");
  const log = createMemoryLog();
  const outbox = await openSqliteOutbox({ dataDir, clock: systemClock, log, onDead: () => {}, maxBytes: 1e8 });
  onTestFinished(() => outbox.close());
  await outbox.put([[timed(T0, { temperature: 20 })]], undefined);

  rmSync(dataDir, { recursive: true });

  const put = outbox.put([[timed(T0 + 1_000, { temperature: 21 })]], undefined);
  await expect(put).rejects.toMatchObject({ message: expect.stringContaining("removed or replaced"), passing: true });
  expect(await outbox.filesProblem()).toContain(path.join(dataDir, "aerie.db"));
});

test("a directory that has replaced the hub's keeps its accounts, its time and its socket", async () => {
  const dataDir = path.join(tempDir(), "data");
  const { hub, owner, token } = await openAccessWorld({ settings: { dataDir } });
  await token("viewer"); // so that the sign-in before it is on disk, too
  onTestFinished(() => rmSync(aside(dataDir), { recursive: true, force: true }));
  renameSync(dataDir, aside(dataDir));
  mkdirSync(dataDir);
  const names = ["access.json", "access.key", "time.json", "aerie.sock"];
  for (const name of names) writeFileSync(path.join(dataDir, name), "of another hub");

  const body = { name: "a", scope: "viewer" };
  const made = await owner.ask<{ code: string }>("/api/tokens", { method: "POST", body });

  expect([made.status, made.body.code]).toEqual([503, "ACCESS_NOT_SAVED"]);
  expect(made.text).toContain("was removed or replaced");
  await hub.close();
  const held = names.map((name) => readFileSync(path.join(dataDir, name), "utf8"));
  expect(held).toEqual(names.map(() => "of another hub"));
});
