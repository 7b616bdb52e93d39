import { expect, test } from "vitest";
import { apartMs, type HubFacts, hubNotices } from "../../../public/app/shell/hub-notices.ts";

const WELL: HubFacts = {
  freshness: { kind: "live" },
  readiness: { ready: true, problems: [], warnings: [] },
  subscribeFault: undefined,
  isOpenToAll: false,
  isUnclaimed: false,
  hasNewBuild: false,
  clockOffsetMs: 0,
  skipped: 0,
};
const ILL: HubFacts = {
  freshness: { kind: "live" },
  readiness: {
    ready: false,
    problems: [
      { part: "disk", problem: "The disk is full" },
      { part: "mongodb", problem: "MongoDB is away" },
    ],
    warnings: [{ part: "clock", problem: "The clock may be wrong" }],
    degraded: { since: "2026-11-22T21:03:12.000Z", waiting: 3, bytes: 1_000, reason: "away" },
  },
  subscribeFault: "LEVEL_TOO_LOW",
  isOpenToAll: true,
  isUnclaimed: false,
  hasNewBuild: true,
  clockOffsetMs: -120_000,
  skipped: 7,
};

const idsOf = (facts: HubFacts): string[] => hubNotices(facts).map(({ id }) => id);

test("a hub that is well has no notice", () => {
  expect(idsOf(WELL)).toEqual([]);
  expect(idsOf({ ...WELL, readiness: undefined })).toEqual([]);
});

test("the worst comes first, and MongoDB is named once", () => {
  expect(idsOf(ILL)).toEqual(["degraded", "part-disk", "subscribe", "open", "part-clock", "build", "clock", "dropped"]);
});

test("a lost connection is the only notice: the rest is not known", () => {
  expect(idsOf({ ...ILL, freshness: { kind: "lost", sinceMs: 0 } })).toEqual(["lost"]);
  expect(idsOf({ ...ILL, freshness: { kind: "silent", sinceMs: 0 } })).toEqual(["silent"]);
});

test("clocks are apart from a minute on, in either direction", () => {
  expect([59_999, -59_999, 61_400, -61_600].map(apartMs)).toEqual([0, 0, 61_000, -62_000]);
});

test("a hub without an account says to whom it is open, behind what is wrong, and offers to make one", () => {
  expect(hubNotices({ ...WELL, isUnclaimed: true })).toMatchObject([
    { lead: "This hub is open to this computer only.", action: "account" },
  ]);
  expect(idsOf({ ...ILL, isOpenToAll: false, isUnclaimed: true }).indexOf("unclaimed")).toBe(4);
});

test("a new version offers to reload", () => {
  expect(hubNotices({ ...WELL, hasNewBuild: true })).toMatchObject([{ id: "build", action: "reload" }]);
});
