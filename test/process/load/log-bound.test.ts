/**
 * A long read is many short ones, so that the write-ahead log restarts behind each checkpoint (8,000 pages, 32 MiB) while
 * somebody pages through everything. Tried by hand: with one transaction held open beside it (`BEGIN` and a SELECT on a
 * second connection, ended with the test) the log grew with all that was written, to 147 MiB, and this test failed.
 */
import { statSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ReadingPosition } from "../../../src/core/ports/history.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { KEEP_ALL, saveAll } from "../../contract/cases/history-contract.ts";
import { boiler, T0, timed } from "../../contract/cases/writes.ts";
import { tempDir } from "../../support/hub/hub.ts";
import { pause } from "../../support/until.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

const MIB = 2 ** 20;
/** Of readings; the log has more than twice that to hold: indexes, sealing. */
const WRITTEN_BYTES = 64 * MIB;
/** A checkpoint begins at 32 MiB, and waits for the read that is under way. */
const BOUND_BYTES = 64 * MIB;
const GROUP = 250;
/** One reading of two kilobytes, a second after the one before. */
const NOTES = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`note${index}`, "x".repeat(190)]));

test("the write-ahead log stays within its bound while somebody pages through all readings and ingest goes on", {
  timeout: 180_000,
}, async () => {
  const dataDir = tempDir();
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const store = await openSqliteStore({ dataDir, log, onDead: () => {} });
  onTestFinished(() => store.close());
  const logBytes = (): number => statSync(path.join(dataDir, "aerie.db-wal")).size;
  let largest = 0;
  let done = false;

  const reading = readOverAndOver(store, () => done);
  let written = 0;
  for (let count = 0; written < WRITTEN_BYTES; count += GROUP) {
    const group = Array.from({ length: GROUP }, (_, i) => [timed(T0 + (count + i) * 1_000, { ...NOTES, i })]);
    written += group.reduce((sum, [write]) => sum + (write?.body.length ?? 0), 0);
    await store.append(group);
    if (count % (8 * GROUP) === 0) await saveAll(store);
    if (count % (2 * GROUP) === 0) await store.upkeep({ nowMs: T0 + count * 1_000, retention: KEEP_ALL });
    largest = Math.max(largest, logBytes());
  }
  done = true;
  const { pages, rounds } = await reading;

  expect(largest / MIB).toBeLessThan(BOUND_BYTES / MIB);
  // Else it has not come to a checkpoint, or nobody read meanwhile.
  expect(largest / MIB).toBeGreaterThan(25);
  expect(pages).toBeGreaterThan(50);
  expect(rounds).toBeGreaterThan(0);
});

/** From the first reading to the last, page by page as a browser or an export asks, again and again. */
async function readOverAndOver(store: Store, isDone: () => boolean): Promise<{ pages: number; rounds: number }> {
  let [pages, rounds] = [0, 0];
  while (!isDone()) {
    let behind: ReadingPosition | undefined;
    for (;;) {
      const page = await store.readings({
        deviceId: boiler,
        fromMs: 0,
        toMs: Number.MAX_SAFE_INTEGER,
        limit: 1_000,
        order: "asc",
        behind,
      });
      pages++;
      behind = page.at(-1);
      if (behind === undefined) break;
      await pause(2);
    }
    rounds++;
  }
  return { pages, rounds };
}
