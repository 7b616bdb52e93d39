/** An unclaimed hub: when it is open, and what who is let in may use. */
import { expect, test } from "vitest";
import { routeRefusal } from "../../../../src/core/access/required-level.ts";
import { createUnclaimedHub } from "../../../../src/core/access/unclaimed/unclaimed-hub.ts";

test("it is open until there is an account, and not again in this run when that is removed", () => {
  let hasAccount = false;
  const hub = createUnclaimedHub({ isAllowed: true, hasAccount: () => hasAccount });
  expect(hub.isOpen()).toBe(true);
  hasAccount = true;
  expect(hub.isOpen()).toBe(false);
  hasAccount = false;
  expect(hub.isOpen()).toBe(false);
});

test("it is closed by a claim that nobody saw before the account was removed", () => {
  const hub = createUnclaimedHub({ isAllowed: true, hasAccount: () => false });
  hub.claim();
  expect(hub.isOpen()).toBe(false);
});

test("it is never open where the start did not allow it", () => {
  expect(createUnclaimedHub({ isAllowed: false, hasAccount: () => false }).isOpen()).toBe(false);
});

test("who is let in without an account reads what a viewer may, changes nothing, and is asked to make an account", () => {
  const unclaimed = { level: "viewer", isUnclaimed: true } as const;
  const refusals = (["nobody", "metrics", "viewer", "operator", "owner"] as const).map((level) => [
    routeRefusal(unclaimed, { level, onlyReads: true }),
    routeRefusal(unclaimed, { level, onlyReads: false }),
  ]);
  expect(refusals).toEqual([
    [undefined, undefined],
    [undefined, "ACCOUNT_NEEDED"],
    [undefined, "ACCOUNT_NEEDED"],
    ["ACCOUNT_NEEDED", "ACCOUNT_NEEDED"],
    ["ACCOUNT_NEEDED", "ACCOUNT_NEEDED"],
  ]);
  expect(routeRefusal({ level: "viewer" }, { level: "viewer", onlyReads: false })).toBeUndefined();
  expect(routeRefusal({ level: "viewer" }, { level: "operator", onlyReads: true })).toBe("LEVEL_TOO_LOW");
  expect(routeRefusal({ level: "nobody" }, { level: "metrics", onlyReads: true })).toBe("LOGIN_NEEDED");
});
