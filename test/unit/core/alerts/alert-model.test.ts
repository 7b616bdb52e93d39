/** Random histories with kills and jumps of the clock anywhere, against a count second by second that knows nothing of states. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Condition, SimpleCondition } from "../../../../src/contract/alerts.ts";
import type { UnsavedReading } from "../../../../src/core/ports/readings-store.ts";
import { createWorld, type World } from "./alert-world.ts";

/** AERIE_TEST_ALERT_HISTORIES: thousands of them. */
const HISTORIES = Number(process.env["AERIE_TEST_ALERT_HISTORIES"] ?? 300);
const SECOND_MS = 1_000;

interface Metrics {
  readonly t?: number;
  readonly h?: number;
}

type Act =
  | { readonly kind: "read"; readonly metrics: Metrics }
  /** A reading that is old when it comes. */
  | { readonly kind: "late"; readonly metrics: Metrics }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "silence"; readonly seconds: number }
  | { readonly kind: "save" }
  /** The wall clock jumps. */
  | { readonly kind: "step"; readonly ms: number }
  /** `isWritten`: what was decided was written before. */
  | { readonly kind: "kill"; readonly isWritten: boolean };

interface History {
  readonly condition: keyof typeof CONDITIONS;
  readonly forS: number;
  readonly keepFiringS: number;
  readonly acts: readonly Act[];
}

const BOTH: SimpleCondition[] = [
  { kind: "above", metric: "t", threshold: 50, clear: 40 },
  { kind: "above", metric: "h", threshold: 50, clear: 40 },
];
const OVER_S = 2;
const FASTER_THAN = 3;
const CONDITIONS = {
  one: { kind: "above", metric: "t", threshold: 50, clear: 40 },
  all: { kind: "all", of: BOTH },
  any: { kind: "any", of: BOTH },
  rate: { kind: "rate", metric: "t", above: FASTER_THAN, perS: 1, overS: OVER_S },
} as const satisfies Record<string, Condition>;

const value = fc.constantFrom(30, 45, 60);
const metrics: fc.Arbitrary<Metrics> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ t: value }) },
  { weight: 1, arbitrary: fc.record({ h: value }) },
  { weight: 1, arbitrary: fc.record({ t: value, h: value }) },
);
const kind = <Kind extends Act["kind"]>(name: Kind) => fc.constant(name);
const ACTS = {
  read: { weight: 8, arbitrary: fc.record({ kind: kind("read"), metrics }) },
  late: { weight: 1, arbitrary: fc.record({ kind: kind("late"), metrics }) },
  wait: { weight: 3, arbitrary: fc.record({ kind: kind("wait"), seconds: fc.integer({ min: 1, max: 5 }) }) },
  silence: { weight: 1, arbitrary: fc.record({ kind: kind("silence"), seconds: fc.integer({ min: 1, max: 9 }) }) },
  save: { weight: 1, arbitrary: fc.record({ kind: kind("save") }) },
  kill: { weight: 3, arbitrary: fc.record({ kind: kind("kill"), isWritten: fc.boolean() }) },
  step: {
    weight: 2,
    // Ids of silences are the milliseconds in which they were made: no two in the same.
    arbitrary: fc.record({ kind: kind("step"), ms: fc.constantFrom(-3_600_007, -3_001, 3_013, 3_600_101) }),
  },
};
const delays = { forS: fc.constantFrom(0, 2, 4), keepFiringS: fc.constantFrom(0, 3) };
const NONE = { forS: fc.constant(0), keepFiringS: fc.constant(0) };
const { read, late, wait, silence, save, kill, step } = ACTS;

/** Whether the hub was down or its clock was wrong cannot be told after a kill: with both, no delay is asked for. */
const history: fc.Arbitrary<History> = fc.oneof(
  fc.record({
    condition: fc.constant("rate"),
    ...delays,
    // What is saved is not judged again: of that only the store knows what came before.
    acts: fc.array(fc.oneof(read, late, wait, silence, { ...save, weight: 4 }, kill), { maxLength: 30 }),
  }),
  fc.record({
    condition: fc.constantFrom("one", "all", "any"),
    ...delays,
    acts: fc.array(fc.oneof(read, late, wait, silence, save, kill), { maxLength: 30 }),
  }),
  fc.record({
    condition: fc.constantFrom("one", "all", "any"),
    ...delays,
    acts: fc.array(fc.oneof(read, wait, silence, save, step), { maxLength: 30 }),
  }),
  fc.record({
    condition: fc.constantFrom("one", "all", "any"),
    ...NONE,
    acts: fc.array(fc.oneof(read, wait, silence, save, kill, step), { maxLength: 30 }),
  }),
);

/** What came in each second; undefined: nothing. */
type Seconds = readonly (Metrics | undefined)[];

/** What a person with a list of values would say of one second; undefined: neither. */
function saidIn(seconds: Seconds, at: number, condition: History["condition"]): boolean | undefined {
  const newest = (metric: "t" | "h"): number | undefined =>
    seconds.slice(0, at + 1).findLast((each) => each?.[metric] !== undefined)?.[metric];
  const isHigh = (number: number | undefined): boolean | undefined =>
    number === undefined || (number > 40 && number <= 50) ? undefined : number > 50;
  const [t, h] = [isHigh(newest("t")), isHigh(newest("h"))];
  switch (condition) {
    case "one":
      return t;
    case "all":
      return t === false || h === false ? false : t && h;
    case "any":
      return t === true || h === true ? true : t === false && h === false ? false : undefined;
    case "rate": {
      const now = seconds[at]?.t;
      const from = seconds.findLastIndex((each, second) => second <= at - OVER_S && each?.t !== undefined);
      const before = seconds[from]?.t;
      if (now === undefined || before === undefined || at - from > 3 * OVER_S) return undefined;
      return (now - before) / (at - from) > FASTER_THAN;
    }
  }
}

