import { describe, expect, test } from "vitest";
import { MAX_MAPPINGS, type MappingFields } from "../../../../src/contract/mappings.ts";
import type { Dialect } from "../../../../src/core/dialects/dialect.ts";
import { createMappingBook } from "../../../../src/core/mappings/mapping-book.ts";
import { createTrial } from "../../../../src/core/mappings/trial.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createDialects } from "../../../../src/dialects/dialects.ts";
import { createMappingDialect } from "../../../../src/dialects/mapping/mapping.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryHubFile } from "../../../support/memory/memory-hub-file.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const NOW = Date.UTC(2026, 10, 30, 12);
const HOME: MappingFields = { topic: "home/{device}/{metric}", payload: "value" };
const SENSORS: MappingFields = { topic: "sensors/{device}/data", payload: "json" };

/** A family with a topic of its own. */
const tasmota: Dialect = {
  family: "tasmota",
  claim: (topic) => (/^tele\/[^/]+\/SENSOR$|^stat\/x\//.test(topic) ? () => ({ kind: "nothing" }) : undefined),
  learn: () => false,
  nameOf: () => undefined,
  metricInfo: () => undefined,
};

function start(hubFile = createMemoryHubFile()) {
  const clock = createManualClock({ nowMs: NOW });
  const dialect = createMappingDialect();
  const dialects = createDialects([tasmota, dialect]);
  const log = createMemoryLog();
  let changes = 0;
  const book = createMappingBook({
    dialect,
    dialects,
    descriptions: { mappingsChanged: () => void changes++ },
    hubFile,
    stored: hubFile.mappings(),
    clock,
    log,
  });
  return { book, dialect, dialects, hubFile, clock, log, changes: () => changes };
}

test("a mapping is added, changed and removed, on disk before it is answered, and each change holds at once", async () => {
  const { book, dialects, hubFile, changes } = start();
  const added = await book.add(HOME);
  if (added.kind !== "done") throw new Error(added.kind);
  const { id } = added.mapping;
  expect(hubFile.mappings()).toEqual([{ id, data: JSON.stringify(HOME) }]);
  expect(dialects.claimedBy("home/kitchen/temperature")).toBe("mapping");

  const other = { ...HOME, topic: "house/{device}/{metric}" };
  expect(await book.replace(id, other)).toEqual({ kind: "done", mapping: { ...other, id } });
  expect(dialects.claimedBy("home/kitchen/temperature")).toBeUndefined();
  expect(dialects.claimedBy("house/kitchen/temperature")).toBe("mapping");
  expect(book.list()).toEqual([{ ...other, id }]);

  expect(await book.remove(id)).toBe(true);
  expect(await book.remove(id)).toBe(false);
  expect(await book.replace(id, HOME)).toEqual({ kind: "unknown" });
  expect([book.list(), hubFile.mappings()]).toEqual([[], []]);
  expect(dialects.claimedBy("house/kitchen/temperature")).toBeUndefined();
  expect(changes()).toBe(3);
});

test("after a restart they are there in the same order; what cannot be read is left as it is, and said", async () => {
  const { book, hubFile } = start();
  await book.add(SENSORS);
  await book.add(HOME);
  await hubFile.write([
    { of: "mapping", id: "newer", data: '{"topic":"x/{device}","payload":"cbor"}' },
    { of: "mapping", id: "damaged", data: "{" },
    { of: "mapping", id: "odd", data: '{"topic":"{room}","payload":"value"}' },
  ]);
  const restarted = start(hubFile);
  expect(restarted.book.list().map(({ topic }) => topic)).toEqual([SENSORS.topic, HOME.topic]);
  expect(restarted.dialects.claimedBy("home/kitchen/temperature")).toBe("mapping");
  expect(restarted.log.lines.map(({ fields }) => fields["id"])).toEqual(["newer", "damaged", "odd"]);
  expect(hubFile.mappings()).toHaveLength(5);
});

test("where the disk takes nothing, nothing is changed", async () => {
  const { book, hubFile, dialects } = start();
  await book.add(SENSORS);
  hubFile.failWith(new StoreError("disk full", true));
  await expect(book.add(HOME)).rejects.toThrow("disk full");
  await expect(book.remove(book.list()[0]?.id ?? "")).rejects.toThrow("disk full");
  expect(book.list()).toHaveLength(1);
  expect(dialects.claimedBy("home/a/b")).toBeUndefined();
  hubFile.failWith(undefined);
  expect((await book.add(HOME)).kind).toBe("done");
});

test("two that are added at once are checked one after the other", async () => {
  const { book } = start();
  const outcomes = await Promise.all([book.add(HOME), book.add(HOME), book.add(SENSORS)]);
  expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "refused", "done"]);
  expect(new Set(book.list().map(({ id }) => id)).size).toBe(2);
});

test("a hub has at most 200", async () => {
  const { book } = start();
  for (let at = 0; at < MAX_MAPPINGS; at++) await book.add({ ...HOME, topic: `r${at}/{device}/{metric}` });
  expect(await book.add(HOME)).toEqual({ kind: "full" });
  const [first] = book.list();
  expect((await book.replace(first?.id ?? "", HOME)).kind).toBe("done");
});

