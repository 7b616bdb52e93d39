/** `hub.db` by its port: what was written is there after a restart, in order, and nothing else is. Runs what was built. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import type {
  AlertEventChange,
  AlertEventsQuery,
  HubChange,
  HubFile,
  RecordKind,
} from "../../../src/core/ports/hub-file.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { learned, mapping, openBuiltHubFile, presence, run, withHubFile } from "../../support/hub/built-hub-file.ts";
import { tempDir } from "../../support/hub/hub.ts";
import { BOILER, LAMP, pictureOf } from "../../support/hub/hub-file-picture.ts";
import { mountSmallDisk } from "../../support/hub/small-disk.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { until } from "../../support/until.ts";

const T0 = Date.UTC(2026, 10, 30);
const DAY_MS = 86_400_000;

/** Some of everything. */
const CHANGES: readonly HubChange[] = [
  learned("discovery/sensor/t", '{"unit":"°C"}'),
  learned("discovery/sensor/h", '{"unit":"%"}'),
  learned("metrics", '{"t":{"label":"Küche"}}', { family: "owner" }),
  learned("config", '{"t":"boiler"}', { family: "tasmota", deviceId: BOILER }),
  mapping("b", '{"topic":"home/{device}"}'),
  mapping("a", '{"topic":"N/+/{device}"}'),
  presence(T0, "online"),
  presence(T0 + 60_000, "late", LAMP, T0),
  presence(T0 + 90_000, "offline"),
  presence(T0 + 5, "asleep", BOILER),
  run(T0 - 1_000, T0 + 100_000),
  { of: "record", kind: "rule", id: "gas", data: '{"name":"Gas"}' },
  { of: "record", kind: "alert", id: "gas~lamp", data: '{"state":"firing"}' },
  alertEvent("gas~lamp/1/firing", T0 + 7),
];

function alertEvent(id: string, atMs: number, severity: "warning" | "critical" = "critical"): AlertEventChange {
  return { of: "alertEvent", id, atMs, ruleId: "gas", deviceId: LAMP, severity, data: `{"id":"${id}"}` };
}

async function reopened(dataDir: string, hubFile: HubFile): Promise<HubFile> {
  await hubFile.close();
  return (await openBuiltHubFile(dataDir)).hubFile;
}

test("everything that was written is there after a restart", async () => {
  const dataDir = tempDir();
  const { hubFile, log } = await openBuiltHubFile(dataDir);
  expect(await hubFile.load()).toEqual({
    learned: [],
    mappings: [],
    records: [],
    presence: [],
    lastRun: undefined,
  });
  await hubFile.write([...CHANGES, run(T0 - 9_000, T0 - 8_000)]);
  const before = await pictureOf(hubFile);
  expect(before).toMatchObject({
    learned: [
      { family: "ha", deviceId: LAMP, key: "discovery/sensor/h", data: '{"unit":"%"}' },
      { family: "ha", deviceId: LAMP, key: "discovery/sensor/t", data: '{"unit":"°C"}' },
      { family: "owner", deviceId: LAMP, key: "metrics", data: '{"t":{"label":"Küche"}}' },
      { family: "tasmota", deviceId: BOILER, key: "config", data: '{"t":"boiler"}' },
    ],
    mappings: [
      { id: "b", data: '{"topic":"home/{device}"}' },
      { id: "a", data: '{"topic":"N/+/{device}"}' },
    ],
    presence: [
      { deviceId: LAMP, atMs: T0, sinceMs: T0, state: "online", detail: "online" },
      { deviceId: LAMP, atMs: T0 + 60_000, sinceMs: T0, state: "online", detail: "late" },
      { deviceId: LAMP, atMs: T0 + 90_000, state: "offline", detail: "offline" },
      { deviceId: BOILER, atMs: T0 + 5, state: "online", detail: "asleep" },
    ],
    runs: [{ startedAtMs: T0 - 9_000 }, { startedAtMs: T0 - 1_000, aliveAtMs: T0 + 100_000 }],
  });
  const again = await reopened(dataDir, hubFile);
  expect(await pictureOf(again)).toEqual(before);
  expect(await again.load()).toMatchObject({
    presence: [
      { deviceId: LAMP, atMs: T0 + 90_000, detail: "offline" },
      { deviceId: BOILER, atMs: T0 + 5, detail: "asleep" },
    ],
    lastRun: { startedAtMs: T0 - 1_000, aliveAtMs: T0 + 100_000 },
  });
  expect(log.lines).toEqual([]);
});

