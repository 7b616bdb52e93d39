/** A device that is deleted while many are changed gets nothing of the change, nor does one that comes later with its id. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createDeviceChanges } from "../../../../src/core/devices/device-changes.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import type { HubChange } from "../../../../src/core/ports/hub-file.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const A = "a" as DeviceId;
const B = "b" as DeviceId;

/** `meanwhile` happens after the store has the change, before it says so. */
function start(meanwhile: (world: { remove(id: DeviceId): void; speak(id: DeviceId): void }) => void) {
  const clock = createManualClock();
  const limits = { maxDevices: 100, maxDevicesPerClient: 100, maxMetricsPerDevice: 10 };
  const registry = createRegistry({ clock, stored: [], limits, onPresence: () => undefined });
  const speak = (id: DeviceId): void => registry.storedReading(id, new Map([["t", 20]]), clock.nowMs());
  for (const id of [A, B]) speak(id);
  const written: HubChange[] = [];
  const inStore = async (): Promise<void> => meanwhile({ remove: registry.remove, speak });
  const changes = createDeviceChanges({
    registry,
    store: { nameDevice: inStore, relocate: inStore, setRetention: inStore },
    descriptions: { ownerOf: () => new Map(), setByOwner: () => undefined, changed: () => undefined },
    hubFile: { write: async (some) => void written.push(...some) },
    onChanged: () => undefined,
  });
  const tagged = (): unknown[] => written.flatMap((change) => (change.of === "learned" ? [change.deviceId] : []));
  return { changes, registry, tagged };
}

test("a device that is deleted meanwhile gets no tags, and is not counted", async () => {
  const { changes, registry, tagged } = start(({ remove }) => remove(A));
  const changed = await changes.changeMany({ devices: [A, B], addTags: ["heating"], place: "Cellar" });
  expect(changed).toEqual({ changed: 1, unknown: [A] });
  expect(tagged()).toEqual([B]);
  expect(registry.get(B)).toMatchObject({ tags: ["heating"], place: "Cellar" });
});

test("one that comes back meanwhile is another: it has neither the tags nor the place", async () => {
  const { changes, registry, tagged } = start(({ remove, speak }) => {
    remove(A);
    speak(A);
  });
  expect(await changes.changeMany({ devices: [A, B], addTags: ["heating"], place: "Cellar" })).toMatchObject({
    changed: 1,
  });
  expect(tagged()).toEqual([B]);
  expect(registry.get(A)).toMatchObject({ tags: [], place: undefined });
});

test("the same holds for a change of one device", async () => {
  const { changes, tagged } = start(({ remove }) => remove(A));
  await changes.change(A, { place: "Cellar", tags: ["heating"] });
  expect(tagged()).toEqual([]);
});
