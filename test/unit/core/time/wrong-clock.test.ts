/** Whatever starts, stops and jumps of the clock come: nothing ends before its time, and what is over ends when the clock is right. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { NEVER_EXPIRES } from "../../../../src/broker/packets/packet.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryTime } from "../../../support/memory/memory-time.ts";
import { createRecordingJournal } from "../../../support/memory/recording-journal.ts";
import { openWorld, type World } from "../../../support/memory/session-world.ts";

/** `npm run soak` sets 5,000, of chance; those of the short form are always the same. */
const HISTORIES = process.env["AERIE_TEST_HISTORIES"];
const CHOICE = HISTORIES === undefined ? { numRuns: 60, seed: 14 } : { numRuns: Number(HISTORIES) };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What corrections of the clock may come to. */
const TOLERANCE_MS = 3 * MINUTE_MS;
/** A clock that is wrong for a day of running is believed. */
const MOST_WRONG_MS = 20 * HOUR_MS;

const KINDS = ["session", "message", "retained", "will"] as const;

interface Step {
  /** What is promised first, and for how long. */
  readonly kind: (typeof KINDS)[number];
  readonly forMs: number;
  readonly runMs: number;
  /** By so much the clock is wrong afterwards; undefined: it does not jump. */
  readonly jumpTo: number | undefined;
}

interface Run {
  readonly offMs: number;
  /** "stood": the clock stood while the hub was off. */
  readonly errorMs: number | "stood";
  readonly isKilled: boolean;
  readonly steps: readonly Step[];
}

interface Promised extends Pick<Step, "kind" | "forMs"> {
  readonly trueMs: number;
  readonly ranMs: number;
  /** By a trusted clock, and none jumped in that run. */
  isPlain: boolean;
}

