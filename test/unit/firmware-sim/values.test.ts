/** The simulated values: reproducible, plausible, consistent with each other. */
import { expect, test } from "vitest";
import { airQualityIndex } from "../../../firmware-sim/board/air-quality-index.ts";
import { createSensors, type StationMetrics } from "../../../firmware-sim/board/sensors.ts";
import { createRandom, seedFrom, wander } from "../../../firmware-sim/helpers/random.ts";
import { peopleAt, planDay } from "../../../firmware-sim/room/day-plan.ts";
import { createRoom } from "../../../firmware-sim/room/room.ts";
import { ROOM_KIND_NAMES, type RoomKind } from "../../../firmware-sim/room/room-kind.ts";
import { METRICS } from "../../../src/contract/metrics.ts";

/** A Wednesday. */
const MIDNIGHT = Date.UTC(2026, 10, 18);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function day(kind: RoomKind, seed: number, everyMs = 5 * MINUTE): { hour: number; metrics: StationMetrics }[] {
  const room = createRoom({ kind, seed, utcOffsetMinutes: 0 });
  const sensors = createSensors(seed);
  return Array.from({ length: (24 * HOUR) / everyMs }, (_, n) => {
    const atMs = MIDNIGHT + n * everyMs;
    return { hour: (n * everyMs) / HOUR, metrics: sensors.read(room.at(atMs), atMs) };
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const between = (readings: ReturnType<typeof day>, from: number, to: number, pick: (m: StationMetrics) => number) =>
  mean(readings.filter(({ hour }) => hour >= from && hour < to).map(({ metrics }) => pick(metrics)));

test("the same seed gives the same numbers, another seed others, all of them in [0, 1)", () => {
  const take = (seed: number) => Array.from({ length: 1_000 }, createRandom(seed));
  expect(take(1)).toEqual(take(1));
  expect(take(1)).not.toEqual(take(2));
  expect(take(3).every((value) => value >= 0 && value < 1)).toBe(true);
  expect(mean(take(3))).toBeCloseTo(0.5, 1);
  expect(seedFrom(1, "esp32-01")).not.toBe(seedFrom(1, "esp32-02"));
});

test("wander is smooth and stays between -1 and 1", () => {
  for (let x = -5; x < 5; x += 0.01) {
    expect(Math.abs(wander(9, x))).toBeLessThanOrEqual(1);
    expect(Math.abs(wander(9, x + 0.01) - wander(9, x))).toBeLessThan(0.05);
  }
});

test("the same seed and the same instants give the same readings", () => {
  expect(day("office", 11)).toEqual(day("office", 11));
  expect(day("office", 11)).not.toEqual(day("office", 12));
});

test("a reading depends on its instant and hardly on how often the station looks", () => {
  const often = day("bedroom", 4, MINUTE).filter((_, n) => n % 30 === 0);
  const seldom = day("bedroom", 4, 30 * MINUTE);
  expect(seldom).toEqual(often);
});

test.each(ROOM_KIND_NAMES)("all fourteen metrics of a %s stay within the catalogue's ranges for a day", (kind) => {
  for (const { metrics } of day(kind, 21)) {
    expect(Object.keys(metrics)).toHaveLength(14);
    for (const [name, value] of Object.entries(metrics)) {
      const info = METRICS.get(name);
      expect(typeof value, name).toBe(info?.kind);
      const [min, max] = info?.range ?? [0, 1];
      expect(Number(value), name).toBeGreaterThanOrEqual(min);
      expect(Number(value), name).toBeLessThanOrEqual(max);
    }
  }
});

test.each(ROOM_KIND_NAMES)(
  "a %s is a place where people live: 15 to 29 °C, 20 to 90 %%, CO₂ below 3,000 ppm",
  (kind) => {
    for (const { metrics } of day(kind, 22)) {
      expect(metrics.temperature).toBeGreaterThan(15);
      expect(metrics.temperature).toBeLessThan(29);
      expect(metrics.humidity).toBeGreaterThan(20);
      expect(metrics.humidity).toBeLessThan(90);
      expect(metrics.co2).toBeLessThan(3_000);
      expect(metrics.flameDetected).toBe(false);
    }
  },
);

test("afternoons are warmer than the hours before dawn", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const readings = day("living-room", seed);
    const dawn = between(readings, 3, 6, (metrics) => metrics.temperature);
    expect(between(readings, 14, 17, (metrics) => metrics.temperature)).toBeGreaterThan(dawn + 0.5);
  }
});

test("people in an office raise CO₂, organics and eCO₂, and the room recovers when they have left", () => {
  for (const seed of [1, 2, 3]) {
    const readings = day("office", seed);
    for (const name of ["co2", "tvoc", "eco2"] as const) {
      const empty = between(readings, 3, 6, (metrics) => metrics[name]);
      const full = between(readings, 10, 12, (metrics) => metrics[name]);
      const late = between(readings, 22, 24, (metrics) => metrics[name]);
      expect(full, name).toBeGreaterThan(1.5 * empty);
      expect(late, name).toBeLessThan(empty + 0.2 * (full - empty));
    }
  }
});

test("sleepers make a bedroom's air damper", () => {
  const readings = day("bedroom", 8);
  const water = ({ humidity }: StationMetrics) => humidity;
  expect(between(readings, 4, 6.3, water)).toBeGreaterThan(between(readings, 15, 18, water) + 4);
});

test("an office is empty at night and on Sundays", () => {
  const wednesday = Math.floor(MIDNIGHT / (24 * HOUR));
  expect(peopleAt(planDay("office", 5, wednesday), 10.5)).toBeGreaterThan(0);
  expect(peopleAt(planDay("office", 5, wednesday), 3)).toBe(0);
  expect(peopleAt(planDay("office", 5, wednesday + 4), 10.5)).toBe(0);
});

test("people live by local time", () => {
  const co2At = (utcOffsetMinutes: number, hour: number) =>
    createRoom({ kind: "office", seed: 5, utcOffsetMinutes }).at(MIDNIGHT + hour * HOUR).co2Ppm;
  expect(co2At(0, 11)).toBeGreaterThan(700);
  expect(co2At(9 * 60, 20)).toBeLessThan(500);
  expect(co2At(9 * 60, 2)).toBeGreaterThan(700);
});

test("the air quality index is the worst of its parts", () => {
  expect(airQualityIndex({ tvocPpb: 110, co2Ppm: 400, coPpm: 0 })).toBeCloseTo(50);
  expect(airQualityIndex({ tvocPpb: 0, co2Ppm: 1_400, coPpm: 0 })).toBeCloseTo(100);
  expect(airQualityIndex({ tvocPpb: 110, co2Ppm: 400, coPpm: 40.4 })).toBeCloseTo(400);
  expect(airQualityIndex({ tvocPpb: 1e9, co2Ppm: 1e9, coPpm: 1e9 })).toBe(500);
});
