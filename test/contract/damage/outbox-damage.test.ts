/** A damaged record of the outbox: what waits before and behind it is sent, and what it held is said to be lost. Runs what was built. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { crc32 } from "node:zlib";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { createDamageNotes } from "../../../src/core/health/damage.ts";
import { readFormerGroup } from "../../../src/store/sqlite/format/former-outbox-group.ts";
import { openRecord, writeRecord } from "../../../src/store/sqlite/format/outbox-record.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { T0, timed } from "../cases/writes.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-outbox.js", import.meta.url).href;
const { openSqliteOutbox } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-outbox.ts");

async function open(dataDir: string) {
  const damage = createDamageNotes(createMemoryLog());
  const clock = createManualClock({ nowMs: T0 });
  const options = { dataDir, clock, log: createMemoryLog(), onDead: () => {}, maxBytes: 1e9, damage };
  const outbox = await openSqliteOutbox(options);
  onTestFinished(() => outbox.close().catch(() => undefined));
  return { outbox, problem: damage.problem };
}

test("each bit of a record that turns is found", () => {
  const content = Uint8Array.of(0, 1, 255, 128, 10);
  const record = writeRecord(content);
  expect(openRecord(record)).toEqual({ format: "group", content: Buffer.from(content), hasChecksum: true });
  for (let bit = 0; bit < record.length * 8; bit++) {
    const turned = Buffer.from(record);
    turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    // One whose first byte says that it has no checksum is read to see whether it is damaged.
    expect(() => readFormerGroup(openRecord(turned).content), `bit ${bit}`).toThrow();
  }
  for (const length of [0, 1, 4, 5, record.length - 1]) expect(() => openRecord(record.subarray(0, length))).toThrow();
});

test("what a later version of the hub wrote is kept, and the start says which version to start", async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-outbox-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const first = await open(dataDir);
  await first.outbox.put([[timed(T0, { a: 1 })]], undefined);
  await first.outbox.close();
  const db = new DatabaseSync(path.join(dataDir, "aerie.db"));
  const bytes = Buffer.from("of another format");
  const head = Buffer.of(3, 0, 0, 0, 0);
  head.writeUInt32LE(crc32(bytes, crc32(Uint8Array.of(3))), 1);
  db.prepare("UPDATE outbox SET batch = ?").run(Buffer.concat([head, bytes]));
  db.close();

  await expect(open(dataDir)).rejects.toThrow(/later version of the hub: start that version/);

  const kept = new DatabaseSync(path.join(dataDir, "aerie.db"));
  expect(kept.prepare("SELECT count(*) AS many FROM outbox").get()?.["many"]).toBe(1);
  kept.close();
});

for (const which of [[1], [2], [5], [1, 2, 3, 4, 5]]) {
  test(`of five groups that wait, ${which.join(", ")} damaged: the others are sent in order, and then nothing waits`, async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-outbox-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const first = await open(dataDir);
    for (let group = 1; group <= 5; group++) {
      await first.outbox.put([[timed(T0 + group, { group }), timed(T0 + 100 + group, { group })]], undefined);
    }
    await first.outbox.close();
    const db = new DatabaseSync(path.join(dataDir, "aerie.db"));
    for (const seq of which) {
      const record = db.prepare("SELECT batch FROM outbox WHERE seq = ?").get(seq)?.["batch"] as Uint8Array;
      record[record.length >> 1] = (record[record.length >> 1] ?? 0) ^ 4;
      db.prepare("UPDATE outbox SET batch = ? WHERE seq = ?").run(record, seq);
    }
    db.close();

    const { outbox, problem } = await open(dataDir);
    const sent: number[] = [];
    for (let behind = 0; ; ) {
      const group = await outbox.next(behind);
      if (group === undefined) break;
      for (const [write] of group.messages)
        sent.push(write?.kind === "reading" ? Number(write.metrics.get("group")) : 0);
      await outbox.remove(group.seq);
      behind = group.seq;
    }
    expect(sent).toEqual([1, 2, 3, 4, 5].filter((group) => !which.includes(group)));
    expect(outbox.state()).toMatchObject({ groups: 0, writes: 0 });
    expect(problem()).toMatch(
      /aerie\.db, a group of 2 readings and other writes that waited for MongoDB since 2026-11-01T/,
    );
  });
}
