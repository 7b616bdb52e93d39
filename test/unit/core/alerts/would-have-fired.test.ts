/** A rule that is tried on stored readings says what the engine would have said while they came. */
import { describe, expect, test } from "vitest";
import type { Condition, RuleFields } from "../../../../src/contract/alerts.ts";
import { createRandom, type Random, seedFrom } from "../../../support/random.ts";
import { openTrialWorld } from "./trial-world.ts";

const t = { metric: "t" };
const CONDITIONS: readonly (readonly [string, Condition])[] = [
  ["above", { kind: "above", ...t, threshold: 50, clear: 40 }],
  ["below", { kind: "below", ...t, threshold: 20 }],
  ["outside", { kind: "outside", ...t, low: 20, high: 60, margin: 5 }],
  ["equals", { kind: "equals", metric: "open", value: true }],
  ["equals a text", { kind: "equals", metric: "mode", value: "heat" }],
  ["rate", { kind: "rate", ...t, above: 30, perS: 60, overS: 60 }],
  ["noData", { kind: "noData", afterS: 127 }],
  ["noData in intervals", { kind: "noData", intervals: 5 }],
  ["noData of a metric", { kind: "noData", metric: "open", afterS: 156 }],
  ["offline", { kind: "presence", state: "offline" }],
  [
    "all",
    {
      kind: "all",
      of: [
        { kind: "above", ...t, threshold: 45 },
        { kind: "equals", metric: "open", value: true },
      ],
    },
  ],
  [
    "any of values",
    {
      kind: "any",
      of: [
        { kind: "above", ...t, threshold: 60 },
        { kind: "equals", metric: "open", value: true },
      ],
    },
  ],
  [
    "any",
    {
      kind: "any",
      of: [
        { kind: "above", ...t, threshold: 55 },
        { kind: "noData", afterS: 139 },
      ],
    },
  ],
];

const ruleOf = (condition: Condition, random: Random): RuleFields => ({
  name: "tried",
  enabled: true,
  // Whether a silence has ended when a backlog comes depends on the second in which the engine looks.
  severity: condition.kind === "any" && condition.of.some(({ kind }) => kind === "noData") ? "warning" : "critical",
  scope: { all: true },
  condition,
  // Such that none is due in the same second as a reading or an end of a silence: the engine, which looks each second, meets those in any order.
  forS: random.pick([0, 0, 17, 41]),
  keepFiringS: random.pick([0, 0, 17, 58]),
  channels: "all",
});

/** Seconds; none is a multiple of another, so that nothing is due in the moment in which a reading comes. */
const INTERVALS = [5, 7, 11, 13];
const SILENCES = [97, 211, 409, 1_013];
const STEPS = 400;
/** What a backlog ends with: where time ends what was wrong in it, the second in which the engine looks decides whether it is told. */
const CLEAR = { t: 30, open: false };
/** Younger readings are no backlog. */
const DELAYED_S = 60;

/** A board that sends at an interval, is silent at times, and brings a backlog afterwards at others. */
async function playAndTry(
  condition: Condition,
  seed: number,
): Promise<{ live: string[]; tried: string[]; again: string[] }> {
  const random = createRandom(seed);
  const world = await openTrialWorld(ruleOf(condition, random));
  const { clock, read } = world;
  const intervalS = random.pick(INTERVALS);
  /** What never came is not missed. */
  const isOpenFrom = random.pick([0, 40]);
  let value = 35;
  clock.advance(random.pick([500, 400_500])); // readings come between the seconds at which the engine looks
  for (let step = 0; step < STEPS; step++) {
    value = Math.max(0, Math.min(80, value + random.whole(21) - 10));
    read({
      t: value,
      ...(step >= isOpenFrom && random.chance(0.6) && { open: random.chance(0.3) }),
      ...(random.chance(0.3) && { mode: random.pick(["heat", "cool"]) }),
    });
    const isSilent = random.chance(0.02);
    const passS = isSilent ? random.pick(SILENCES) : intervalS;
    for (let second = 0; second < passS; second++) clock.advance(1_000);
    if (isSilent && random.chance(0.6)) {
      // Which of two readings that were received in one moment came first is not stored.
      if (random.chance(0.5)) {
        read({ t: value });
        clock.advance(1_000);
      }
      // One of the very instant of the reading that came before is no older than that, so it is no backlog.
      for (let ago = passS - intervalS; ago > 1; ago -= intervalS) {
        const isLast = ago - intervalS <= 1 || (ago > DELAYED_S && ago - intervalS <= DELAYED_S);
        const { t, open } = isLast ? CLEAR : { t: random.whole(80), open: random.chance(0.3) };
        read({ t, ...(step >= isOpenFrom && { open }) }, ago * 1_000);
      }
    }
  }
  for (let second = 0; second < 200; second++) clock.advance(1_000);
  return { live: await world.live(), tried: world.tried(86_400_000), again: world.tried(600_000) };
}

const SECONDS = /\d+/g;
/** The engine looks each second. */
const TOLERATED_S = 2;

function expectAlike(found: readonly string[], expected: readonly string[]): void {
  const kinds = (events: readonly string[]): string[] => events.map((event) => event.replaceAll(SECONDS, "…"));
  expect(kinds(found)).toEqual(kinds(expected));
  for (const [index, event] of found.entries()) {
    const times = event.match(SECONDS)?.map(Number) ?? [];
    for (const [at, second] of (expected[index]?.match(SECONDS) ?? []).entries()) {
      expect(Math.abs((times[at] ?? 0) - Number(second)), `${event}, and not ${expected[index]}`).toBeLessThanOrEqual(
        TOLERATED_S,
      );
    }
  }
}

describe("a trial says what the engine said", () => {
  const seed = seedFrom("AERIE_TRIAL_SEED");
  test.each(CONDITIONS.map(([name, condition], index) => [name, condition, seed + index] as const))(
    "of %s",
    async (_name, condition, ownSeed) => {
      try {
        const { live, tried, again } = await playAndTry(condition, ownSeed);
        expectAlike(tried, live);
        expect(again).toEqual(tried); // however it is cut into chunks
      } catch (cause) {
        throw new Error(`with AERIE_TRIAL_SEED=${seed}`, { cause });
      }
    },
  );
});
