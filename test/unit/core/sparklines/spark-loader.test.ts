import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { newEntry } from "../../../../src/core/devices/device-entry.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createSparkLoader } from "../../../../src/core/sparklines/spark-loader.ts";
import { createSparklines } from "../../../../src/core/sparklines/sparklines.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { turn } from "../../../support/memory/memory-store.ts";

/** Three devices; `answers`: how the store answers about one, where it does not answer that it has nothing. */
function world(answers: Record<string, () => Promise<never>>) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const before = { lastOf: () => undefined, aliveAtMs: undefined };
  const parts = { clock, familyOf: () => undefined, before, tags: new Map() };
  const devices = ["a", "b", "c"].map((id) => newEntry(id as DeviceId, parts));
  const sparklines = createSparklines({
    kept: [],
    registry: { get: (id) => devices.find(({ deviceId }) => deviceId === id) },
    heroOf: () => "t",
    nowMs: clock.nowMs,
  });
  const asked: string[] = [];
  const loader = createSparkLoader({
    clock,
    log,
    sparklines,
    store: {
      series: async ({ deviceId }) => {
        asked.push(deviceId);
        return (await answers[deviceId]?.()) ?? { resolutionMs: 0, columns: [], damaged: [] };
      },
    },
  });
  const lacking = (): string[] => devices.filter((each) => sparklines.lacking(each)).map(({ deviceId }) => deviceId);
  return { clock, log, asked, lacking, load: () => loader.load(devices) };
}

test("a device that cannot be read holds up no other, and is logged once", async () => {
  const { log, lacking, load } = world({ a: () => Promise.reject(new StoreError("its segment is damaged", false)) });
  await load();
  expect(lacking()).toEqual(["a"]);
  await load();
  expect(log.lines.map(({ fields }) => fields["deviceId"])).toEqual(["a"]);
});

test("a device for which the store never answers is given up, and the others are read", async () => {
  const { clock, lacking, load } = world({ a: () => new Promise(() => undefined) });
  const loading = load();
  await turn();
  clock.advance(10_000);
  await loading;
  await turn();
  expect(lacking()).toEqual(["a"]);
});

test("while the store is away, each device waits in the queue once, however often it is asked for", async () => {
  let end = (): void => undefined;
  const away = new Promise<never>((_resolve, reject) => {
    end = () => reject(new StoreError("MongoDB is away", true));
  });
  const { asked, log, load } = world({ a: () => away, b: () => away, c: () => away });
  const loading = [load(), load(), load()];
  await turn();
  end();
  await Promise.all(loading);
  expect([asked, log.lines]).toEqual([["a", "b", "c"], []]);
});
