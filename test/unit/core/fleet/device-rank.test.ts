/** Every combination of what is known of a device has a rank, and the states that it is counted under. */
import { expect, test } from "vitest";
import { FLEET_STATES } from "../../../../src/contract/fleet/states.ts";
import { bitOf, type RankFacts, rankOf, statesOf } from "../../../../src/core/fleet/device-rank.ts";

const NOTHING: RankFacts = { presence: "online", alert: undefined, isNew: false, clockSuspect: false };
const words = (facts: RankFacts): string =>
  FLEET_STATES.filter((state) => (statesOf(facts) & bitOf(state)) !== 0).join(" ");

test.each<[Partial<RankFacts>, number, string]>([
  [{ alert: "critical" }, 0, "alarm"],
  [{ alert: "critical", presence: "offline", isNew: true, clockSuspect: true }, 0, "alarm offline new clock"],
  [{ alert: "warning" }, 1, "alarm"],
  [{ alert: "warning", presence: "late" }, 1, "alarm late"],
  [{ alert: "info" }, 7, "normal"],
  [{ alert: "info", presence: "late" }, 2, "late"],
  [{ presence: "late", isNew: true }, 2, "late new"],
  [{ presence: "offline", clockSuspect: true }, 3, "offline clock"],
  [{ presence: "asleep" }, 4, "asleep"],
  [{ isNew: true, clockSuspect: true }, 5, "new clock"],
  [{ clockSuspect: true }, 6, "clock"],
  [{}, 7, "normal"],
])("%j has rank %i and is counted as %s", (facts, rank, states) => {
  const whole = { ...NOTHING, ...facts };
  expect([rankOf(whole), words(whole)]).toEqual([rank, states]);
});