test("only its owner may read the file; a copy without secrets has no byte of them, and the rest", async () => {
  const dataDir = tempDir();
  writeFileSync(path.join(dataDir, "hub.db"), "", { mode: 0o644 });
  const { hubFile } = await openBuiltHubFile(dataDir);
  const secret = "xoxb-very-secret".repeat(300);
  const record = (kind: RecordKind, id: string): HubChange => ({ of: "record", kind, id, data: `"${secret}"` });
  await hubFile.write([...CHANGES, record("channel", "slack"), record("push-subscription", "phone")]);
  await hubFile.write([record("setting", "vapid"), record("delivery", "slack"), record("channel", "gone")]);
  await hubFile.write([{ of: "record", kind: "channel", id: "gone", data: undefined }]);

  for (const name of ["hub.db", "hub.db-wal"]) expect(statSync(path.join(dataDir, name)).mode & 0o777).toBe(0o600);
  expect(Buffer.from(await hubFile.bytes()).includes("xoxb-very-secret")).toBe(true);
  const copy = Buffer.from(await hubFile.bytes({ secrets: false }));
  expect(copy.includes("xoxb-very-secret")).toBe(false);
  const restored = tempDir();
  writeFileSync(path.join(restored, "hub.db"), copy);
  const again = (await openBuiltHubFile(restored)).hubFile;
  const { records } = await hubFile.load();
  expect((await again.load()).records).toEqual(records.filter(({ kind }) => kind === "rule" || kind === "alert"));
  expect(await again.load()).toMatchObject({ presence: (await hubFile.load()).presence });
});

test("of the alert log lines are found by time, rule, device and severity, newest first; the same line is there once", async () => {
  const { hubFile } = await openBuiltHubFile(tempDir());
  const lines = [alertEvent("a", T0), alertEvent("b", T0 + 10, "warning"), alertEvent("c", T0 + 20)];
  await hubFile.write([...lines, { ...alertEvent("d", T0 + 30), ruleId: "hub", deviceId: undefined }]);
  await hubFile.write([alertEvent("a", T0 + 99, "warning")]);
  const idsOf = async (query: Partial<AlertEventsQuery>): Promise<string[]> =>
    (await hubFile.alertEvents({ fromMs: 0, toMs: T0 + 1_000, limit: 100, ...query })).map(({ id }) => id);

  expect(await idsOf({})).toEqual(["d", "c", "b", "a"]);
  expect(await idsOf({ fromMs: T0 + 10, toMs: T0 + 30 })).toEqual(["c", "b"]);
  expect(await idsOf({ ruleId: "hub" })).toEqual(["d"]);
  expect(await idsOf({ deviceId: LAMP, severity: "critical" })).toEqual(["c", "a"]);
  const [first] = await hubFile.alertEvents({ fromMs: 0, toMs: T0 + 1_000, limit: 1 });
  expect(await idsOf({ beforeSeq: first?.seq, limit: 2 })).toEqual(["c", "b"]);
  await hubFile.expire(T0 + 20);
  expect(await idsOf({})).toEqual(["d", "c"]);
});

