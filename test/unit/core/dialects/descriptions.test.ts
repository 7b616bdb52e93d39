import { expect, test } from "vitest";
import type { MetricInfo } from "../../../../src/contract/metrics.ts";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createDescriptions } from "../../../../src/core/dialects/descriptions.ts";

const remote = "zigbee:0x1" as DeviceId;

function start() {
  const kinds = new Map<string, MetricInfo["kind"]>();
  const asked: string[] = [];
  const descriptions = createDescriptions({
    nameOf: () => undefined,
    presenceOf: () => undefined,
    metricInfo: (deviceId, metric) => {
      asked.push(`${deviceId} ${metric}`);
      const kind = kinds.get(metric);
      return kind && { label: metric, kind, unit: "" };
    },
  });
  return { kinds, asked, descriptions };
}

test("events are told apart from other metrics, and a dialect is asked once until it learned something", () => {
  const { kinds, asked, descriptions } = start();
  const { isEvent } = descriptions.familyOf(remote) ?? expect.fail("it is of a family");
  expect([isEvent("action"), isEvent("action"), isEvent("temperature")]).toEqual([false, false, false]);
  expect(asked).toEqual(["zigbee:0x1 action", "zigbee:0x1 temperature"]);
  kinds.set("action", "event");
  const changed: DeviceId[] = [];
  descriptions.onChanged((deviceId) => void changed.push(deviceId));
  descriptions.changed(remote);
  expect(isEvent("action")).toBe(true);
  expect(changed).toEqual([remote]);
});

test.each(["boiler", "zigbee", "kitchen:1", "zigbee2:x"])("nobody is asked whether %s has events", (id) => {
  const { asked, descriptions } = start();
  expect(descriptions.familyOf(id as DeviceId)).toBeUndefined();
  expect(asked).toEqual([]);
});