function expected(seconds: Seconds, { forS, keepFiringS, condition }: History): string[] {
  const said = seconds.map((each, at) => (each === undefined ? undefined : saidIn(seconds, at, condition)));
  const isActive = (second: number): boolean => said.slice(0, second + 1).findLast((is) => is !== undefined) === true;
  const held = (from: number, to: number, wanted: boolean): boolean =>
    from >= 0 && Array.from({ length: to - from }, (_, index) => isActive(from + index)).every((is) => is === wanted);
  const events: string[] = [];
  let isFiring = false;
  for (let second = 0; second < seconds.length; second++) {
    // What delays decide comes before what is read in that second.
    if (!isFiring && forS > 0 && held(second - forS, second, true)) events.push("firing");
    else if (isFiring && keepFiringS > 0 && held(second - keepFiringS, second, false)) events.push("resolved");
    isFiring = events.at(-1) === "firing";
    if (!isFiring && forS === 0 && isActive(second)) events.push("firing");
    else if (isFiring && keepFiringS === 0 && !isActive(second)) events.push("resolved");
    isFiring = events.at(-1) === "firing";
  }
  return events;
}

interface Played {
  readonly found: readonly string[];
  readonly seconds: Seconds;
}

async function played(past: History): Promise<Played> {
  const first = createWorld();
  const { clock, known, rows } = first;
  const condition: Condition = CONDITIONS[past.condition];
  await first.add({ condition, forS: past.forS, keepFiringS: past.keepFiringS, severity: "warning" });
  clock.stepWall(10 * 86_400_000); // no jump goes back to before there was the rule
  let world: World = first;
  let unsaved: UnsavedReading[] = [];
  const seconds: (Metrics | undefined)[] = [undefined];
  const silences: { readonly untilMs: number; isOver: boolean }[] = [];
  const { id } = first.deviceOf("boiler");

  function secondPassed(): void {
    seconds.push(undefined);
    for (const each of silences) each.isOver ||= each.untilMs <= clock.nowMs();
  }

  async function pass(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      await world.pass(SECOND_MS);
      secondPassed();
    }
  }

  function readNow({ t, h }: Metrics, ageMs: number): void {
    const sent = { ...(t !== undefined && { t }), ...(h !== undefined && { h }) };
    const receivedAtMs = clock.nowMs();
    const atMs = receivedAtMs - ageMs;
    const n = rows.filter((row) => row.atMs === atMs).length;
    unsaved.push({ deviceId: id, atMs, n, receivedAtMs, metrics: new Map(Object.entries(sent)) });
    world.read("boiler", sent, { atMs, receivedAtMs, n });
  }

  async function act(each: Act, index: number): Promise<void> {
    switch (each.kind) {
      case "read":
        readNow(each.metrics, 0);
        seconds[seconds.length - 1] = each.metrics;
        // One a second; whether it is written before what comes next is left open.
        clock.advance(SECOND_MS);
        return secondPassed();
      case "late":
        // Of a metric that never came, it is the newest.
        if (Object.keys(each.metrics).every((metric) => seconds.some((past) => past?.[metric as keyof Metrics])))
          readNow(each.metrics, 600_000 + index * 7_000);
        return;
      case "wait":
        return pass(each.seconds);
      case "silence": {
        const untilMs = clock.nowMs() + each.seconds * SECOND_MS + 500;
        await world.silences.add({ until: new Date(untilMs).toISOString() }, "ann");
        silences.push({ untilMs, isOver: false });
        return;
      }
      case "step":
        return clock.stepWall(each.ms);
      case "save": {
        const settled = world.engine.settled();
        await world.written();
        await settled;
        unsaved = [];
        return;
      }
      case "kill": {
        if (each.isWritten) await world.written();
        const file = world.file.copy();
        void world.engine.close();
        world = createWorld({ clock, file, devices: known, unsaved: [...unsaved], rows });
        await world.opened;
      }
    }
  }

  function checkSilences(): void {
    const held = silences.flatMap(({ untilMs, isOver }) => (isOver || untilMs <= clock.nowMs() ? [] : untilMs));
    expect(world.silences.list().map(({ until }) => Date.parse(until))).toEqual(held);
    const last = held.length === 0 ? undefined : new Date(Math.max(...held)).toISOString();
    for (const { silencedUntil } of world.engine.list()) expect(silencedUntil).toBe(last);
  }

  for (const [index, each] of past.acts.entries()) {
    await act(each, index);
    checkSilences();
  }
  await pass(past.forS + past.keepFiringS + 2);
  const closing = world.engine.close();
  await world.written();
  await closing;
  const kinds = world.kinds();
  const ended = silences.filter(({ isOver }) => isOver);
  expect(kinds.filter((each) => each === "silenced")).toHaveLength(silences.length);
  expect(kinds.filter((each) => each === "unsilenced")).toHaveLength(ended.length);
  return { found: kinds.filter((each) => each !== "silenced" && each !== "unsilenced"), seconds };
}

test("what fired and ended is what the readings say, whenever the hub is killed, its clock jumps, or somebody silences", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (past) => {
      const { found, seconds } = await played(past);
      expect(found).toEqual(expected(seconds, past));
    }),
    { numRuns: HISTORIES },
  );
}, 3_600_000);