test("the last write of a key counts, what no longer holds is gone, and a changed mapping keeps its place", async () => {
  const dataDir = tempDir();
  const { hubFile } = await openBuiltHubFile(dataDir);
  await hubFile.write(CHANGES);
  await hubFile.write([learned("discovery/sensor/t", "1"), learned("discovery/sensor/t", "2")]);
  await hubFile.write([learned("discovery/sensor/h", undefined), learned("never there", undefined)]);
  await hubFile.write([mapping("b", '"changed"'), mapping("c", "3"), mapping("a", undefined)]);
  await hubFile.write([run(T0 - 1_000, T0 + 200_000)]);

  const kept = await (await reopened(dataDir, hubFile)).load();

  expect(kept.learned.filter(({ family }) => family === "ha").map(({ key, data }) => [key, data])).toEqual([
    ["discovery/sensor/t", "2"],
  ]);
  expect(kept.mappings).toEqual([
    { id: "b", data: '"changed"' },
    { id: "c", data: "3" },
  ]);
});

test.each([
  ["a zero", "a\0b"],
  ["half of a pair", "x\ud83d"],
  ["quotes in front", '"a"'],
  ["no character", ""],
  ["many bytes", "☀".repeat(80)],
])("a key and data with %s come back as they were", async (_what, text) => {
  const dataDir = tempDir();
  const { hubFile } = await openBuiltHubFile(dataDir);
  await hubFile.write([learned(text, text), mapping(text, text)]);
  const kept = await (await reopened(dataDir, hubFile)).load();
  expect(kept).toMatchObject({
    learned: [{ family: "ha", deviceId: LAMP, key: text, data: text }],
    mappings: [{ id: text, data: text }],
  });
});

test("of one call everything is written or nothing, and the others of its turn are", async () => {
  const { hubFile } = await openBuiltHubFile(tempDir());
  const calls = [
    hubFile.write([learned("a", "1")]),
    hubFile.write([learned("b", "2"), presence(Number.NaN, "online")]),
    hubFile.write([learned("c", "3")]),
  ];
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await expect(calls[1]).rejects.toMatchObject({ name: "StoreError", passing: false });
  expect((await hubFile.load()).learned.map(({ key }) => key).sort()).toEqual(["a", "c"]);
});

test("calls are carried out in the order in which they were made, deletions and reads among writes", async () => {
  const { hubFile } = await openBuiltHubFile(tempDir());
  const mine = (key: string, data: string): HubChange => learned(key, data, { family: "owner" });
  void hubFile.write([mine("a", "1"), presence(T0, "online")]);
  const between = hubFile.load();
  void hubFile.deleteDevice(LAMP);
  void hubFile.write([mine("b", "2"), presence(T0 + 1, "late")]);
  expect((await between).learned.map(({ key }) => key)).toEqual(["a"]);
  expect(await pictureOf(hubFile)).toMatchObject({ learned: [{ key: "b" }], presence: [{ atMs: T0 + 1 }] });
});

test("hundreds of calls of one turn are one commit", async () => {
  const dataDir = tempDir();
  const { hubFile } = await openBuiltHubFile(dataDir);
  const logBytes = async (): Promise<number> => (await hubFile.space()).usedBytes;
  await hubFile.write([learned("first", "0")]);
  const before = await logBytes();
  await Promise.all(Array.from({ length: 300 }, (_, index) => hubFile.write([learned(`key ${index}`, "1")])));
  // A commit of its own for each would write two pages each.
  expect((await logBytes()) - before).toBeLessThan(300 * 4_096);
  expect((await hubFile.load()).learned).toHaveLength(301);
});

