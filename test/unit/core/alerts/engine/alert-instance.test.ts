import { expect, test } from "vitest";
import type { CompiledRule } from "../../../../../src/core/alerts/decisions/compiled-rule.ts";
import { AlertInstance, keptOf } from "../../../../../src/core/alerts/engine/alert-instance.ts";

test("what is written of an alert later is what it was when it changed, all of it", () => {
  const instance = new AlertInstance("hot~kitchen", { join: "all" } as CompiledRule, undefined, "t");
  instance.phase = { state: "firing", data: "fresh", episode: 3, sinceMs: 1_000 };
  instance.verdicts = ["past", undefined, "clear"];
  instance.value = 60;
  instance.noDataSinceMs = 7_000;
  instance.acknowledged = { by: "Ada", at: "2026-12-01T19:00:00.000Z" };
  instance.late = { fromMs: 1, toMs: 2, hasFired: true, seenMs: 3 };
  const judged = { receivedAtMs: 5, atMs: 6, n: 7 };
  const now = keptOf(instance, judged, 100);
  const then = instance.copy();
  instance.phase = { state: "normal", data: "fresh", episode: 3, sinceMs: 2_000 };
  instance.verdicts[0] = "clear";
  instance.value = 20;
  instance.noDataSinceMs = undefined;
  instance.acknowledged = undefined;
  instance.late = undefined;
  expect(keptOf(then, judged, 100)).toEqual(now);
  expect(Object.keys(now)).toEqual(
    expect.arrayContaining(["value", "verdicts", "noDataSince", "acknowledged", "judged", "late"]),
  );
});
