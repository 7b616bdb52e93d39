import { expect, test } from "vitest";
import { alertParts, groupsOf, keepShown, worstOf } from "../../../../public/app/alerts/alert-groups.ts";
import { morningMs, SNOOZES, sentencesOf, textWithoutDevice } from "../../../../public/app/alerts/alert-words.ts";
import { beganToFire, callWords } from "../../../../public/app/channels/alert-call.ts";
import type { Alert } from "../../../../src/contract/alerts.ts";

const alert = (id: string, more: Partial<Alert> = {}): Alert => ({
  id,
  ruleId: "silent",
  ruleName: "Silent board",
  severity: "warning",
  deviceId: id,
  state: "firing",
  data: "fresh",
  since: "2026-11-30T20:00:00.000Z",
  episode: 1,
  text: `${id}: no readings come`,
  ...more,
});

test("what needs somebody stands apart from what somebody knows of, what is silenced, explained, or only about to fire", () => {
  const by = { by: "Ada", at: "2026-11-30T20:01:00.000Z" };
  const parts = alertParts([
    alert("open"),
    alert("recovering", { state: "recovering" }),
    alert("known", { acknowledged: by }),
    alert("both", { acknowledged: by, silencedUntil: "2026-11-30T22:00:00.000Z" }),
    alert("explained", { supersededBy: "offline~explained" }),
    alert("pending", { state: "pending" }),
    alert("over", { state: "normal" }),
  ]);
  const ids = Object.fromEntries(
    Object.entries(parts).map(([part, alerts]) => [part, (alerts as Alert[]).map(({ id }) => id)]),
  );
  expect(ids).toEqual({
    open: ["open", "recovering"],
    acknowledged: ["known"],
    silenced: ["both"],
    explained: ["explained"],
    pending: ["pending"],
  });
});

test("the worst come first, and of those the newest; more than three of one rule are one group", () => {
  const sorted = alertParts([
    ...["a", "b", "c", "d"].map((id) => alert(id)),
    alert("later", { ruleId: "damp", since: "2026-11-30T20:30:00.000Z" }),
    alert("fire", { ruleId: "flame", severity: "critical", since: "2026-11-30T19:00:00.000Z" }),
  ]).open;
  expect(sorted.map(({ id }) => id)).toEqual(["fire", "later", "a", "b", "c", "d"]);
  expect(groupsOf(sorted).map(({ ruleId, alerts }) => [ruleId, alerts.length])).toEqual([
    ["flame", 1],
    ["damp", 1],
    ["silent", 4],
  ]);
  expect(groupsOf(sorted.slice(0, 5)).map(({ alerts }) => alerts.length)).toEqual([1, 1, 1, 1, 1]);
  expect(worstOf(sorted)).toBe("critical");
});

test("an alert calls somebody when it begins, and when it begins again; not while it lasts, nor when somebody knows of it", () => {
  const known = new Map([["a", alert("a")]]);
  const called = (next: Alert, before: ReadonlyMap<string, Alert> = known) => beganToFire([next], before).length;
  expect(called(alert("b"))).toBe(1);
  expect(called(alert("a"))).toBe(0);
  expect(called(alert("a", { episode: 2 }))).toBe(1);
  expect(called(alert("a", { state: "firing" }), new Map([["a", alert("a", { state: "pending" })]]))).toBe(1);
  expect(called(alert("a", { state: "firing" }), new Map([["a", alert("a", { state: "recovering" })]]))).toBe(0);
  expect(called(alert("b", { state: "pending" }))).toBe(0);
  expect(called(alert("b", { silencedUntil: "2026-11-30T22:00:00.000Z" }))).toBe(0);
  expect(called(alert("b", { supersededBy: "x" }))).toBe(0);
  expect(callWords(["a", "b", "c", "d", "e"].map((id) => alert(id)))).toMatch(/^warning: a: no.* And 2 more\.$/);
});

test("the device's name, which stands beside the sentence, is not said twice", () => {
  expect(textWithoutDevice(alert("a"))).toBe("No readings come");
  expect(textWithoutDevice(alert("a", { deviceName: "Cellar", text: "Cellar: CO is high" }))).toBe("CO is high");
  expect(textWithoutDevice(alert("a", { text: "disk is full" }))).toBe("Disk is full");
  const advised = alert("a", { text: "a: CO is 30.5 ppm, above 30 ppm. Air the place. No flame." });
  expect(sentencesOf(advised)).toEqual({ cause: "CO is 30.5 ppm, above 30 ppm", advice: "Air the place. No flame." });
});

test("a snooze until tomorrow ends on a morning at eight that is at least two hours away", () => {
  const at = (hour: number) => new Date(2026, 10, 30, hour, 30).getTime();
  const ends = (hour: number) => new Date(morningMs(at(hour)));
  expect([ends(20).getDate(), ends(20).getHours()]).toEqual([1, 8]);
  expect([ends(3).getDate(), ends(3).getHours()]).toEqual([30, 8]);
  expect(ends(7).getDate()).toBe(1);
  const [, , tomorrow] = SNOOZES;
  expect([tomorrow?.label(at(20)), tomorrow?.label(at(3))]).toEqual(["Until tomorrow 08:00", "Until 08:00"]);
});

test("alerts that are shown stay in their order, before newer ones of the same severity; a worse one comes first", () => {
  const ids = (sorted: readonly Alert[], shown: readonly string[]): string[] =>
    keepShown(sorted, shown).map(({ id }) => id);
  const [newest, second, first] = [alert("newest"), alert("second"), alert("first")];
  expect(ids([newest, second, first], [])).toEqual(["newest", "second", "first"]);
  expect(ids([newest, second, first], ["first", "gone", "second"])).toEqual(["first", "second", "newest"]);
  const worse = alert("worse", { severity: "critical" });
  expect(ids([worse, newest, first], ["first"])).toEqual(["worse", "first", "newest"]);
});
