/** Every state of an alert with every input. */
import { describe, expect, test } from "vitest";
import { type Delays, type Input, type Phase, step } from "../../../../src/core/alerts/decisions/state-machine.ts";

const NOW = 100_000;
const SINCE = 99_000;
const delays = (forS: number, keepS: number, mayFire = true): Delays => ({
  forMs: forS * 1_000,
  keepFiringMs: keepS * 1_000,
  mayFire,
});

const INPUTS: Readonly<Record<string, Input>> = {
  past: { kind: "verdict", verdict: "past" },
  between: { kind: "verdict", verdict: "between" },
  clear: { kind: "verdict", verdict: "clear" },
  time: { kind: "time" },
  silence: { kind: "overdue" },
  speaks: { kind: "fresh" },
  end: { kind: "end" },
};

/** `<state>[ overdue]` → by input: `<state>[ overdue][: what happened]`; `.`: nothing. */
type Cells = Readonly<Record<string, string>>;

function phaseOf(words: string): Phase {
  const [state = "normal", data = "fresh"] = words.split(" ");
  return { state: state as Phase["state"], data: data as Phase["data"], sinceMs: SINCE, episode: 3 };
}

function run(before: string, input: string, with_: Delays): string {
  const phase = phaseOf(before);
  const next = step(phase, INPUTS[input] as Input, NOW, with_);
  if (next.phase === phase) return ".";
  const data = next.phase.data === "fresh" ? "" : " overdue";
  const happened = next.happened.map(({ kind, episode }) => `${kind} ${episode}`).join(", ");
  return `${next.phase.state}${data}${happened === "" ? "" : `: ${happened}`}`;
}

function check(title: string, with_: Delays, table: Readonly<Record<string, Cells>>): void {
  describe(title, () => {
    for (const [before, cells] of Object.entries(table)) {
      test(before, () => {
        expect(Object.keys(cells)).toEqual(Object.keys(INPUTS));
        const found = Object.fromEntries(Object.keys(INPUTS).map((input) => [input, run(before, input, with_)]));
        expect(found).toEqual(cells);
      });
    }
  });
}

const OVERDUE_NORMAL = { time: ".", silence: ".", speaks: "normal", end: "normal" };
const FIRING_OVERDUE = { time: ".", silence: ".", speaks: "firing: dataAgain 3", end: "normal: ended 3" };

check("at once", delays(0, 0), {
  normal: {
    past: "firing: firing 4",
    between: ".",
    clear: ".",
    time: ".",
    silence: "normal overdue",
    speaks: ".",
    end: ".",
  },
  firing: {
    past: ".",
    between: ".",
    clear: "normal: resolved 3",
    time: ".",
    silence: "firing overdue: noData 3",
    speaks: ".",
    end: "normal: ended 3",
  },
  "normal overdue": { past: "firing: firing 4", between: "normal", clear: "normal", ...OVERDUE_NORMAL },
  "firing overdue": {
    past: "firing: dataAgain 3",
    between: "firing: dataAgain 3",
    clear: "normal: dataAgain 3, resolved 3",
    ...FIRING_OVERDUE,
  },
});

check("after delays that have not passed yet", delays(10, 10), {
  normal: { past: "pending", between: ".", clear: ".", time: ".", silence: "normal overdue", speaks: ".", end: "." },
  pending: {
    past: ".",
    between: ".",
    clear: "normal",
    time: ".",
    silence: "normal overdue",
    speaks: ".",
    end: "normal",
  },
  firing: {
    past: ".",
    between: ".",
    clear: "recovering",
    time: ".",
    silence: "firing overdue: noData 3",
    speaks: ".",
    end: "normal: ended 3",
  },
  recovering: {
    past: "firing",
    between: ".",
    clear: ".",
    time: ".",
    silence: "firing overdue: noData 3",
    speaks: ".",
    end: "normal: ended 3",
  },
  "normal overdue": { past: "pending", between: "normal", clear: "normal", ...OVERDUE_NORMAL },
  "firing overdue": {
    past: "firing: dataAgain 3",
    between: "firing: dataAgain 3",
    clear: "recovering: dataAgain 3",
    ...FIRING_OVERDUE,
  },
});

check("after delays that have passed", delays(1, 1), {
  pending: {
    past: "firing: firing 4",
    between: "firing: firing 4",
    clear: "recovering: firing 4",
    time: "firing: firing 4",
    silence: "firing overdue: firing 4, noData 4",
    speaks: "firing: firing 4",
    end: "normal: firing 4, ended 4",
  },
  recovering: {
    past: "pending: resolved 3",
    between: "normal: resolved 3",
    clear: "normal: resolved 3",
    time: "normal: resolved 3",
    silence: "normal overdue: resolved 3",
    speaks: "normal: resolved 3",
    end: "normal: resolved 3",
  },
});

check("outside of its times", delays(10, 10, false), {
  normal: { past: ".", between: ".", clear: ".", time: ".", silence: "normal overdue", speaks: ".", end: "." },
  pending: {
    past: "normal",
    between: "normal",
    clear: "normal",
    time: "normal",
    silence: "normal overdue",
    speaks: "normal",
    end: "normal",
  },
  firing: {
    past: ".",
    between: ".",
    clear: "recovering",
    time: ".",
    silence: "firing overdue: noData 3",
    speaks: ".",
    end: "normal: ended 3",
  },
  recovering: {
    past: "firing",
    between: ".",
    clear: ".",
    time: ".",
    silence: "firing overdue: noData 3",
    speaks: ".",
    end: "normal: ended 3",
  },
});

test("what time alone did is dated when it happened, not when it was looked at", () => {
  const fired = step(phaseOf("pending"), { kind: "time" }, NOW + 50_000, delays(2, 0));
  expect(fired.happened).toEqual([{ kind: "firing", atMs: SINCE + 2_000, episode: 4 }]);
  expect(fired.phase.sinceMs).toBe(SINCE + 2_000);
});
