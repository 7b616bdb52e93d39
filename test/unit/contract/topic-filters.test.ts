import { expect, test } from "vitest";
import { watchFilterFault } from "../../../src/contract/topic-filters.ts";

test.each(["#", "home/#", "home/+/temperature", "+", "/", "devices/Küche/status"])(
  "messages can be watched by %s",
  (filter) => {
    expect(watchFilterFault(filter)).toBeUndefined();
  },
);

test.each([
  ["", /empty/],
  ["home/#/x", /# stands for all levels that follow/],
  ["home#", /# stands for all levels that follow/],
  ["home/a+/x", /\+ stands for one whole level/],
  ["$SYS/#", /begin with \$/],
  ["a".repeat(257), /longer than 256 characters/],
])("what is wrong with %j is said in words", (filter, words) => {
  expect(watchFilterFault(filter)).toMatch(words);
});
