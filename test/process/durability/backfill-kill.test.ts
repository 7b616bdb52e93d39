/** A backfill that is killed resumes, while readings come; afterwards everything is as if the definition had always been there. */
import { expect, test } from "vitest";
import type { BackfillProgress, Derived, DerivedListAnswer } from "../../../src/contract/derived.ts";
import type { MetricValue } from "../../../src/contract/readings.ts";
import type { LatestAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { onEachEngine } from "../../support/hub/engines.ts";
import { type HubAddress, spawnHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const A_MESSAGE = 1_000;
const STEP_MS = 5_000;

const progressOf = async (hub: HubAddress, id: string): Promise<BackfillProgress | undefined> =>
  (await ask<DerivedListAnswer>(hub, "/api/derived")).body.derived.find((each) => each.id === id)?.backfill;

/** `seq` counts up by one every five seconds. */
async function publish(hub: HubAddress, firstMs: number, from: number, to: number): Promise<void> {
  const board = await connectJs(hub.mqttUrl);
  for (let first = from; first < to; first += A_MESSAGE) {
    const count = Math.min(A_MESSAGE, to - first);
    const readings = Array.from({ length: count }, (_, index) => ({
      ts: firstMs + (first + index) * STEP_MS,
      seq: first + index,
      temperature: 20,
      humidity: 50,
    }));
    await board.publish("devices/x/telemetry", JSON.stringify(readings), { qos: 1 });
  }
}

/** Of the minute that ends with it. */
const averageOf = (seq: number): number => {
  const from = Math.max(0, seq - 11);
  return (from + seq) / 2;
};

onEachEngine((engine) => {
  test("killed in the middle, it goes on, and every reading has what it would have had", async () => {
    const env = engine.env();
    // A server takes many times as long as the embedded store, which is to be killed in the middle as well.
    const before = env["AERIE_MONGODB_URL"] === undefined ? 12_000 : 3_000;
    const hub = await spawnHub({ env });
    const firstMs = Date.now() - (before + 500) * STEP_MS;
    await publish(hub, firstMs, 0, before);
    const add = async (metric: string, expression: string): Promise<string> => {
      const body = { scope: { devices: ["x"] }, metric, expression };
      return (await ask<Derived>(hub, "/api/derived", { method: "POST", body })).body.id;
    };
    const id = await add("_average", "average(seq, '1m')");
    await add("_step", "_average - previous(_average)");
    const begun = await ask<BackfillProgress>(hub, `/api/derived/${id}/backfill`, { method: "POST" });
    expect([begun.status, begun.body.devices]).toEqual([202, 1]);
    await until("the backfill is under way", async () => ((await progressOf(hub, id))?.readings ?? 0) > 0);
    await publish(hub, firstMs, before, before + 50);
    await hub.kill();

    const again = await spawnHub({ env, dataDir: hub.dataDir });
    await publish(again, firstMs, before + 50, before + 100);
    await until("the backfill is over", async () => (await progressOf(again, id)) === undefined);
    await publish(again, firstMs, before + 100, before + 150);

    const readings = await readingsOf(again, "x");
    expect(readings).toHaveLength(before + 150);
    const wrong = readings.filter(({ metrics }, seq) => {
      const average = averageOf(seq);
      const step: MetricValue | undefined = seq === 0 ? undefined : average - averageOf(seq - 1);
      return metrics["_average"] !== average || metrics["_step"] !== step;
    });
    expect(wrong).toEqual([]);
    const { metrics } = (await ask<LatestAnswer>(again, "/api/devices/x/latest")).body;
    expect([metrics["_average"]?.value, metrics["_step"]?.value]).toEqual([averageOf(before + 149), 1]);
  });
});
