/** Exports in chunks, copies and counts: the same readings whether they are hot or sealed. Part of the contract of every store. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ExportQuery, ReadingPosition } from "../../../src/core/ports/history.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { Start } from "./opened-store.ts";
import { boiler, cellar, deviceId, readAll, shown, stateOf, T0, timed } from "./writes.ts";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const EVERYTHING = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, metrics: undefined, format: "ndjson" } as const;

interface Exported {
  readonly text: string;
  readonly readings: number;
  readonly chunks: number;
}

async function exportAll(store: Store, query: Partial<ExportQuery> = {}): Promise<Exported> {
  let behind: ReadingPosition | undefined;
  let text = "";
  let readings = 0;
  let chunks = 0;
  do {
    const chunk = await store.exportChunk({ ...EVERYTHING, deviceId: boiler, behind, ...query });
    text += Buffer.from(chunk.lines).toString();
    readings += chunk.readings;
    chunks++;
    behind = chunk.behind;
  } while (behind !== undefined);
  return { text, readings, chunks };
}

const lines = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);

/** Without the receipt, which is kept to the second, and only where it is far from the instant. */
const said = (text: string): unknown[] =>
  lines(text).map((line) => ({ ...(line as Record<string, unknown>), receivedAt: undefined }));

async function fill(store: Store, count: number, stepMs = SECOND_MS): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    const some = Array.from({ length: Math.min(1_000, count - from) }, (_, index) => {
      const seq = from + index;
      return timed(T0 + seq * stepMs, {
        seq,
        level: seq / 10,
        mode: seq % 3 === 0 ? "a,b" : "plain",
        on: seq % 2 === 0,
      });
    });
    await store.append([some]);
  }
}

/** Readings are sealed when what memory knows of them is saved. */
async function seal(store: Store): Promise<void> {
  await store.saveState([stateOf(boiler, {}), stateOf(cellar, {})]);
  while ((await store.upkeep({ nowMs: T0 + 40 * DAY_MS, retention: undefined })).did !== "nothing");
}

export function describeExport(start: Start): void {
  describe("export", () => {
    test("hot readings, sealed ones and late ones between them come in order, each once, as REST shows them", async () => {
      const { store } = await start();
      await fill(store, 2_500);
      await seal(store);
      await fill(store, 2_600);
      const late = Array.from({ length: 50 }, (_, at) => timed(T0 + at * 47_000 + 500, { seq: -at, level: 0 }));
      await store.append([late]);

      const { text, readings } = await exportAll(store);

      const stored = await readAll(store);
      expect(readings).toBe(2_650);
      expect(lines(text)).toEqual(stored.map(shown));
    });

    test("much comes in several chunks, with nothing left out or doubled between them", async () => {
      const { store } = await start();
      await fill(store, 9_000);
      const hot = await exportAll(store);
      await seal(store);
      const sealed = await exportAll(store);
      expect((await store.stats()).hotReadings).toBeLessThan(1_000);

      expect(hot.chunks).toBeGreaterThan(2);
      expect(sealed.chunks).toBeGreaterThan(2);
      expect(said(sealed.text)).toEqual(said(hot.text));
      expect(sealed.readings).toBe(9_000);
    });

    test.each(["hot", "sealed"])("range and metrics are kept to, %s", async (state) => {
      const { store } = await start();
      await fill(store, 1_500);
      if (state === "sealed") await seal(store);
      const range = { fromMs: T0 + 10_000, toMs: T0 + 20_000 };

      const csv = await exportAll(store, { ...range, format: "csv", metrics: ["mode", "none", "seq"] });
      const ndjson = await exportAll(store, { ...range, metrics: ["seq"] });
      const nothing = await exportAll(store, { metrics: ["none"] });

      expect(csv.text.split("\r\n").slice(0, 3)).toEqual(
        [10, 11, 12].map((seq) => {
          const at = T0 + seq * 1_000;
          const receivedAt = new Date(T0 + 30_000).toISOString();
          const mode = seq % 3 === 0 ? '"a,b"' : "plain";
          return `boiler-${at.toString(36)}-0,boiler,${new Date(at).toISOString()},${receivedAt},${mode},,${seq}`;
        }),
      );
      expect(csv.readings).toBe(10);
      expect(ndjson.readings).toBe(10);
      expect(lines(ndjson.text)[0]).toMatchObject({ metrics: { seq: 10 } });
      expect(nothing).toMatchObject({ text: "", readings: 0 });
    });

    test("a device that is not there has no lines", async () => {
      const { store } = await start();
      expect(await exportAll(store, { deviceId: deviceId("nobody") })).toMatchObject({ text: "", readings: 0 });
    });
  });

  describe("backup", () => {
    test("a copy is made while readings come, and no file is overwritten", async () => {
      const { store, backsUp } = await start();
      await fill(store, 2_000);
      const folder = mkdtempSync(path.join(tmpdir(), "aerie-backup-"));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const file = path.join(folder, "copy");
      const taken = path.join(folder, "taken");
      writeFileSync(taken, "mine");

      if (!backsUp) {
        await expect(store.backup(file)).rejects.toMatchObject({ name: "StoreError", passing: false });
        expect(existsSync(file)).toBe(false);
        return;
      }
      const copying = store.backup(file);
      await store.append([[timed(T0 - SECOND_MS, { seq: -1 })]]);
      await copying;

      expect(existsSync(file)).toBe(true);
      expect(existsSync(`${file}.part`)).toBe(false);
      for (const wrong of [file, taken, path.join(folder, "nowhere", "copy")]) {
        await expect(store.backup(wrong)).rejects.toMatchObject({ name: "StoreError" });
      }
      expect(await readAll(store)).toHaveLength(2_001);
    });
  });

  describe("counts", () => {
    test("stats report devices, readings and bytes, hot or sealed; space reports the disk space", async () => {
      const { store, seals } = await start();
      expect(await store.stats()).toMatchObject({ devices: 0, readings: 0, hotReadings: 0, oldestMs: undefined });
      await fill(store, 2_000);
      await store.append([[timed(T0 - DAY_MS, { seq: 0 }, { deviceId: cellar })]]);
      const hot = await store.stats();
      await seal(store);

      const stats = await store.stats();
      const space = await store.space();

      expect(hot).toMatchObject({ devices: 2, readings: 2_001, oldestMs: T0 - DAY_MS });
      expect(stats).toMatchObject({ devices: 2, readings: 2_001, oldestMs: T0 - DAY_MS });
      if (seals) {
        expect(hot.hotReadings).toBe(2_001);
        expect(stats.segments).toBeGreaterThan(0);
        expect(stats.bytes.segments).toBeGreaterThan(1_000);
        expect(hot.bytes.hot).toBeGreaterThan(stats.bytes.hot);
      }
      expect(space.usedBytes).toBeGreaterThan(seals ? 100_000 : 0);
      expect(space.diskFreeBytes).toBeGreaterThan(0);
      expect(space.diskBytes).toBeGreaterThan(space.diskFreeBytes);
    });
  });
}
