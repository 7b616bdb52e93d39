/** What a store must have after all that was acknowledged, and whether it has it. Written plainly; trusts no answer of the store's. */
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { ReadingWrite } from "../../../src/core/ports/writes.ts";
import { expectRollups, rollupsOf } from "../../contract/cases/history-contract.ts";
import { createHistoryModel, type HistoryModel } from "../../contract/cases/history-model.ts";
import { readAll } from "../../contract/cases/writes.ts";
import { until } from "../until.ts";
import type { EraseWords, Said } from "./history-child.ts";

const DAY_MS = 24 * 3_600_000;

/** test/support/history/history-data.mjs */
export interface HistoryData {
  readonly DEVICES: readonly DeviceId[];
  nowOf(index: number): number;
  randomOf(seed: number): () => number;
  groupOf(seed: number, index: number, kind: { late: boolean; dup: boolean }): ReadingWrite[][];
}

export const historyData = (await import(new URL("history-data.mjs", import.meta.url).href)) as HistoryData;

export interface HistoryTruth {
  readonly problems: string[];
  note(said: Said): void;
  /** The group that was begun and not acknowledged. */
  underWay(): { readonly index: number; readonly late: boolean } | undefined;
  unfinished(): readonly EraseWords[];
  next(): number;
  /** How often upkeep did what. */
  readonly did: Map<string, number>;
  /** With a store that is open on the directory and does nothing else. `goesOn`: with a deletion that was begun before. */
  check(store: Store, dataDir: string, goesOn: boolean): Promise<void>;
}

export interface TruthOptions {
  readonly seed: number;
  readonly rawDays: number;
}

export function createHistoryTruth({ seed, rawDays }: TruthOptions): HistoryTruth {
  const models = new Map<DeviceId, HistoryModel>(historyData.DEVICES.map((id) => [id, createHistoryModel()]));
  /** device, instant and content → how many are stored */
  const known = new Map<string, number>();
  const problems: string[] = [];
  const did = new Map<string, number>();
  let begun: { index: number; late: boolean } | undefined;
  let next = 0;
  let erasing: EraseWords[] = [];
  /** No policy allows to forget what is of then or later. */
  let mayBeForgottenToMs = 0;

  function note(said: Said): void {
    switch (said.kind) {
      case "begun":
        begun = { index: said.index, late: said.late };
        break;
      case "acknowledged":
        acknowledge(said);
        begun = undefined;
        next = said.index + 1;
        allow(said.index, rawDays);
        break;
      case "upkeep":
        count(said.did);
        if (!said.shortened) break;
        count("forgot for its size");
        allow(next, 0);
        break;
      case "erasing":
        if (!erasing.some((request) => JSON.stringify(request) === JSON.stringify(said.request)))
          erasing.push(said.request);
        break;
      case "erased":
        count("erased");
        endErase();
        break;
      case "fault":
        problems.push(said.text);
    }
  }

  const count = (what: string): void => void did.set(what, (did.get(what) ?? 0) + 1);

  function allow(index: number, days: number): void {
    const toMs = Math.floor((historyData.nowOf(index) - days * DAY_MS) / DAY_MS) * DAY_MS;
    mayBeForgottenToMs = Math.max(mayBeForgottenToMs, toMs);
  }

  function endErase(): void {
    const request = erasing[0];
    if (request === undefined) return;
    erasing = erasing.slice(1);
    models.get(request.deviceId)?.erase(request.fromMs, request.toMs, request.metrics);
  }

  function acknowledge({ index, late, isAgain, outcomes }: Said & { kind: "acknowledged" }): void {
    const messages = historyData.groupOf(seed, index, { late, dup: isAgain });
    /** Of a group that came again: whether it had been stored. All of it says the same. */
    const wasThere = new Set<boolean>();
    let place = 0;
    for (const message of messages) {
      const taken = new Map<string, number>();
      for (const write of message) {
        const key = `${write.deviceId} ${write.atMs} ${write.body}`;
        const many = (taken.get(key) ?? 0) + 1;
        taken.set(key, many);
        const outcome = outcomes[place++] ?? "none";
        judge(write, key, many, outcome, isAgain ? wasThere : undefined);
      }
    }
    if (place !== outcomes.length) problems.push(`group ${index}: ${outcomes.length} outcomes for ${place} readings`);
    if (wasThere.size > 1) problems.push(`group ${index} was there in part after a kill`);
  }

  function judge(
    write: ReadingWrite,
    key: string,
    many: number,
    outcome: string,
    wasThere: Set<boolean> | undefined,
  ): void {
    const isKnown = many <= (known.get(key) ?? 0);
    if (outcome === "r" && write.timed && write.atMs < mayBeForgottenToMs) return;
    if (isKnown ? outcome === "d" : wasThere === undefined && outcome !== "d" && outcome !== "r") {
      if (!isKnown) store(write, key, Number(outcome));
      return;
    }
    if (wasThere === undefined || isKnown || outcome === "r") {
      problems.push(`${write.deviceId} ${new Date(write.atMs).toISOString()}: ${outcome}, known: ${isKnown}`);
      return;
    }
    wasThere.add(outcome === "d");
    // Its n was lost with the answer: the next that is free.
    store(write, key, outcome === "d" ? undefined : Number(outcome));
  }

  function store(write: ReadingWrite, key: string, n: number | undefined): void {
    known.set(key, (known.get(key) ?? 0) + 1);
    const place = `${write.deviceId} ${write.atMs}`;
    models.get(write.deviceId)?.stored(write, n ?? known.get(place) ?? 0);
    known.set(place, (known.get(place) ?? 0) + 1);
  }

  async function check(store: Store, dataDir: string, goesOn: boolean): Promise<void> {
    for (const request of [...erasing]) {
      if (goesOn) await until("what was begun is erased", () => begunErasures(dataDir) === 0);
      else await store.erase({ metrics: undefined, ...request });
      endErase();
    }
    expect(problems).toEqual([]);
    const file = lookAt(dataDir);
    for (const [deviceId, model] of models) {
      const { rawSinceMs, hoursSinceMs } = file.devices.get(deviceId) ?? { rawSinceMs: 0, hoursSinceMs: 0 };
      expect(rawSinceMs, `${deviceId} forgets no more than it may`).toBeLessThanOrEqual(mayBeForgottenToMs);
      expect(hoursSinceMs, "hours are kept").toBe(0);
      const expected = model.readings().filter(({ atMs }) => atMs >= rawSinceMs);
      const found = await readAll(store, deviceId);
      expect(
        found.map(({ atMs, n, body }) => said(atMs, n, JSON.parse(body))),
        `readings of ${deviceId}`,
      ).toEqual(expected.map(({ atMs, n, metrics }) => said(atMs, n, metrics)));
      for (const level of ["hour", "day"] as const)
        expectRollups(await rollupsOf(store, deviceId, level), model.rollups(level));
    }
    expect(store.damaged("fast" as DeviceId)).toEqual([]);
    expect(file.faults).toEqual([]);
  }

  return { problems, note, underWay: () => begun, unfinished: () => erasing, next: () => next, did, check };
}

