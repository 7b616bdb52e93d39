/** Ids that the hub does not know, and the known id that each may be meant as. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { distanceWithin } from "../../../../../src/core/alerts/edit-distance.ts";
import { createUnknownDevices } from "../../../../../src/core/alerts/unknown-devices.ts";
import { createRegistry } from "../../../../../src/core/devices/registry.ts";
import { parseDeviceId } from "../../../../../src/core/model/device-id.ts";
import { createManualClock } from "../../../../support/clock/manual-clock.ts";

const device = (text: string) => {
  const id = parseDeviceId(text);
  return id.ok ? id.value : expect.fail(`${text} is an id`);
};

function unknownOf(ids: readonly string[], boards: readonly string[] = []) {
  const clock = createManualClock();
  const limits = { maxDevices: 100, maxDevicesPerClient: 100, maxMetricsPerDevice: 10 };
  const registry = createRegistry({ clock, stored: [], limits, onPresence: () => undefined });
  for (const id of ["kitchen", "kitchen-2", "kitchen-4", "living-room", "tasmota:plug"]) {
    registry.storedReading(device(id), new Map([["t", 20]]), clock.nowMs());
  }
  registry.rename(device("kitchen-2"), { name: "WC", place: undefined });
  const unknown = createUnknownDevices({ registry, boardIds: () => boards })(ids);
  registry.close();
  return unknown;
}

test.each([
  ["kitchn", "kitchen"],
  ["Kitchen", "kitchen"],
  ["kicthen", "kitchen"],
  ["livingroom", "living-room"],
  ["plug", "tasmota:plug"],
  ["wc", "kitchen-2"],
  ["kitchen-3", "kitchen-2"],
  ["greenhouse", undefined],
  ["x", undefined],
])("%s may be meant as %s", (id, nearest) => {
  expect(unknownOf([id])).toEqual([{ id, ...(nearest !== undefined && { nearest }) }]);
});

test("known devices are not named, nor are boards that have a credential and have sent nothing; each id is named once", () => {
  expect(unknownOf(["kitchen", "tasmota:plug"])).toBeUndefined();
  expect(unknownOf([])).toBeUndefined();
  expect(unknownOf(["garage"], ["garage"])).toBeUndefined();
  expect(unknownOf(["garag", "kitchen", "garag"], ["garage"])).toEqual([{ id: "garag", nearest: "garage" }]);
});

test("ten thousand ids are answered, with the nearest of the first three", () => {
  const unknown = unknownOf(Array.from({ length: 10_000 }, (_, index) => `living-rom${index}`)) ?? [];
  expect(unknown).toHaveLength(10_000);
  const found = unknown.flatMap(({ id, nearest }) => (nearest === undefined ? [] : [id]));
  expect(found).toEqual(["living-rom0", "living-rom1", "living-rom2"]);
});

test.each([
  ["abc", "abc", 0, 0],
  ["abc", "abd", 0, undefined],
  ["abcd", "acbd", 1, 1],
  ["abcd", "abcde", 1, 1],
  ["abcd", "bcd", 1, 1],
  ["kitten", "sitting", 3, 3],
  ["kitten", "sitting", 2, undefined],
  ["", "ab", 2, 2],
])("%j and %j are apart, within %i: %s", (one, other, most, distance) => {
  expect(distanceWithin(one, other, most)).toBe(distance);
  expect(distanceWithin(other, one, most)).toBe(distance);
});

test("the distance within a limit is the whole distance, where that is not over the limit", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 10 });
  const property = fc.property(word, word, fc.integer({ min: 0, max: 4 }), (one, other, most) => {
    const whole = distanceWithin(one, other, 10) ?? Number.NaN;
    expect(distanceWithin(one, other, most)).toBe(whole <= most ? whole : undefined);
  });
  fc.assert(property, { seed: 14, numRuns: 2_000 });
});
