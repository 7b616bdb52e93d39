/** Counts of alerts that change, against counting them all anew. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Alert } from "../../../../../src/contract/alerts.ts";
import { createAlertSummary, isFiring } from "../../../../../src/core/alerts/shown/alert-summary.ts";
import { alertOf, createToldEngine } from "./alert-of.ts";

const SEVERITIES = ["critical", "warning", "info"] as const;
const STATES = ["normal", "pending", "firing", "recovering"] as const;

const change: fc.Arbitrary<Alert> = fc
  .record({
    id: fc.constantFrom("r~a", "r~b", "s~a", "s~a~battery", "hub~~disk"),
    severity: fc.constantFrom(...SEVERITIES),
    state: fc.constantFrom(...STATES),
  })
  .map(({ id, ...more }) => alertOf(id, more));

test("after any changes the counts are those of the list", () => {
  fc.assert(
    fc.property(fc.array(change), fc.array(fc.array(change, { minLength: 1, maxLength: 3 })), (stored, changes) => {
      const engine = createToldEngine(...stored);
      const summary = createAlertSummary(engine);
      for (const some of changes) engine.tell(...some);
      const all = engine.list();
      const firing = all.filter(isFiring);
      for (const severity of SEVERITIES) {
        expect(summary.firing()[severity]).toBe(firing.filter((each) => each.severity === severity).length);
        for (const { state, count } of summary.counts().filter((each) => each.severity === severity)) {
          expect(count).toBe(all.filter((each) => each.severity === severity && each.state === state).length);
        }
      }
      for (const deviceId of ["a", "b"]) {
        const its = firing.filter((each) => each.deviceId === deviceId).map(({ severity }) => severity);
        expect(summary.worstOf(deviceId)).toBe(SEVERITIES.find((severity) => its.includes(severity)));
      }
    }),
  );
});
