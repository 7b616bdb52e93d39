/** The file that keeps the hub's time: what is damaged counts as missing, and is reported. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TimeRecord } from "../../../src/core/time/trusted-time.ts";
import { openTimeFile } from "../../../src/platform/time-file.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const FULL: TimeRecord = {
  nowMs: NOW,
  aheadMs: -12.5,
  fromMs: NOW - 5_000,
  hold: { differenceMs: 86_400_001, heldMs: 1_000 },
  shifts: [{ fromMs: NOW - 9_000, toMs: NOW - 8_000, addMs: 70_000 }],
};
const PLAIN: TimeRecord = { nowMs: NOW, aheadMs: 0, fromMs: undefined, hold: undefined, shifts: [] };

let dataDir = "";
let file = "";
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "aerie-time-"));
  file = path.join(dataDir, "time.json");
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function open() {
  const damage: string[] = [];
  return { ...openTimeFile({ dataDir, onDamage: (words) => damage.push(words) }), damage };
}

test.each([
  ["with all fields", FULL],
  ["without optional fields", PLAIN],
])("a record %s is read as it was saved", async (_, saved) => {
  await open().save(saved);
  const { record, damage } = open();
  expect([record, damage]).toEqual([saved, []]);
});

test("a file of version 1 is read, and written again byte for byte", async () => {
  const sample = readFileSync(new URL("../../samples/time/version-1.json", import.meta.url), "utf8");
  writeFileSync(file, sample);
  const { record, damage } = open();
  expect([record, damage]).toEqual([FULL, []]);
  rmSync(file);
  await open().save(FULL);
  expect(readFileSync(file, "utf8")).toBe(sample);
});

test("a missing file is no damage", () => {
  const { record, damage } = open();
  expect([record, damage]).toEqual([undefined, []]);
});

test("each single bit that flips changes nothing, or the file counts as missing and that is reported", async () => {
  await open().save(FULL);
  const whole = readFileSync(file);
  const expected = JSON.stringify(FULL);
  const wrong: number[] = [];
  let missing = 0;
  const handle = openSync(file, "r+");
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const at = bit >> 3;
    writeSync(handle, Buffer.of((whole[at] ?? 0) ^ (1 << (bit & 7))), 0, 1, at);
    const { record, damage } = open();
    if (record === undefined) missing++;
    else if (JSON.stringify(record) !== expected) wrong.push(bit);
    if (damage.length !== (record === undefined ? 1 : 0)) wrong.push(bit);
    writeSync(handle, whole, at, 1, at);
  }
  closeSync(handle);
  expect(wrong).toEqual([]);
  expect(missing).toBeGreaterThan(whole.length * 7);
});

test("a file that is cut counts as missing", async () => {
  await open().save(FULL);
  const whole = readFileSync(file);
  for (let length = 0; length < whole.length - 1; length += 7) {
    writeFileSync(file, whole.subarray(0, length));
    const { record, damage } = open();
    expect(record, `${length} bytes`).toBeUndefined();
    expect(damage).toEqual([expect.stringMatching(/^time\.json in the data directory is damaged: .*Check the disk$/)]);
  }
});

test("a file without a checksum, or of another version, counts as missing", () => {
  for (const content of [{ version: 1, ...PLAIN }, { version: 2, crc32: 0, record: PLAIN }, [], null, 1]) {
    writeFileSync(file, JSON.stringify(content));
    const { record, damage } = open();
    expect([record, damage.length]).toEqual([undefined, 1]);
  }
});
