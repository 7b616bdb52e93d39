/** The Inspector groups refusals by cause, says what is solved, and counts from then on. */
import { expect, test } from "vitest";
import { mergeRefusals, openCauses, type Refused } from "../../../public/app/hub/refused.ts";
import { causesOf, causeWords, markOf, membersWords, nameOf } from "../../../public/app/inspector/causes.ts";
import type { Refusal } from "../../../src/contract/refusal.ts";
import { REFUSALS, type RefusalCode } from "../../../src/contract/refusals.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString();

const refusal = (code: RefusalCode, more: Partial<Refusal> = {}): Refusal => ({
  code,
  reason: REFUSALS[code],
  kind: "message",
  firstAt: at(0),
  lastAt: at(1),
  count: 1,
  ...more,
});

const SINCE = at(0);
function refused(...rejections: readonly Refusal[]): Refused {
  const counts: Record<string, number> = {};
  for (const { code, count } of rejections) counts[code] = (counts[code] ?? 0) + count;
  return { counts, since: SINCE, rejections: [...rejections], limits: { AERIE_MAX_DEVICES: 10_000 }, maxima: {} };
}

test("boards that are refused for one cause are one entry with all of them by name", () => {
  const boards = Array.from({ length: 49 }, (_, index) =>
    refusal("TOO_MANY_DEVICES", { deviceId: `board-${index}`, count: 2 }),
  );
  const { open, solved } = causesOf(refused(...boards.toReversed(), refusal("PAYLOAD_EMPTY", { deviceId: "a" })), {});
  expect(solved).toEqual([]);
  expect(open.map(({ code, who, times }) => [code, who, times])).toEqual([
    ["TOO_MANY_DEVICES", "49 boards", 98],
    ["PAYLOAD_EMPTY", "a", 1],
  ]);
  expect(open[0]?.refusals.map(({ deviceId }) => deviceId)).toEqual(boards.map(({ deviceId }) => deviceId));
});

test("one client with many topics is called by its name, clients without a device are clients, and addresses are addresses", () => {
  const who = (...all: Partial<Refusal>[]) =>
    causesOf(refused(...all.map((more) => refusal("FILTER_INVALID", more))), {}).open[0]?.who;
  expect(
    who({ clientId: "@7/esp32-06", via: "simulator", topic: "a" }, { clientId: "@7/esp32-06", via: "simulator" }),
  ).toBe("esp32-06 via simulator");
  expect(who({ clientId: "a" }, { clientId: "b" })).toBe("2 clients");
  expect(who({ address: "::1" }, { address: "10.0.0.1" })).toBe("2 addresses");
  expect(who({ address: "::1" })).toBe("::1");
});

test("a board that speaks for itself is not said to come by its own credential", () => {
  expect(nameOf(refusal("PAYLOAD_EMPTY", { deviceId: "cellar", clientId: "cellar/x", via: "cellar" }))).toBe("cellar");
  expect(nameOf(refusal("PAYLOAD_EMPTY"))).toBe("An unknown client");
});

test("the cause that began last comes first, however often another is counted", () => {
  const old = refusal("PAYLOAD_EMPTY", { firstAt: at(1), lastAt: at(9), count: 500 });
  const young = refusal("TOO_DEEP", { firstAt: at(2), lastAt: at(2) });
  expect(causesOf(refused(old, young), {}).open.map(({ code }) => code)).toEqual(["TOO_DEEP", "PAYLOAD_EMPTY"]);
});

test("a cause is solved when each of its boards was accepted; until then only those that are refused are listed", () => {
  const a = refusal("PAYLOAD_EMPTY", { clientId: "a", acceptedAt: at(2), count: 7 });
  const b = refusal("PAYLOAD_EMPTY", { clientId: "b" });
  expect(causesOf(refused(a, b), {}).open).toMatchObject([{ who: "b", times: 1 }]);
  const { open, solved } = causesOf(refused(a, { ...b, acceptedAt: at(3) }), {});
  expect(open).toEqual([]);
  expect(solved).toMatchObject([{ code: "PAYLOAD_EMPTY", who: "2 clients", isMarked: false }]);
});