describe("presence", () => {
  const details = async (hubFile: HubFile, fromMs: number, toMs: number, limit = 100): Promise<unknown[]> =>
    (await hubFile.presence({ deviceId: LAMP, fromMs, toMs, limit })).map(({ atMs, detail }) => [atMs - T0, detail]);

  test("of a range comes in order with the change before it, at most as many as are asked for", async () => {
    const { hubFile } = await openBuiltHubFile(tempDir());
    // As after a clock that was set back.
    await hubFile.write([presence(T0 + 30, "late"), presence(T0 + 10, "online"), presence(T0 + 20, "asleep")]);
    await hubFile.write([presence(T0 + 20, "offline"), presence(T0 + 25, "online", BOILER)]);
    expect(await details(hubFile, T0, T0 + 100)).toEqual([
      [10, "online"],
      [20, "offline"],
      [30, "late"],
    ]);
    expect(await details(hubFile, T0 + 20, T0 + 30)).toEqual([
      [10, "online"],
      [20, "offline"],
    ]);
    expect(await details(hubFile, T0 + 21, T0 + 30)).toEqual([[20, "offline"]]);
    expect(await details(hubFile, T0 + 11, T0 + 100, 1)).toEqual([
      [10, "online"],
      [20, "offline"],
    ]);
    expect(await details(hubFile, T0 - 10, T0 + 10)).toEqual([]);
    expect(await hubFile.presence({ deviceId: "unknown" as DeviceId, fromMs: 0, toMs: T0, limit: 1 })).toEqual([]);
  });

  test("of many devices comes in one answer, with a bounded number of changes in all", async () => {
    const { hubFile } = await openBuiltHubFile(tempDir());
    await hubFile.write([
      ...Array.from({ length: 20 }, (_, index) => presence(T0 + index, index % 2 ? "online" : "offline")),
      presence(T0 + 5, "asleep", BOILER),
    ]);
    const deviceIds = ["unknown" as DeviceId, BOILER, LAMP];
    const all = await hubFile.presences({ deviceIds, fromMs: T0 + 2, toMs: T0 + 18, mostChanges: 30 });
    expect(all.map(({ changes, nextMs }) => [changes.length, nextMs])).toEqual([
      [0, undefined],
      [1, undefined],
      [17, undefined],
    ]);
    expect(all[1]?.changes).toEqual([{ atMs: T0 + 5, detail: "asleep" }]);
    const some = await hubFile.presences({ deviceIds, fromMs: T0 + 2, toMs: T0 + 18, mostChanges: 6 });
    expect(some.map(({ changes, nextMs }) => [changes.length, nextMs])).toEqual([
      [0, undefined],
      [1, undefined],
      [6, T0 + 7],
    ]);
    expect(some[2]?.changes[0]).toEqual({ atMs: T0 + 1, detail: "online" });
  });

  test("that is too old is deleted, but for the last change of a device before that time", async () => {
    const { hubFile } = await openBuiltHubFile(tempDir());
    const many = Array.from({ length: 12_000 }, (_, index) => presence(T0 + index, index % 2 ? "online" : "offline"));
    await hubFile.write([...many, presence(T0, "asleep", BOILER)]);
    await hubFile.write([run(T0 - DAY_MS, T0 - 1), run(T0, T0 + 11_000)]);
    await hubFile.expire(T0 + 11_997);
    expect(await details(hubFile, 0, T0 + DAY_MS)).toEqual([
      [11_997, "online"],
      [11_998, "offline"],
      [11_999, "online"],
    ]);
    await hubFile.expire(T0 + DAY_MS);
    expect(await details(hubFile, 0, T0 + DAY_MS)).toEqual([[11_999, "online"]]);
    expect(await hubFile.presence({ deviceId: BOILER, fromMs: 0, toMs: T0 + DAY_MS, limit: 9 })).toMatchObject([
      { atMs: T0, detail: "asleep" },
    ]);
    expect(await hubFile.runs({ fromMs: 0, toMs: T0 + DAY_MS })).toEqual([]);
  });
});

test("runs that touch a range come in order", async () => {
  const { hubFile } = await openBuiltHubFile(tempDir());
  await hubFile.write([run(T0 + 100, T0 + 200), run(T0, T0 + 50), run(T0 + 300, T0 + 400)]);
  const started = async (fromMs: number, toMs: number): Promise<number[]> =>
    (await hubFile.runs({ fromMs, toMs })).map(({ startedAtMs }) => startedAtMs - T0);
  expect(await started(T0, T0 + 1_000)).toEqual([0, 100, 300]);
  expect(await started(T0 + 50, T0 + 300)).toEqual([0, 100]);
  expect(await started(T0 + 201, T0 + 300)).toEqual([]);
});

