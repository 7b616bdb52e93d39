/** Under which topics the messages of a replaced board are delivered as well. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createHardwareBook } from "../../../../src/core/hardware/hardware-book.ts";
import { replaced, untouched } from "../../../../src/core/hardware/hardware-record.ts";
import { otherTopic } from "../../../../src/core/ingest/replaced-topics.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const id = (name: string) => name as DeviceId;

async function bookOf(...pairs: readonly (readonly [string, string])[]) {
  const book = createHardwareBook({ hubFile: { write: async () => undefined }, stored: [], log: createMemoryLog() });
  for (const [device, by] of pairs) {
    await book.save(replaced(untouched(id(device)), { by: id(by), atMs: 1, hubMs: 1, credentials: [] }));
  }
  return book;
}

test.each([
  ["devices/new/telemetry", "devices/old/telemetry"],
  ["devices/new/telemetry/temperature", "devices/old/telemetry/temperature"],
  ["devices/new/status", "devices/old/status"],
  ["devices/new/commands/7/reply", "devices/old/commands/7/reply"],
  ["devices/old/commands/7", "devices/new/commands/7"],
  ["devices/old/desired/led", "devices/new/desired/led"],
  ["devices/new/commands/7", undefined],
  ["devices/old/telemetry", undefined],
  ["devices/old/commands/7/reply", undefined],
  ["devices/other/telemetry", undefined],
  ["devices/tasmota:plug/telemetry", undefined],
  ["tele/plug/SENSOR", undefined],
])("%s goes to %s", async (topic, other) => {
  const book = await bookOf(["old", "new"], ["shelly:1", "tasmota:plug"]);
  expect(otherTopic(topic, book)).toBe(other);
});