test("a cause that a person marks as solved folds away, and what is refused later counts from one", () => {
  const before = refused(
    refusal("PAYLOAD_EMPTY", { clientId: "a", count: 40 }),
    refusal("PAYLOAD_EMPTY", { clientId: "b" }),
  );
  const [cause] = causesOf(before, {}).open;
  if (cause === undefined) throw new Error("no cause");
  const marks = { PAYLOAD_EMPTY: markOf(cause, before) };
  expect(causesOf(before, marks)).toMatchObject({ open: [], solved: [{ isMarked: true }] });
  expect(openCauses(before, marks)).toEqual([]);

  const again = refusal("PAYLOAD_EMPTY", { clientId: "a", count: 41, lastAt: at(5) });
  const after = mergeRefusals(before, [again]);
  expect(causesOf(after, marks).open).toMatchObject([{ who: "a", times: 1 }]);
  expect(openCauses(after, marks)).toEqual(["PAYLOAD_EMPTY"]);
  // After a restart of the hub its counters are others.
  expect(causesOf({ ...after, since: at(4), counts: { PAYLOAD_EMPTY: 3 } }, marks).open).toMatchObject([{ times: 41 }]);
});

test("a row that the hub began to count again is not taken for an old one", () => {
  const before = refused(refusal("PAYLOAD_EMPTY", { count: 40, acceptedAt: at(2) }));
  const { rejections, counts } = mergeRefusals(before, [refusal("PAYLOAD_EMPTY", { firstAt: at(3), lastAt: at(3) })]);
  expect(rejections).toMatchObject([{ count: 1, firstAt: at(3) }]);
  expect(counts).toEqual({ PAYLOAD_EMPTY: 41 });
  expect(
    mergeRefusals({ ...before, rejections, counts }, [refusal("PAYLOAD_EMPTY", { count: 39 })]).rejections,
  ).toEqual(rejections);
});

test("a sentence says a limit as its number, and what to do comes apart", () => {
  const limits = { AERIE_MAX_DEVICES: 10_000 };
  expect(causeWords(REFUSALS.TOO_MANY_DEVICES, limits)).toEqual({
    sentence: "The hub has reached its limit of devices (10,000)",
    advice: "",
  });
  expect(causeWords(REFUSALS.TOPIC_TOO_LONG, {})).toEqual({
    sentence: "The topic is too long, or has too many levels",
    advice: "Use a shorter topic",
  });
  expect(causeWords(REFUSALS.TOPIC_UNKNOWN, {}).advice).toMatch(/^Use devices\/<id>\/telemetry/);
  for (const text of Object.values(REFUSALS)) {
    expect(causeWords(text, {}).sentence, text).not.toMatch(/AERIE_|[.:;]$/);
  }
});

test("a cause says what is true of all of its refusals, without what was wrong with one", () => {
  const { PAYLOAD_EMPTY: words } = REFUSALS;
  const detail = "on Monday";
  const { open } = causesOf(refused(refusal("PAYLOAD_EMPTY", { reason: `${words}: ${detail}`, detail })), {});
  expect(open).toMatchObject([{ text: words }]);
  expect(causesOf(refused(refusal("PAYLOAD_EMPTY")), {}).open).toMatchObject([{ text: words }]);
});

test("what is unfolded is said by what it is: boards, or topics, metrics or refusals where some boards have several", () => {
  const of = (deviceId: string, topic: string, metric?: string) =>
    refusal("METRIC_VALUE_INVALID", { deviceId, topic, ...(metric !== undefined && { metric }) });
  expect(membersWords([of("a", "a/t"), of("b", "b/t")])).toBe("Show all 2 boards");
  expect(membersWords([of("a", "a/t"), of("a", "a/u"), of("b", "b/t")])).toBe("Show 3 topics of 2 boards");
  expect(membersWords([of("a", "a/t", "x"), of("a", "a/t", "y"), of("b", "b/t", "x")])).toBe(
    "Show 3 metrics of 2 boards",
  );
  expect(membersWords([of("a", "a/t", "x"), of("a", "a/t", "y")])).toBe("Show 2 metrics");
  const login = (clientId: string, address: string) => refusal("CREDENTIAL_WRONG", { clientId, address });
  expect(membersWords([login("a", "10.0.0.1"), login("a", "10.0.0.2"), login("b", "10.0.0.1")])).toBe(
    "Show 3 refusals of 2 clients",
  );
});
