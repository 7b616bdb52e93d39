/** Records of the outbox: what each version of the hub wrote is read, and this one writes each byte as it is described. Runs what was built. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import type { KeptDelivery, KeptMessage } from "../../../src/core/ports/broker-state.ts";
import type { WritesOfMessage } from "../../../src/core/ports/writes.ts";
import { MIGRATIONS, migrate } from "../../../src/store/sqlite/db/schema.ts";
import { readGroup, readOutcomes, storedGroup, storedOutcomes } from "../../../src/store/sqlite/format/outbox-group.ts";
import { writeRecord } from "../../../src/store/sqlite/format/outbox-record.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";
import { SAMPLE_MESSAGES, SAMPLE_OUTCOMES } from "../../support/history/outbox-sample.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { T0, timed } from "../cases/writes.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-outbox.js", import.meta.url).href;
const { openSqliteOutbox } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-outbox.ts");

const sample = (name: string): Buffer =>
  Buffer.from(readFileSync(new URL(`../../samples/outbox/${name}.base64`, import.meta.url), "utf8"), "base64");

/** As a hub of before the migration left it. */
const FORMER_TABLE = `CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, writes INTEGER NOT NULL, batch BLOB NOT NULL, places BLOB
) STRICT`;
const FORMER_SCHEMA = 3;

/** Two groups: the outcomes of the first are decided. */
function dirWith(batch: Buffer, outcomes: Buffer, second = batch): string {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-outbox-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const file = path.join(dataDir, "aerie.db");
  const db = new DatabaseSync(file);
  db.exec("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
  migrate(db, file, MIGRATIONS.slice(0, FORMER_SCHEMA));
  db.exec(FORMER_TABLE);
  const insert = db.prepare("INSERT INTO outbox (at, writes, batch, places) VALUES (?, ?, ?, ?)");
  const writes = SAMPLE_MESSAGES.flat().length;
  insert.run(T0, writes, batch, outcomes);
  insert.run(T0 + 1, writes, second, null);
  db.close();
  return dataDir;
}

async function open(dataDir: string) {
  const [clock, log] = [createManualClock({ nowMs: T0 }), createMemoryLog()];
  const outbox = await openSqliteOutbox({ dataDir, clock, log, onDead: () => {}, maxBytes: 1e9 });
  onTestFinished(() => outbox.close().catch(() => undefined));
  return outbox;
}

/** Deliveries of one message share it. */
function messagesOfDeliveries(messages: readonly WritesOfMessage[]): (KeptMessage | undefined)[] {
  const entries = messages.flat().flatMap((write) => (write.kind === "journal" ? [write.entry] : []));
  return entries.flatMap(({ of, value }) => (of === "delivery" ? [(value as KeptDelivery | undefined)?.message] : []));
}

describe("a record of the outbox", () => {
  for (const version of ["plain-v8", "version-1", "version-2"]) {
    test(`that was written as ${version} is sent whole after the upgrade, and put there again as this version writes it`, async () => {
      const outbox = await open(dirWith(sample(`${version}-batch`), sample(`${version}-places`)));
      expect(outbox.state()).toMatchObject({ groups: 2, writes: 2 * SAMPLE_MESSAGES.flat().length, sinceMs: T0 });

      const sent = await outbox.next(0);
      expect(sent?.messages).toEqual(SAMPLE_MESSAGES);
      expect(sent?.assigned).toEqual({ messages: SAMPLE_MESSAGES, outcomes: SAMPLE_OUTCOMES });
      const [first, second] = messagesOfDeliveries(sent?.messages ?? []);
      expect(first).toBeDefined();
      expect(first).toBe(second);
      await outbox.remove(1);

      const waiting = await outbox.next(1);
      expect(waiting?.messages).toEqual(SAMPLE_MESSAGES);
      expect(waiting?.assigned).toBeUndefined();
      if (waiting === undefined) return;
      await outbox.assign(waiting, { messages: SAMPLE_MESSAGES, outcomes: SAMPLE_OUTCOMES });
      const again = await outbox.next(1);
      expect(again?.assigned).toEqual({ messages: SAMPLE_MESSAGES, outcomes: SAMPLE_OUTCOMES });
    });
  }

  test("that was written without a checksum and is cut off is left out, and the next is sent", async () => {
    const whole = sample("plain-v8-batch");
    const outbox = await open(dirWith(whole.subarray(0, whole.length - 9), sample("plain-v8-places"), whole));
    const group = await outbox.next(0);
    expect([group?.seq, group?.assigned]).toEqual([2, undefined]);
    expect(group?.messages).toEqual(SAMPLE_MESSAGES);
    expect(outbox.state().groups).toBe(1);
  });

  test("is written byte for byte as the sample of this version", () => {
    expect(writeRecord(storedGroup(SAMPLE_MESSAGES)).equals(sample("version-2-batch"))).toBe(true);
    expect(writeRecord(storedOutcomes(SAMPLE_OUTCOMES)).equals(sample("version-2-places"))).toBe(true);
  });

  test("gives each value back exactly, also the odd ones", () => {
    const odd: WritesOfMessage[] = [
      [],
      [{ ...timed(0, { "a.b": 0, zero: -0, text: '"\\\u2028😀\udc00' }), n: 0 }],
      [{ ...timed(8.64e15, {}, { element: 4_294_967_295, receivedAtMs: 0 }), n: Number.MAX_SAFE_INTEGER }],
      [],
    ];
    expect(readGroup(storedGroup(odd))).toEqual(
      odd.map((writes) =>
        writes.map((write) => {
          if (write.kind !== "reading") return write;
          return { ...write, metrics: new Map(Object.entries(JSON.parse(String(write.body)))) };
        }),
      ),
    );
    const parts = [Buffer.from('{"a":'), Buffer.from("1}")];
    expect(readGroup(storedGroup([[{ ...timed(T0, { a: 1 }), body: parts }]]))).toEqual([[timed(T0, { a: 1 })]]);
    expect(readGroup(storedGroup([]))).toEqual([]);
    expect(readOutcomes(storedOutcomes([[], [{ kind: "stored", n: 2 ** 53 - 1 }]]))).toEqual([
      [],
      [{ kind: "stored", n: 2 ** 53 - 1 }],
    ]);
  });
});
