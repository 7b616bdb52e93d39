/** Which boards are trusted to be missed: what `noData` conditions with `regular` are decided by. */
import { describe, expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { type DeviceEntry, newEntry } from "../../../../src/core/devices/device-entry.ts";
import { createRegularity, type Habit, type Regularity } from "../../../../src/core/devices/regularity.ts";
import type { HubChange, StoredRecord } from "../../../../src/core/ports/hub-file.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { isRegular } from "../../../../src/core/presence/regular.ts";
import { createManualClock, type ManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const boiler = "boiler" as DeviceId;
const MINUTE = 60_000;
const STEP = 2 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const nine = (gapMs: number, last = gapMs): number[] => [...Array<number>(8).fill(gapMs), last];

describe("isRegular", () => {
  test.each([
    ["nine gaps within three times their middle, known for a day", nine(MINUTE, 3 * MINUTE), DAY, true],
    ["one gap beyond three times their middle", nine(MINUTE, 3 * MINUTE + 1), DAY, false],
    ["eight gaps", nine(MINUTE).slice(1), DAY, false],
    ["known for less than a day", nine(MINUTE), DAY - 1, false],
    ["no gap", [], DAY, false],
  ])("%s", (_name, gaps, knownForMs, expected) => {
    expect(isRegular(gaps, { forMs: knownForMs })).toBe(expected);
  });

  test("the first gaps after a restart, if it was regular before", () => {
    expect(isRegular([], { forMs: DAY, wasAlike: true })).toBe(true);
    expect(isRegular([MINUTE, 4 * MINUTE, MINUTE], { forMs: DAY, wasAlike: true })).toBe(false);
  });
});

interface Disk {
  readonly records: Map<string, StoredRecord>;
  fails: boolean;
}

function start(clock: ManualClock = createManualClock(), disk: Disk = { records: new Map(), fails: false }) {
  const log = createMemoryLog();
  const devices = new Map<DeviceId, DeviceEntry>();
  const hub = { canHear: true };
  const regularity = createRegularity({
    registry: { list: () => [...devices.values()] },
    radioOf: (deviceId) => (deviceId.startsWith("zigbee:") ? { isMainsPowered: false } : undefined),
    canHear: () => hub.canHear,
    records: [...disk.records.values()],
    hubFile: { write: async (changes) => writeInto(disk, changes) },
    time: { nowMs: clock.nowMs, sinceMs: (atMs) => clock.nowMs() - atMs },
    clock,
    log,
  });
  return { clock, disk, log, hub, devices, regularity, ...played(clock, devices, regularity) };
}

function writeInto({ records, fails }: Disk, changes: readonly HubChange[]): void {
  if (fails) throw new StoreError("the disk is full", true);
  for (const change of changes) {
    if (change.of !== "record") continue;
    const { kind, id, data } = change;
    if (data === undefined) records.delete(id);
    else records.set(id, { kind, id, data });
  }
}

function played(clock: ManualClock, devices: Map<DeviceId, DeviceEntry>, regularity: Regularity) {
  const deviceOf = (deviceId: DeviceId): DeviceEntry => {
    const device =
      devices.get(deviceId) ??
      newEntry(deviceId, {
        clock,
        familyOf: () => undefined,
        before: { lastOf: () => undefined, aliveAtMs: undefined },
        tags: new Map(),
      });
    devices.set(deviceId, device);
    return device;
  };
  const speak = (deviceId = boiler): void => {
    const device = deviceOf(deviceId);
    device.readMs = clock.monotonicMs();
    device.rhythm.read(device.readMs);
  };
  const runFor = (ms: number, everyMs = STEP, deviceId = boiler): void => {
    for (let sent = 0; sent < ms; sent += everyMs) {
      clock.advance(everyMs);
      speak(deviceId);
    }
  };
  const factsOf = (deviceId = boiler): Habit => regularity.of(deviceOf(deviceId));
  return { speak, runFor, factsOf, isRegular: (deviceId = boiler) => factsOf(deviceId).isRegular };
}

describe("a board that sends every two minutes", () => {
  test("is missed after a day, not before", () => {
    const { runFor, isRegular } = start();
    runFor(DAY - STEP);
    expect(isRegular()).toBe(false);
    runFor(3 * STEP);
    expect(isRegular()).toBe(true);
  });

  test("is still missed while it is silent", () => {
    const { clock, runFor, isRegular } = start();
    runFor(25 * HOUR);
    clock.advance(2 * DAY);
    expect(isRegular()).toBe(true);
  });

  test("that is switched off each night is never missed", () => {
    const { clock, speak, runFor, isRegular } = start();
    for (let day = 0; day < 3; day++) {
      runFor(16 * HOUR);
      for (let hour = 0; hour < 8; hour++) {
        clock.advance(HOUR);
        expect(isRegular()).toBe(false);
      }
      speak();
    }
  });

  test("that is switched off each night and was left on for one, or for a weekend, is not missed", () => {
    const { clock, runFor, isRegular } = start();
    runFor(14 * HOUR);
    for (const daysOn of [1, 0, 1, 0, 0, 2]) {
      clock.advance(9 * HOUR);
      runFor(daysOn * DAY + 15 * HOUR);
      expect(isRegular()).toBe(false);
    }
  });

  test("that was off for hours is missed when it has kept its interval for a day more, and as before after a week", () => {
    const { clock, runFor, isRegular } = start();
    runFor(25 * HOUR);
    clock.advance(3 * HOUR);
    runFor(47 * HOUR);
    expect(isRegular()).toBe(false);
    runFor(2 * HOUR);
    expect(isRegular()).toBe(true);
    runFor(7 * DAY);
    clock.advance(HOUR);
    runFor(25 * HOUR);
    expect(isRegular()).toBe(true);
  });

  test("is missed again a day after it was silent for long", () => {
    const { clock, runFor, isRegular } = start();
    runFor(25 * HOUR);
    clock.advance(HOUR);
    runFor(23 * HOUR);
    expect(isRegular()).toBe(false);
    runFor(2 * HOUR);
    expect(isRegular()).toBe(true);
  });

  test("loses nothing by a silence of four minutes", () => {
    const { clock, runFor, isRegular } = start();
    runFor(DAY + HOUR);
    clock.advance(2 * MINUTE);
    runFor(30 * MINUTE);
    expect(isRegular()).toBe(true);
  });

  test("loses nothing while the hub cannot store what it sends", () => {
    const { clock, hub, runFor, isRegular } = start();
    runFor(DAY + HOUR);
    hub.canHear = false;
    clock.advance(HOUR);
    hub.canHear = true;
    runFor(30 * MINUTE);
    expect(isRegular()).toBe(true);
  });
});

test("the population is of boards that are missed, and says which are there", () => {
  const { runFor, devices, regularity, clock } = start();
  runFor(DAY + HOUR);
  runFor(MINUTE, MINUTE, "newcomer" as DeviceId);
  const board = devices.get(boiler) ?? expect.fail("it is known");
  board.detail = "online";
  clock.advance(MINUTE);
  expect(regularity.population()).toEqual({ known: 1, present: 1 });
  board.detail = "offline";
  clock.advance(MINUTE);
  expect(regularity.population()).toEqual({ known: 1, present: 0 });
  devices.delete(boiler);
  clock.advance(2 * MINUTE);
  expect(regularity.population()).toEqual({ known: 0, present: 0 });
});

test("a sensor that wakes each hour is missed as well", () => {
  const { runFor, isRegular } = start();
  runFor(30 * HOUR, HOUR);
  expect(isRegular()).toBe(true);
});

test("a sensor on a radio network may be silent for 25 hours, however often it usually sends", () => {
  const { runFor, factsOf, clock } = start();
  const sensor = "zigbee:0x1" as DeviceId;
  runFor(DAY + HOUR, STEP, sensor);
  expect(factsOf(sensor)).toEqual({ leastMs: 25 * HOUR, isRegular: true });
  clock.advance(24 * HOUR);
  runFor(30 * MINUTE, STEP, sensor);
  expect(factsOf(sensor).isRegular).toBe(true);
});

describe("over a restart", () => {
  test("a board that was regular is missed at once, also where the hub was down for long", async () => {
    const { clock, disk, runFor, regularity } = start();
    runFor(25 * HOUR);
    await regularity.close();
    clock.advance(3 * HOUR);
    const again = start(clock, disk);
    again.speak();
    again.runFor(30 * MINUTE);
    expect(again.isRegular()).toBe(true);
  });

  test("one that was silent for long just before is not", async () => {
    const { clock, disk, runFor, regularity } = start();
    runFor(25 * HOUR);
    clock.advance(HOUR);
    runFor(30 * MINUTE);
    await regularity.close();
    const again = start(clock, disk);
    again.runFor(HOUR);
    expect(again.isRegular()).toBe(false);
  });

  test("what could not be written is written later", async () => {
    const { clock, disk, log, runFor, regularity } = start();
    disk.fails = true;
    runFor(HOUR);
    await Promise.resolve();
    expect(disk.records.size).toBe(0);
    disk.fails = false;
    clock.advance(MINUTE);
    await regularity.close();
    expect([...disk.records.keys()]).toEqual([boiler]);
    expect(log.lines.map(({ event }) => event)).toEqual([
      "since when devices keep their interval could not be saved; the hub tries again",
    ]);
  });

  test("a device that was deleted is forgotten after some hours", async () => {
    const { disk, devices, runFor, regularity, clock } = start();
    runFor(HOUR);
    devices.delete(boiler);
    clock.advance(6 * HOUR);
    await regularity.close();
    expect(disk.records.size).toBe(0);
  });
});