describe("refused", () => {
  test.each<[what: string, fields: MappingFields, kind: "invalid" | "taken", field: string, words: string]>([
    ["no pattern", { ...HOME, topic: "home/#" }, "invalid", "topic", "a level is a name"],
    ["nothing but placeholders", { ...HOME, topic: "{device}/{metric}" }, "invalid", "topic", "must be a name"],
    ["an id in one value", { ...HOME, device: "id" }, "invalid", "device", "has no id"],
    ["an instant in one value", { ...HOME, time: "t" }, "invalid", "time", "has no instant"],
    ["values in one value", { ...HOME, values: "v" }, "invalid", "values", "no others"],
    ["two ids", { ...SENSORS, device: "id" }, "invalid", "device", "{device} already"],
    ["a name that no metric has", { ...SENSORS, rename: { a: "timestamp" } }, "invalid", "rename", "called timestamp"],
    ["only what no metric is called", { ...SENSORS, only: ["a", "ts"] }, "invalid", "only", "called ts"],
    ["boards' own topics", { ...HOME, topic: "devices/{device}/{metric}" }, "taken", "topic", "devices/"],
    [
      "boards' own topics, by a placeholder",
      { ...HOME, topic: "{device}/+/telemetry/{metric}" },
      "taken",
      "topic",
      "native",
    ],
    ["the topics of a family", { ...HOME, topic: "tele/{device}/{metric}" }, "taken", "topic", "tasmota"],
    ["one topic of a family", { ...SENSORS, topic: "tele/plug/SENSOR" }, "taken", "topic", "tasmota"],
    [
      "topics of a family that only its own names show",
      { ...HOME, topic: "stat/{device}/{metric+}" },
      "taken",
      "topic",
      "tasmota",
    ],
    [
      "topics of another mapping",
      { ...HOME, topic: "garden/{device}/temperature" },
      "taken",
      "topic",
      "garden/pump/{metric}",
    ],
  ])("%s", async (_what, fields, kind, field, words) => {
    const { book, hubFile } = start();
    await book.add({ ...HOME, topic: "garden/pump/{metric}" });
    const outcome = await book.add(fields);
    expect(outcome).toMatchObject({ kind: "refused", fault: { kind, field, message: expect.stringContaining(words) } });
    expect(hubFile.mappings()).toHaveLength(1);
  });

  test("a mapping that is changed is not in its own way", async () => {
    const { book } = start();
    const added = await book.add(HOME);
    const id = added.kind === "done" ? added.mapping.id : "";
    await book.add(SENSORS);
    expect((await book.replace(id, { ...HOME, units: { level: "cm" } })).kind).toBe("done");
    expect(await book.replace(id, { ...SENSORS, topic: "sensors/x/data" })).toMatchObject({ kind: "refused" });
    expect(book.faultOf(HOME, id)).toBeUndefined();
    expect(book.faultOf(HOME)).toMatchObject({ kind: "taken" });
  });
});

describe("a trial", () => {
  const sampleOf = (topic: string, payload: string) => ({ topic, payload: Buffer.from(payload) });

  test("shows what the samples become, with their instants and what is refused, and changes nothing", () => {
    const { dialect, dialects, clock } = start();
    const samples = [
      sampleOf("sensors/a/data", `{"at":${NOW / 1_000},"temperature":21.5,"humidity":"wet"}`),
      sampleOf("sensors/b/data", '{"at":"12:00","level":4}'),
      sampleOf("sensors/c/data", "5 apples"),
      sampleOf("home/kitchen/temperature", "21"),
    ];
    const trial = createTrial({ dialect, unmapped: { samples: () => samples }, clock });
    expect(trial({ ...SENSORS, time: "at" })).toEqual({
      topics: 3,
      readings: [
        {
          topic: "sensors/a/data",
          deviceId: "a",
          timestamp: "2026-11-30T12:00:00.000Z",
          metrics: { temperature: 21.5 },
        },
        { topic: "sensors/b/data", deviceId: "b", metrics: { level: 4 } },
      ],
      refused: [
        { topic: "sensors/a/data", reason: expect.stringMatching(/^humidity: Aerie knows this metric/) },
        { topic: "sensors/c/data", reason: expect.stringContaining("not valid JSON") },
      ],
    });
    expect(dialects.claimedBy("sensors/a/data")).toBeUndefined();
  });

  test("of many topics some are shown and all are counted", () => {
    const { dialect, clock } = start();
    const samples = Array.from({ length: 120 }, (_, at) => sampleOf(`home/r${at}/temperature`, "1"));
    const answer = createTrial({ dialect, unmapped: { samples: () => samples }, clock })(HOME);
    expect([answer.topics, answer.readings.length]).toEqual([120, 50]);
  });

  test("of topics that a mapping reads by now, the newer sample counts", () => {
    const { dialect, clock } = start();
    dialect.set([{ ...HOME, id: "a" }]);
    const publisher = { id: "anybody", deviceId: undefined, mayPublish: () => true, maySubscribe: () => true };
    const message = { ...sampleOf("home/bath/temperature", "25"), retain: false, receivedAtMs: NOW, publisher };
    dialect.claim("home/bath/temperature")?.(message);
    const samples = [sampleOf("home/bath/temperature", "20")];
    const { readings } = createTrial({ dialect, unmapped: { samples: () => samples }, clock })(HOME);
    expect(readings).toEqual([{ topic: "home/bath/temperature", deviceId: "bath", metrics: { temperature: 25 } }]);
  });
});