/** Deletions that are written down and not done. */
export function begunErasures(dataDir: string): number {
  const db = new DatabaseSync(path.join(dataDir, "aerie.db"));
  const row = db.prepare("SELECT count(*) AS count FROM erasing").get();
  db.close();
  return Number(row?.["count"]);
}

/** One line a reading: comparing ten thousand objects takes a minute. */
const said = (atMs: number, n: number, metrics: { readonly [metric: string]: unknown }): string =>
  `${new Date(atMs).toISOString()} ${n} ${JSON.stringify(Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1)))}`;

/** The file itself: whole, and its segments as they must lie. */
function lookAt(dataDir: string) {
  const db = new DatabaseSync(path.join(dataDir, "aerie.db"), { readOnly: true });
  const faults: string[] = [];
  const devices = new Map<string, { rawSinceMs: number; hoursSinceMs: number }>();
  try {
    const integrity = db.prepare("PRAGMA integrity_check").all();
    if (integrity.length !== 1 || integrity[0]?.["integrity_check"] !== "ok") faults.push(JSON.stringify(integrity));
    for (const row of db.prepare("SELECT device_id, raw_since, hours_since FROM device").all()) {
      devices.set(String(row["device_id"]), {
        rawSinceMs: Number(row["raw_since"]),
        hoursSinceMs: Number(row["hours_since"]),
      });
    }
    let former: { device: number; toAt: number } | undefined;
    for (const row of db.prepare("SELECT * FROM segment ORDER BY device, from_at, from_n, id").all()) {
      const [device, fromAt, toAt] = [Number(row["device"]), Number(row["from_at"]), Number(row["to_at"])];
      if (former?.device === device && fromAt < former.toAt) faults.push(`segments of ${device} overlap at ${fromAt}`);
      if (Math.floor(fromAt / DAY_MS) !== Math.floor(toAt / DAY_MS)) faults.push(`a segment of ${device} spans days`);
      former = { device, toAt };
    }
    for (const table of ["segment", "rollup"]) faults.push(...pieceFaults(db, table));
  } finally {
    db.close();
  }
  return { devices, faults };
}

/** Each piece is of one row, and each row has all of its own. */
function pieceFaults(db: InstanceType<typeof DatabaseSync>, table: string): string[] {
  const there = new Map(
    db
      .prepare(`SELECT id, length(body) AS bytes FROM ${table}_piece`)
      .all()
      .map((row) => [Number(row["id"]), Number(row["bytes"])]),
  );
  const faults: string[] = [];
  for (const row of db.prepare(`SELECT id, piece, bytes FROM ${table}`).all()) {
    let left = Number(row["bytes"]);
    for (let piece = Number(row["piece"]); left > 0; piece++) {
      const bytes = there.get(piece);
      if (bytes === undefined) {
        faults.push(`${table} ${row["id"]} lacks piece ${piece}`);
        break;
      }
      there.delete(piece);
      left -= bytes;
    }
    if (left < 0) faults.push(`${table} ${row["id"]} has more than its bytes`);
  }
  if (there.size > 0) faults.push(`${there.size} pieces of no ${table}`);
  return faults;
}
