/** More than 300 discovery documents in all forms, and what each makes of a message. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createHomeAssistant } from "../../../../src/dialects/home-assistant/home-assistant.ts";
import { createSession } from "../family-session.ts";
import { ANNOUNCED } from "./announced-entities.ts";

const hub = createSession(() => createHomeAssistant());

test("there are enough of them", () => {
  expect(ANNOUNCED.length).toBeGreaterThan(300);
  expect(new Set(ANNOUNCED.map(({ topic }) => topic)).size).toBe(ANNOUNCED.length);
});

test.each(ANNOUNCED)("$title", ({ topic, document, stateTopic, payload, deviceId, metric, row }) => {
  expect(hub.send(topic, JSON.stringify(document), { retain: true })).toEqual({});
  const { readings, faults } = hub.send(stateTopic, payload);
  expect(faults).toBeUndefined();
  expect(readings).toEqual(row.value === undefined ? undefined : [{ deviceId, metrics: { [metric]: row.value } }]);
  expect(hub.metricInfo(deviceId as DeviceId, metric)).toMatchObject(row.info);
});
