/** What a derived metric costs for each reading. Alone on its machine: 2 µs at most; this leaves five-fold slack. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import { MetricList } from "../../../../src/core/model/metric-list.ts";
import type { ReadingWrite } from "../../../../src/core/ports/writes.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { derivedOf, startDerivation } from "../../../support/memory/derivation-world.ts";
import { createMemoryCounters } from "../../../support/memory/memory-log.ts";

const BOARD = "board" as DeviceId;
const NAMES = ["temperature", "humidity", "pressure", ...Array.from({ length: 11 }, (_, index) => `m${index}`)];
const BODY = [new TextEncoder().encode(`{${NAMES.map((name) => `"${name}":21.5`).join(",")}}`)];
const ROUNDS = 5;
const READINGS = 20_000;

const EXPRESSIONS = [
  "dewPoint(temperature, humidity)",
  "absoluteHumidity(temperature, humidity)",
  "seaLevelPressure(pressure, temperature, 300)",
  "average(temperature, '15m')",
  "if(temperature > 25, rate(m1) * 3600, delta(m2))",
];

/** µs of a reading, of the fastest round. */
async function cost(expressions: readonly string[]): Promise<number> {
  const clock = createManualClock();
  const limits = { maxDevices: 10, maxDevicesPerClient: 10, maxMetricsPerDevice: 1_000 };
  const registry = createRegistry({ clock, stored: [], limits, onPresence: () => undefined });
  registry.admitDevice(BOARD, undefined);
  const { derivation, derivedBook } = startDerivation({ registry, counters: createMemoryCounters(), clock });
  for (const [index, expression] of expressions.entries()) await derivedBook.add(derivedOf(`_m${index}`, expression));
  let atMs = 1_700_000_000_000;
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let index = 0; index < READINGS; index++) {
      atMs += 5_000;
      const metrics = new MetricList(
        NAMES,
        NAMES.map(() => 20 + (index % 100) / 10),
      );
      const reading: ReadingWrite = {
        kind: "reading",
        deviceId: BOARD,
        atMs,
        timed: true,
        receivedAtMs: atMs,
        metrics,
        body: BODY,
        element: 0,
        packet: undefined,
      };
      derivation.settled(derivation.derive(reading), "stored");
    }
    const { user } = process.cpuUsage(before);
    fastest = Math.min(fastest, user / READINGS);
  }
  return fastest;
}

test("a derived metric costs a few µs a reading, and nothing where there is none", async () => {
  const none = await cost([]);
  const all = (await cost(EXPRESSIONS)) - none;
  console.log(
    `derived metrics: ${(all / EXPRESSIONS.length).toFixed(2)} µs a metric and reading; without any ${none.toFixed(2)} µs a reading`,
  );
  expect(all / EXPRESSIONS.length).toBeLessThan(10);
});
