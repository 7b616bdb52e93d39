/** A rule that is tried on what is stored: sealed or not, late or not, by steps or by pages, it is the same. */
import { expect, test } from "vitest";
import type { Condition } from "../../../src/contract/alerts.ts";
import { tryByPages } from "../../../src/core/alerts/trial/trial-pages.ts";
import type { TrialSpec } from "../../../src/core/ports/rule-trial.ts";
import { saveAll, upkeepAll } from "./history-contract.ts";
import type { Start } from "./opened-store.ts";
import { boiler, type Metrics, MINUTE_MS, T0, timed, untimed } from "./writes.ts";

const DAYS = 3;
const PER_DAY = 288;
const STEP_MS = 5 * MINUTE_MS;
const DAY_MS = PER_DAY * STEP_MS;

const specOf = (condition: Condition): TrialSpec => ({
  rule: {
    id: "trial",
    name: "tried",
    enabled: true,
    severity: "critical",
    scope: { all: true },
    condition,
    forS: 600,
    keepFiringS: 0,
    channels: "all",
  },
  deviceId: boiler,
  alerts: [{ metric: undefined, isCounter: [false] }],
  fromMs: T0 + STEP_MS,
  toMs: T0 + DAYS * DAY_MS,
  sentBefore: [],
  presence: [],
  pauses: [],
  radio: undefined,
});

const goOn = (): boolean => true;

export function describeTrials(start: Start): void {
  test("a rule that is tried finds the same in segments and in rows that are in none", async () => {
    const { store } = await start();
    const metricsAt = (index: number): Metrics => ({
      t: (index * 7) % 100,
      ...(index % 3 === 0 && { open: index % 60 < 30 }),
      ...(index % 4 === 0 && { mode: index % 80 < 40 ? "heat" : "off" }),
    });
    for (let day = 0; day < DAYS; day++) {
      const readings = Array.from({ length: PER_DAY }, (_, index) => {
        const atMs = T0 + day * DAY_MS + index * STEP_MS;
        // Two hours of each day come an hour later, some of them on the next one.
        const isLate = index >= PER_DAY - 36 && index < PER_DAY - 12;
        return isLate
          ? timed(atMs, metricsAt(index), { receivedAtMs: atMs + 60 * MINUTE_MS })
          : untimed(atMs, metricsAt(index));
      });
      await store.append([readings]);
      await saveAll(store);
      if (day < DAYS - 1) await upkeepAll(store, T0 + (day + 1) * DAY_MS);
    }
    for (const condition of [
      { kind: "above", metric: "t", threshold: 60, clear: 30 },
      { kind: "equals", metric: "open", value: true },
      { kind: "equals", metric: "mode", value: "heat" },
      { kind: "noData", metric: "open", afterS: 1_000 },
    ] as const) {
      const spec = specOf(condition);
      const tried = await store.tryRule(spec, goOn);
      expect(tried.readings).toBe(DAYS * PER_DAY - 1);
      expect(tried.fired).toBeGreaterThan(2);
      expect(tried).toEqual(await tryByPages(store.readings, spec, goOn));
    }
  });

  test("a trial ends where it is told to, and says so", async () => {
    const { store } = await start();
    await store.append([Array.from({ length: 10 }, (_, index) => untimed(T0 + index * STEP_MS, { t: 1 }))]);
    const spec = specOf({ kind: "above", metric: "t", threshold: 60 });
    expect(await store.tryRule(spec, () => false)).toMatchObject({ events: [] });
    expect(await store.tryRule(spec, goOn)).toMatchObject({ isComplete: true, readings: 9 });
    expect(await store.tryRule({ ...spec, deviceId: "unknown" as typeof boiler }, goOn)).toMatchObject({
      readings: 0,
      isComplete: true,
    });
  });
}