test("of a deleted device what was learned stays; what its owner set and its presence are gone", async () => {
  const dataDir = tempDir();
  const { hubFile } = await openBuiltHubFile(dataDir);
  await hubFile.write(CHANGES);
  await hubFile.deleteDevice(LAMP);
  const picture = await pictureOf(await reopened(dataDir, hubFile));
  expect(picture).toMatchObject({
    learned: [{ key: "discovery/sensor/h" }, { key: "discovery/sensor/t" }, { deviceId: BOILER }],
    presence: [{ deviceId: BOILER }],
  });
});

test("a copy holds everything that was written before, and opens as the file does", async () => {
  const [dataDir, other] = [tempDir(), tempDir()];
  const { hubFile } = await openBuiltHubFile(dataDir);
  void hubFile.write(CHANGES);
  writeFileSync(path.join(other, "hub.db"), await hubFile.bytes());
  await hubFile.write([learned("later", "1")]);
  const copy = (await openBuiltHubFile(other)).hubFile;
  expect((await copy.load()).learned).toHaveLength(4);
  await copy.close();
  const options = { clock: systemClock, log: createMemoryLog(), onDead: () => {} };
  const bytes = await withHubFile({ dataDir: other, ...options }, (opened) => opened.bytes());
  expect(bytes?.length).toBe(readFileSync(path.join(other, "hub.db")).length);
  expect(await withHubFile({ dataDir: tempDir(), ...options }, (opened) => opened.bytes())).toBeUndefined();
});

test("while its disk is full nothing is written, which is said; once there is space it is written again", async () => {
  const dataDir = tempDir();
  const { hubFile } = await openBuiltHubFile(dataDir, { maxPages: 14 });
  expect(await hubFile.problem()).toBeUndefined();
  const large = learned("large", JSON.stringify("x".repeat(60_000)));
  const write = hubFile.write([large]);
  await expect(write).rejects.toMatchObject({ passing: true, message: expect.stringMatching(/hub\.db.*disk.*full/) });
  // A smaller write tells that it can be written.
  expect(await hubFile.problem()).toBeUndefined();
  await hubFile.write([learned("small", "1")]);
  expect((await hubFile.load()).learned).toMatchObject([{ key: "small" }]);
});

test("on a full disk nothing is learned, and what comes is written once there is space", async () => {
  const disk = mountSmallDisk(16);
  if (disk.fault !== undefined) return expect(disk.fault).toMatch(/permi|superuser|denied/i); // this user may mount no disk
  const { hubFile } = await openBuiltHubFile(disk.dir);
  for (let index = 0; index < 20; index++) await hubFile.write([learned(`before ${index}`, "x".repeat(9_000))]);
  await hubFile.write([presence(T0, "online")]);
  disk.fill();
  await expect(hubFile.write([learned("while full", "1")])).rejects.toMatchObject({ passing: true });
  expect(await hubFile.problem()).toMatch(/hub\.db cannot be written: the disk of .* is full/);
  expect((await hubFile.load()).learned).toHaveLength(20);
  disk.free();
  expect(await hubFile.problem()).toBeUndefined();
  await hubFile.write([learned("after", "1")]);
  expect((await hubFile.load()).learned).toHaveLength(21);
});

test("files that are removed while it is open take nothing more", async () => {
  const dataDir = tempDir();
  const { hubFile } = await openBuiltHubFile(dataDir);
  await hubFile.write([learned("before", "1")]);
  rmSync(path.join(dataDir, "hub.db"));
  await expect(hubFile.write([learned("after", "1")])).rejects.toMatchObject({
    passing: true,
    message: expect.stringMatching(/hub\.db was removed or replaced .* restart the hub/),
  });
  await until("it is said", async () => (await hubFile.problem())?.includes("removed or replaced"));
  await hubFile.close();
  expect(existsSync(path.join(dataDir, "hub.db"))).toBe(false);
});