const errors = fc.constantFrom(0, 0, ...[10, -10, 100, -100].map((days) => days * DAY_MS));
const steps = fc.record({
  kind: fc.constantFrom(...KINDS),
  forMs: fc.constantFrom(HOUR_MS, 6 * HOUR_MS, 2 * DAY_MS, 20 * DAY_MS),
  runMs: fc.constantFrom(5 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS),
  jumpTo: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: errors }),
});
const runs = fc.array(
  fc.record({
    offMs: fc.constantFrom(MINUTE_MS, HOUR_MS, 20 * HOUR_MS, 3 * DAY_MS, 40 * DAY_MS),
    errorMs: fc.oneof(errors, fc.constant("stood" as const)),
    isKilled: fc.boolean(),
    steps: fc.array(steps, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** The hub as a process after the other, beside a time that is never wrong. */
async function openHistory() {
  const clock = createManualClock();
  // Looked at less often than in a hub, since many days pass.
  const memory = createMemoryTime({ ...clock, every: (ms, run) => clock.every(ms * 20, run) });
  let time = memory.start();
  let world: World = await openWorld({ clock, time, journal: createRecordingJournal() });
  let listener = listen();
  let offMs = 0;
  let errorMs = 0;
  let wrongMs = 0;
  const promised = new Map<string, Promised>();
  let ofThisRun: Promised[] = [];
  let hasJumped = false;
  let hasStood = false;
  /** Not a queued message: it is looked at when somebody comes for it. */
  const isThere = new Set<string>();

  const trueMs = (): number => clock.monotonicMs() + offMs;

  function listen() {
    const guest = world.come("listener");
    guest.subscribe("will", 0);
    return guest;
  }

  function setError(ms: number): void {
    clock.stepWall(ms - errorMs);
    errorMs = ms;
  }

  function jump(ms: number): void {
    setError(ms);
    hasJumped = true;
    for (const each of ofThisRun) each.isPlain = false;
  }

  function promise({ kind, forMs }: Pick<Step, "kind" | "forMs">): void {
    const id = `${kind}-${promised.size}`;
    const forS = forMs / 1_000;
    if (kind === "session") world.come(id, { expiryS: forS }).vanish();
    if (kind === "will") world.come(id, { expiryS: NEVER_EXPIRES, will: { text: id, delayS: forS } }).vanish();
    if (kind === "message") world.publish({ topic: "keeper", text: id, expiryS: forS });
    if (kind === "retained") world.publish({ topic: id, text: id, expiryS: forS, retain: true });
    const isPlain = errorMs === 0 && time.problem() === undefined && !hasJumped;
    const each = { kind, forMs, trueMs: trueMs(), ranMs: clock.monotonicMs(), isPlain };
    promised.set(id, each);
    ofThisRun.push(each);
    isThere.add(id);
  }

  /** What has ended since it was looked at last has ended in its time. */
  function look(): void {
    world.wills.sweep();
    world.sessions.sweep();
    const gone = [
      ...world.retained.takeExpired(time),
      ...listener.taken().map((text) => text.slice(text.indexOf("=") + 1)),
      ...[...isThere].filter(
        (id) => id.startsWith("session") && ![...world.sessions.all()].some(({ clientId }) => clientId === id),
      ),
    ];
    for (const id of gone) expectOver(id);
  }

  function expectOver(id: string): void {
    const each = promised.get(id);
    isThere.delete(id);
    if (each === undefined) throw new Error(`nobody promised ${id}`);
    expect(trueMs() - each.trueMs, `${id} is over`).toBeGreaterThanOrEqual(each.forMs - TOLERANCE_MS);
  }

  function run(ms: number): void {
    for (let left = ms; left > 0; left -= HOUR_MS) {
      if (errorMs !== 0 && wrongMs > MOST_WRONG_MS) jump(0);
      wrongMs = errorMs === 0 ? 0 : wrongMs + HOUR_MS;
      clock.advance(Math.min(left, HOUR_MS));
      look();
    }
  }

  async function restart({ offMs: wentMs, errorMs: next, isKilled }: Run): Promise<void> {
    // A clock that is behind and looks right shows itself in the same run, or never.
    if (errorMs !== 0 && (hasStood || time.problem() === undefined)) jump(0);
    run(MINUTE_MS);
    if (isKilled) for (const each of ofThisRun) each.isPlain = false;
    world.journal.commit();
    world.journal.commit();
    await (isKilled ? memory.kill(time) : time.close());
    offMs += wentMs;
    clock.stepWall(wentMs);
    hasStood = next === "stood";
    setError(next === "stood" ? errorMs - wentMs : next);
    time = memory.start();
    world = await world.kill({ time });
    listener = listen();
    ofThisRun = [];
    hasJumped = false;
    look();
  }

  world.come("keeper", { expiryS: NEVER_EXPIRES }).subscribe("keeper");
  world.come("keeper", { expiryS: NEVER_EXPIRES, clean: false }).vanish();

  return {
    promise,
    run,
    jump,
    restart,
    /** The clock is right, and the hub runs until it knows. */
    settle: async () => {
      jump(0);
      run(25 * HOUR_MS);
      expect([time.problem(), Math.abs(time.nowMs() - clock.nowMs()) < TOLERANCE_MS]).toEqual([undefined, true]);
      const came = world.come("keeper", { expiryS: NEVER_EXPIRES, clean: false }).taken().join(" ");
      for (const id of [...isThere].filter((each) => each.startsWith("message"))) {
        if (!new RegExp(`=${id} `).test(`${came} `)) expectOver(id);
      }
      for (const id of isThere) {
        const { forMs, trueMs: sinceMs = 0, ranMs = 0, isPlain } = promised.get(id) ?? { forMs: 0 };
        const agedMs = isPlain === true ? trueMs() - sinceMs : clock.monotonicMs() - ranMs;
        expect(agedMs, `${id} is there`).toBeLessThan(forMs + TOLERANCE_MS + HOUR_MS);
      }
      await world.close();
    },
  };
}

test("nothing ends early, and what is over ends, whatever the clock does", {
  timeout: 60_000 + CHOICE.numRuns * 500,
}, async () => {
  await fc.assert(
    fc.asyncProperty(runs, async (history) => {
      const hub = await openHistory();
      for (const each of history) {
        await hub.restart(each);
        for (const { kind, forMs, runMs, jumpTo } of each.steps) {
          hub.promise({ kind, forMs });
          hub.run(runMs);
          if (jumpTo !== undefined) hub.jump(jumpTo);
        }
      }
      await hub.settle();
    }),
    CHOICE,
  );
});
