import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { KeptSparkline } from "../../../src/core/sparklines/sparklines.ts";
import {
  decodeSparklines,
  encodeSparklines,
  openSparklineFile,
  SPARKLINE_FILE,
} from "../../../src/platform/sparkline-file.ts";

const SAMPLE = path.join(import.meta.dirname, "../../samples/sparklines/version-1.bin");
const numbersOf = (first: number): Float32Array =>
  Float32Array.from({ length: 72 }, (_, at) => (at < 36 ? first + at / 4 : at - 36));
const HELD: readonly KeptSparkline[] = [
  {
    deviceId: "boiler",
    metric: "temperature",
    newestStep: 5_900_001,
    latestAtMs: 1_770_000_300_000,
    wholeFrom: 0,
    numbers: numbersOf(20),
  },
  {
    deviceId: "zigbee2mqtt:0x1",
    metric: "härte",
    newestStep: 5_900_000,
    latestAtMs: 1_770_000_000_123.5,
    wholeFrom: 5_900_036,
    numbers: numbersOf(-3.5e38),
  },
];

test("the sample of version 1 is read and written byte by byte", () => {
  const bytes = readFileSync(SAMPLE);
  expect(decodeSparklines(bytes)).toEqual(HELD);
  expect(Buffer.from(encodeSparklines(HELD)).equals(bytes)).toBe(true);
});

test("what is saved is there for the next start, and for no other; without a file there is nothing", async () => {
  const dataDir = folder();
  const first = openSparklineFile(dataDir);
  expect(first.kept).toEqual([]);
  await first.save(HELD);
  expect(openSparklineFile(dataDir).kept).toEqual(HELD);
  expect(openSparklineFile(dataDir).kept).toEqual([]);
});

test("a file that is damaged, cut off, or of another version counts as missing", () => {
  const bytes = readFileSync(SAMPLE);
  const damaged = Buffer.from(bytes);
  damaged[bytes.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  const newer = Buffer.from(bytes);
  newer[0] = 2;
  for (const content of [damaged, newer, bytes.subarray(0, 100), Buffer.alloc(0), Buffer.from("{}")]) {
    const dataDir = folder();
    writeFileSync(path.join(dataDir, SPARKLINE_FILE), content);
    expect(openSparklineFile(dataDir).kept).toEqual([]);
  }
});

test("nothing is written into another data directory at the same path", async () => {
  const dataDir = folder();
  const { save } = openSparklineFile(dataDir);
  rmSync(dataDir, { recursive: true });
  mkdirSync(dataDir);
  writeFileSync(path.join(dataDir, "other"), "");
  await expect(save(HELD)).rejects.toThrow("was removed or replaced");
});

function folder(): string {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-sparklines-"));
  writeFileSync(path.join(dataDir, "aerie.lock"), "");
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}
