import { describe, expect, test } from "vitest";
import type { DeviceId, PresenceState } from "../../../../src/contract/readings.ts";
import type { HubChange, StoredPresence, StoredRun } from "../../../../src/core/ports/hub-file.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createPresenceBook } from "../../../../src/core/presence/presence-book.ts";
import { toPresence } from "../../../../src/core/presence/presence-rules.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const boiler = "boiler" as DeviceId;
const NOW = Date.UTC(2026, 10, 22, 12);

const at = (detail: PresenceState, detailSinceMs: number, deviceId = boiler) => ({
  deviceId,
  state: toPresence(detail),
  sinceMs: NOW,
  detail,
  detailSinceMs,
});

function start({ runs = [] as StoredRun[] } = {}) {
  const clock = createManualClock({ nowMs: NOW });
  const log = createMemoryLog();
  const disk = { works: true, writes: [] as HubChange[][] };
  const kept: StoredPresence[] = [];
  const known = new Set<DeviceId>([boiler]);
  const before = new Map<DeviceId, StoredPresence>();
  const many = { underWay: 0, most: 0 };
  const book = createPresenceBook({
    hubFile: {
      write: async (changes) => {
        if (!disk.works) throw new StoreError("the disk is full", true);
        disk.writes.push([...changes]);
        for (const change of changes) if (change.of === "presence") kept.push(change);
      },
      presence: async ({ fromMs, toMs, limit }) => [
        ...kept.filter(({ atMs }) => atMs < fromMs).slice(-1),
        ...kept.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).slice(0, limit),
      ],
      presences: async ({ deviceIds }) => {
        many.most = Math.max(many.most, ++many.underWay);
        await Promise.resolve();
        many.underWay--;
        return deviceIds.map((id) => ({ changes: kept.filter(({ deviceId }) => deviceId === id), nextMs: undefined }));
      },
      runs: async () => runs,
    },
    clock,
    log,
    lastOf: (deviceId) => before.get(deviceId),
    isKnown: (deviceId) => known.has(deviceId),
  });
  /** Lets promises settle. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await book.history({ deviceId: boiler, fromMs: 0, toMs: 0, limit: 1 }).catch(() => undefined);
  };
  const written = (): string[] => kept.map(({ detail, atMs }) => `${detail} ${atMs - NOW}`);
  return { clock, log, disk, book, known, before, many, pass, written };
}

describe("changes of presence", () => {
  test("are written within a second, together, in order", async () => {
    const { book, known, disk, pass, written } = start();
    known.add("cellar" as DeviceId);
    book.changed(at("online", NOW));
    book.changed(at("online", NOW + 2, "cellar" as DeviceId));
    book.changed(at("late", NOW + 5));
    expect(disk.writes).toEqual([]);
    await pass(1_000);
    expect(disk.writes).toHaveLength(1);
    expect(written()).toEqual(["online 0", "late 5", "online 2"]);
    await pass(5_000);
    expect(disk.writes).toHaveLength(1);
  });

  test("of a device that changes all the time are its first and its last", async () => {
    const { book, pass, written } = start();
    for (let ms = 0; ms < 500; ms++) book.changed(at(ms % 2 === 0 ? "online" : "offline", NOW + ms));
    await pass(1_000);
    expect(written()).toEqual(["online 0", "offline 499"]);
  });

  test("are kept while the disk takes none, said once, and written when it does", async () => {
    const { book, disk, log, pass, written } = start();
    disk.works = false;
    book.changed(at("online", NOW));
    await pass(1_000);
    book.changed(at("offline", NOW + 1_500));
    await pass(1_000);
    expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
    disk.works = true;
    await pass(1_000);
    expect(written()).toEqual(["online 0", "offline 1500"]);
  });

  test("that are too many for memory are counted, and the log says so", async () => {
    const { book, disk, known, log, pass } = start();
    disk.works = false;
    for (let index = 0; index < 50_010; index++) {
      known.add(`d${index}` as DeviceId);
      book.changed(at("online", NOW, `d${index}` as DeviceId));
    }
    await pass(1_000);
    disk.works = true;
    await pass(1_000);
    expect(disk.writes[0]).toHaveLength(50_000);
    expect(log.lines.filter(({ level }) => level === "error").map(({ fields }) => fields)).toEqual([{ count: 10 }]);
  });

  test("of a device that was deleted meanwhile are left out", async () => {
    const { book, known, disk, pass } = start();
    book.changed(at("online", NOW));
    known.delete(boiler);
    await pass(1_000);
    expect(disk.writes).toEqual([]);
  });

  test("are written when the hub stops, and what closes then is none", async () => {
    const { book, clock, written } = start();
    book.changed(at("online", NOW));
    const closing = book.close();
    book.changed(at("offline", NOW + 1));
    await closing;
    expect(written()).toEqual(["online 0"]);
    expect(clock.timers()).toBe(0);
  });
});

test("a start notes what is other than what is kept, and nothing else", async () => {
  const { book, before, known, pass, written } = start();
  const [same, other, fresh] = ["same", "other", "fresh"] as DeviceId[];
  for (const deviceId of [same, other, fresh] as DeviceId[]) known.add(deviceId);
  for (const deviceId of [same, other] as DeviceId[]) {
    before.set(deviceId, { deviceId, atMs: NOW - 9, state: "online", sinceMs: NOW - 9, detail: "online" });
  }
  book.compare([at("online", NOW - 9, same), at("offline", NOW - 5, other), at("online", NOW - 2, fresh)]);
  await pass(1_000);
  expect(written()).toEqual(["offline -5", "online -2"]);
});

describe("the history", () => {
  test("has what just happened, what held at its beginning, and where to ask on", async () => {
    const { book } = start();
    const ask = (fromMs: number, limit: number) =>
      book.history({ deviceId: boiler, fromMs: NOW + fromMs, toMs: NOW + 1_000, limit });
    for (let ms = 0; ms < 5; ms++) {
      book.changed(at(ms % 2 === 0 ? "online" : "offline", NOW + ms));
      await ask(0, 10);
    }
    const shown = async (fromMs: number, limit: number) => {
      const { changes, nextMs } = await ask(fromMs, limit);
      return [changes.map(({ atMs }) => atMs - NOW), nextMs && nextMs - NOW];
    };
    expect(await shown(0, 10)).toEqual([[0, 1, 2, 3, 4], undefined]);
    expect(await shown(2, 10)).toEqual([[1, 2, 3, 4], undefined]);
    expect(await shown(2, 3)).toEqual([[1, 2, 3, 4], undefined]);
    expect(await shown(2, 2)).toEqual([[1, 2, 3], 4]);
    expect(await shown(0, 1)).toEqual([[0], 1]);
  });

  test("has the hub's runs; the one that lasts ends now", async () => {
    const former = { startedAtMs: NOW - 90_000_000, aliveAtMs: NOW - 70_000_000 };
    const { book } = start({ runs: [former, { startedAtMs: NOW - 500_000, aliveAtMs: NOW - 50_000 }] });
    expect(await book.runs({ fromMs: 0, toMs: NOW })).toEqual([
      { fromMs: former.startedAtMs, toMs: former.aliveAtMs },
      { fromMs: NOW - 500_000, toMs: NOW },
    ]);
    const stopped = start({ runs: [former] });
    expect(await stopped.book.runs({ fromMs: 0, toMs: NOW })).toEqual([
      { fromMs: former.startedAtMs, toMs: former.aliveAtMs },
    ]);
  });
});

test("histories of many devices have what just happened, and are read one request after the other", async () => {
  const { book, many } = start({ runs: [{ startedAtMs: NOW - 9, aliveAtMs: NOW }] });
  book.changed(at("late", NOW + 5));
  const query = { deviceIds: ["none" as DeviceId, boiler], fromMs: 0, toMs: NOW + 9 };
  const [first] = await Promise.all(Array.from({ length: 4 }, () => book.histories(query)));
  expect(first).toMatchObject({
    runs: [{ fromMs: NOW - 9 }],
    histories: [{ changes: [] }, { changes: [{ atMs: NOW + 5, detail: "late" }] }],
  });
  expect(many.most).toBe(1);
});
