/** A damaged page of the table of devices: it stops the boards in that page, and no others. Runs what was built. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import { createDamageNotes } from "../../../src/core/health/damage.ts";
import type { Write } from "../../../src/core/ports/writes.ts";
import { saveState, upkeep } from "../../support/history/stored-world.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { T0, timed } from "../cases/writes.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

/** Several pages of the table. */
const DEVICES = Array.from({ length: 40 }, (_, index) => `board-${index}` as DeviceId);
const PAGE_BYTES = 4_096;

async function open(dataDir: string) {
  const damage = createDamageNotes(createMemoryLog());
  const store = await openSqliteStore({ dataDir, log: createMemoryLog(), damage, onDead: () => {} });
  onTestFinished(() => store.close().catch(() => undefined));
  return { store, problem: damage.problem };
}

const readingOf = (deviceId: DeviceId, atMs: number): Write => timed(atMs, { a: atMs }, { deviceId });

/** What each device of a store is sent once more. */
const WRITES: Record<string, (deviceId: DeviceId) => Write> = {
  reading: (deviceId) => readingOf(deviceId, T0 + 60_000),
  "late reading": (deviceId) => readingOf(deviceId, T0 - 60_000),
  status: (deviceId) => ({ kind: "status", deviceId, receivedAtMs: T0, online: true }),
  attributes: (deviceId) => ({
    kind: "attributes",
    deviceId,
    receivedAtMs: T0,
    patch: new Map([["b", "x".repeat(900)]]),
  }),
  "next reading": (deviceId) => readingOf(deviceId, T0 + 120_000),
};

test.each([
  ["first", 0],
  ["last", -1],
])(
  "the %s page is damaged: its boards are refused in words, and in the same group all others are stored, saved and compressed",
  async (_which, index) => {
    const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-devices-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const { store: first } = await open(dataDir);
    await first.append(DEVICES.map((deviceId) => [readingOf(deviceId, T0)]));
    const patch = new Map([["note", "n".repeat(600)]]);
    await first.append(DEVICES.map((deviceId) => [{ kind: "attributes", deviceId, receivedAtMs: T0, patch }]));
    await first.close();
    const damaged = breakLeaf(path.join(dataDir, "aerie.db"), index);
    expect(damaged.size).toBeGreaterThan(2);
    expect(damaged.size).toBeLessThan(DEVICES.length / 2);

    const { store, problem } = await open(dataDir);
    expect(await store.load()).toHaveLength(DEVICES.length);
    for (const [kind, writeOf] of Object.entries(WRITES)) {
      const outcomes = await store.append(DEVICES.map((deviceId) => [writeOf(deviceId)]));
      for (const [at, [outcome]] of outcomes.entries()) {
        const deviceId = DEVICES[at] ?? "";
        if (damaged.has(deviceId) || (kind === "attributes" && outcome?.kind === "refused")) {
          const reason = expect.stringMatching(/damaged.*aerie restore/);
          expect(outcome, `${kind} ${deviceId}`).toMatchObject({ kind: "refused", reason });
        } else expect(outcome, `${kind} ${deviceId}`).toMatchObject({ kind: "stored" });
      }
      // A row that grows may need the damaged page beside its own.
      const stored = outcomes.filter(([outcome]) => outcome?.kind === "stored").length;
      expect(stored).toBeGreaterThan(DEVICES.length / 2);
    }
    expect(problem()).toMatch(/more: the log/);
    await saveState(store);
    await upkeep(store, T0 + 10 * 86_400_000);
    const hot = new DatabaseSync(path.join(dataDir, "aerie.db"), { readOnly: true });
    const sealed = hot
      .prepare("SELECT DISTINCT device_id FROM segment JOIN device ON device.key = segment.device")
      .all();
    hot.close();
    expect(sealed.length).toBeGreaterThan(DEVICES.length / 2);
  },
);

/** Breaks one leaf of the table; answers with the devices in it. */
function breakLeaf(file: string, index: number): ReadonlySet<string> {
  const db = new DatabaseSync(file);
  const leaves = db
    .prepare("SELECT pageno FROM dbstat WHERE name = 'device' AND pagetype = 'leaf' ORDER BY path")
    .all()
    .map((row) => Number(row["pageno"]));
  db.close();
  const bytes = readFileSync(file);
  const page = leaves.at(index) ?? 0;
  bytes.fill(0xff, (page - 1) * PAGE_BYTES, page * PAGE_BYTES);
  writeFileSync(file, bytes);
  const broken = new DatabaseSync(file, { readOnly: true });
  const one = broken.prepare("SELECT * FROM device WHERE device_id = ?");
  const isBroken = (deviceId: DeviceId): boolean => {
    try {
      return one.get(deviceId) === undefined;
    } catch {
      return true;
    }
  };
  const found = new Set(DEVICES.filter(isBroken));
  broken.close();
  return found;
}
