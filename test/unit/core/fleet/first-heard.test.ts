/** A device is new for a day, over restarts, failures of the disk and wrong clocks. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createFirstHeard } from "../../../../src/core/fleet/first-heard.ts";
import type { HubChange, StoredRecord } from "../../../../src/core/ports/hub-file.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createManualClock, type ManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { createMemoryTime, type MemoryTime } from "../../../support/memory/memory-time.ts";

const A = "a" as DeviceId;
const B = "b" as DeviceId;
const DAY_MS = 24 * 3_600_000;

function start(
  clock: ManualClock,
  disk: Map<string, string>,
  { known = [], memory = createMemoryTime(clock) }: { known?: readonly DeviceId[]; memory?: MemoryTime } = {},
) {
  const time = memory.start();
  const world = { isFull: false, over: [] as string[] };
  const write = async (changes: readonly HubChange[]): Promise<void> => {
    if (world.isFull) throw new StoreError("the disk is full", true);
    for (const change of changes) {
      if (change.of !== "record" || change.kind !== "first-heard") throw new Error("of another kind");
      if (change.data === undefined) disk.delete(change.id);
      else disk.set(change.id, change.data);
    }
  };
  const records = [...disk].map(([id, data]): StoredRecord => ({ kind: "first-heard", id, data }));
  const log = createMemoryLog();
  const onOver = (deviceId: DeviceId): void => void world.over.push(deviceId);
  const heard = createFirstHeard({ hubFile: { write }, records, known, onOver, time, clock, log });
  const close = async (): Promise<void> => {
    await heard.close();
    await time.close();
  };
  return { heard, world, close };
}

test("a device is new for 24 hours, also after a restart, and then nothing of that is kept", async () => {
  const clock = createManualClock();
  const disk = new Map<string, string>();
  const first = start(clock, disk);
  first.heard.appeared(A);
  await first.heard.close();
  expect(disk.size).toBe(1);

  clock.advance(DAY_MS - 60_000);
  const { heard, world } = start(clock, disk);
  expect([heard.isNew(A), heard.isNew(B)]).toEqual([true, false]);
  clock.advance(2 * 60_000);
  expect([heard.isNew(A), world.over]).toEqual([false, ["a"]]);
  await heard.close();
  expect(disk.size).toBe(0);
});

test("a device that an earlier run knew is not new, unless it was deleted", () => {
  const { heard } = start(createManualClock(), new Map(), { known: [A] });
  heard.appeared(A);
  expect(heard.isNew(A)).toBe(false);
  heard.removed(A);
  heard.appeared(A);
  expect(heard.isNew(A)).toBe(true);
});

test("what a full disk does not take is written later", async () => {
  const clock = createManualClock();
  const disk = new Map<string, string>();
  const { heard, world } = start(clock, disk);
  world.isFull = true;
  heard.appeared(A);
  clock.advance(1_000);
  await Promise.resolve();
  world.isFull = false;
  await heard.close();
  await heard.close();
  expect([...disk.keys()]).toEqual(["a"]);
});

test.each([-30, 30])(
  "a clock that is wrong by %i days, at a start or while the hub runs, ends nothing early",
  async (days) => {
    const clock = createManualClock();
    const memory = createMemoryTime(clock);
    const disk = new Map<string, string>();
    const first = start(clock, disk, { memory });
    first.heard.appeared(A);
    await first.close();

    clock.stepWall(days * DAY_MS);
    const second = start(clock, disk, { memory });
    second.heard.appeared(B);
    clock.advance(2 * 60_000);
    expect([second.heard.isNew(A), second.heard.isNew(B), second.world.over]).toEqual([true, true, []]);
    clock.stepWall(-days * DAY_MS);
    clock.advance(2 * 60_000);
    expect([second.heard.isNew(A), second.heard.isNew(B), second.world.over]).toEqual([true, true, []]);
    await second.close();
    expect([...disk.keys()]).toEqual(["a", "b"]);

    const { heard, world } = start(clock, disk, { memory });
    clock.advance(DAY_MS);
    expect([heard.isNew(A), heard.isNew(B), world.over]).toEqual([false, false, ["a", "b"]]);
  },
);

test("a record from far ahead of the hub's time, or one that cannot be read, makes nothing new", () => {
  const clock = createManualClock();
  const disk = new Map([
    ["a", String(clock.nowMs() + DAY_MS)],
    ["b", "?"],
  ]);
  const { heard } = start(clock, disk);
  expect([heard.isNew(A), heard.isNew(B)]).toEqual([false, false]);
});
