import { describe, expect, test } from "vitest";
import type { Alert, AlertEventKind } from "../../../../src/contract/alerts.ts";
import {
  afterComposing,
  afterGivingUp,
  afterReminder,
  afterTransition,
  type EntryKind,
  type Notice,
} from "../../../../src/core/notifications/notices/notice.ts";
import { ruleOf } from "./notification-world.ts";

/** What happens to an alert whose rule sends to `a` and `b`: a transition, or that what waits for `a` is composed. */
type Step = AlertEventKind | "sent" | "repeated" | "escalated" | "givenUp" | "silently resolved";

function noticeAfter(steps: readonly Step[]): Notice | undefined {
  let notice: Notice | undefined;
  let episode = 0;
  for (const [index, step] of steps.entries()) {
    const atMs = Date.UTC(2026, 10, 22) + index;
    if (step === "sent") notice = notice && afterComposing(notice, "a", `delivery ${index}`);
    else if (step === "givenUp") notice = notice && afterGivingUp(notice, "a");
    else if (step === "repeated" || step === "escalated") notice = notice && afterReminder(notice, step, ["a"], atMs);
    else {
      if (step === "firing") episode++;
      notice = happened(
        notice,
        step === "silently resolved" ? "resolved" : step,
        episode,
        atMs,
        step.startsWith("silently"),
      );
    }
  }
  return notice;
}

function happened(before: Notice | undefined, kind: AlertEventKind, episode: number, atMs: number, isSilent: boolean) {
  const at = new Date(atMs).toISOString();
  const about = { ruleId: "gas", ruleName: "Gas", severity: "critical", episode, text: `It is ${kind}.` } as const;
  const silence = isSilent ? { silencedUntil: at } : {};
  const alert: Alert = { ...about, id: "gas~d1", state: "firing", data: "fresh", since: at, ...silence };
  const event = { ...about, id: `gas~d1/${episode}/${kind}`, at, kind, alertId: "gas~d1" };
  const silenced = isSilent && before !== undefined ? { ...before, isBlocked: true } : before;
  return afterTransition(silenced, { event, alert, rule: ruleOf({ id: "gas" }) }, ["a", "b"]);
}

const waitingFor = (channelId: string, notice: Notice | undefined): EntryKind[] =>
  notice?.channels[channelId]?.waiting.map(({ kind }) => kind) ?? [];

describe("what waits for a channel", () => {
  test.each<[string, readonly Step[], readonly EntryKind[], readonly EntryKind[]]>([
    ["it fires", ["firing"], ["firing"], ["firing"]],
    ["it fired, and is over", ["firing", "resolved"], ["passed"], ["passed"]],
    ["it fired, was sent, and is over", ["firing", "sent", "resolved"], ["resolved"], ["passed"]],
    ["it fired, was sent, and its rule was deleted", ["firing", "sent", "ended"], ["ended"], ["passed"]],
    [
      "it was over and fires again",
      ["firing", "sent", "resolved", "firing"],
      ["resolved", "firing"],
      ["passed", "firing"],
    ],
    [
      "it flapped after it was sent",
      ["firing", "sent", "resolved", "firing", "resolved", "firing", "resolved"],
      ["resolved", "passed"],
      ["passed"],
    ],
    [
      "it repeats, which is not sent yet, and is over",
      ["firing", "sent", "repeated", "resolved"],
      ["resolved"],
      ["passed"],
    ],
    ["it repeats before it was sent", ["firing", "repeated"], ["firing"], ["firing"]],
    [
      "it was acknowledged before a repetition was sent",
      ["firing", "sent", "repeated", "acknowledged"],
      [],
      ["firing"],
    ],
    ["it escalates to who knows of it", ["firing", "sent", "escalated"], [], ["firing"]],
    ["no data comes", ["firing", "sent", "noData"], ["noData"], ["firing", "noData"]],
    ["no data comes, twice", ["firing", "sent", "noData", "sent", "dataAgain", "noData"], [], ["firing"]],
    ["data comes again before that was sent", ["firing", "sent", "noData", "dataAgain"], [], ["firing"]],
    ["no data comes while it does not fire", ["noData"], [], []],
    ["it was critical in readings that came late", ["passed"], ["passed"], ["passed"]],
    ["it was critical before, while it fires", ["firing", "passed"], ["passed", "firing"], ["passed", "firing"]],
    ["it is over, and nobody heard of it for a silence", ["firing", "silently resolved"], [], []],
    ["it is over without having fired", ["resolved"], [], []],
    ["its message was given up", ["firing", "sent", "givenUp"], ["firing"], ["firing"]],
    ["its message was given up, and it is over", ["firing", "sent", "resolved", "givenUp"], ["passed"], ["passed"]],
  ])("%s", (_name, steps, a, b) => {
    const notice = noticeAfter(steps);
    expect([waitingFor("a", notice), waitingFor("b", notice)]).toEqual([a, b]);
  });

  test("nothing is left of an alert that is over, when all of it was sent", () => {
    const done = ["firing", "resolved", "sent"] as const;
    const left = noticeAfter(done);
    expect(waitingFor("b", left)).toEqual(["passed"]);
    expect(left && afterComposing(left, "b", "x")).toBeUndefined();
  });

  test("never more than a handful, however long a channel is away", () => {
    const steps = Array.from(
      { length: 500 },
      () => ["firing", "noData", "repeated", "resolved", "passed"] as const,
    ).flat();
    const notice = noticeAfter(["firing", "sent", ...steps]);
    expect(waitingFor("a", notice).length).toBeLessThanOrEqual(5);
    expect(notice?.channels["b"]?.waiting.at(-1)?.count).toBeGreaterThanOrEqual(500);
  });
});
