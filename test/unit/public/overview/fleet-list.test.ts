import { expect, test } from "vitest";
import {
  differenceOf,
  type FleetList,
  fillFrom,
  inShownOrder,
  mergeLists,
} from "../../../../public/app/overview/list/fleet-list.ts";

/** `a b|c ?`: two groups; `?` is not read yet. */
function listFrom(text: string): FleetList {
  const groups = text.split("|").map((ids) => ids.trim().split(" "));
  return {
    group: "place",
    groups: groups.map((ids, at) => ({ name: `group ${at}`, count: ids.length, counts: undefined })),
    groupsLeftOut: 0,
    ids: groups.flat().map((id) => (id === "?" ? undefined : id)),
  };
}
const textOf = ({ groups, ids }: FleetList): string => {
  let first = 0;
  return groups
    .map(({ count }) => {
      first += count;
      return ids
        .slice(first - count, first)
        .map((id) => id ?? "?")
        .join(" ");
    })
    .join("|");
};

test.each([
  ["a b c d", "a b c d", { moved: 0, added: 0, removed: 0 }],
  ["a b c d", "d a b c", { moved: 1, added: 0, removed: 0 }],
  ["a b c d", "b a d c", { moved: 2, added: 0, removed: 0 }],
  ["a b c", "x a b c", { moved: 0, added: 1, removed: 0 }],
  ["a b c", "b c", { moved: 0, added: 0, removed: 1 }],
  ["a b|c d", "a|b c d", { moved: 1, added: 0, removed: 0 }],
  ["a b ? ?", "a b c d", { moved: 0, added: 0, removed: 0 }],
  ["a b ? ?", "? ? c d", { moved: 0, added: 0, removed: 0 }],
  ["a b ? ?", "c a ? ?", { moved: 1, added: 0, removed: 0 }],
])("from %s to %s: %j", (shown, next, difference) => {
  expect(differenceOf(listFrom(shown), listFrom(next))).toEqual(difference);
});

test("what a newer list does not know stays as it was known, and nothing is there twice", () => {
  expect(textOf(mergeLists(listFrom("a b c d"), listFrom("c a ? ?")))).toBe("c a ? d");
  expect(textOf(fillFrom(listFrom("a b ? ?"), listFrom("? ? c a")))).toBe("a b c ?");
});

test("a new board is shown without sorting the others, and one in two groups stays in both", () => {
  expect(textOf(inShownOrder(listFrom("a b c"), listFrom("n c b a")) ?? listFrom(""))).toBe("n a b c");
  expect(textOf(inShownOrder(listFrom("a b|a c"), listFrom("b a|c n a")) ?? listFrom(""))).toBe("a b|a n c");
  expect(inShownOrder(listFrom("a ?"), listFrom("a b"))).toBeUndefined();
});
