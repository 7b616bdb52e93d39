/** The Inspector offers no limit with which the hub would not start. */
import { expect, test } from "vitest";
import { limitsBehind } from "../../../public/app/inspector/limits-behind.ts";
import { REFUSALS } from "../../../src/contract/refusals.ts";

const [BYTES, LEVELS] = ["AERIE_MAX_TOPIC_BYTES", "AERIE_MAX_TOPIC_LEVELS"];
const maxima = { [BYTES]: 65_535, [LEVELS]: 100 };
const behind = (bytes: number, levels: number) =>
  limitsBehind(REFUSALS.TOPIC_TOO_LONG, { limits: { [BYTES]: bytes, [LEVELS]: levels }, maxima });

test("a limit is offered doubled, or at its maximum, and not at all where it is there already", () => {
  expect(behind(1_024, 60)).toEqual({
    now: [`${BYTES}=1024`, `${LEVELS}=60`],
    higher: [`${BYTES}=2048`, `${LEVELS}=100`],
  });
  expect(behind(1_024, 100).higher).toEqual([`${BYTES}=2048`]);
  expect(behind(65_535, 100)).toEqual({ now: [`${BYTES}=65535`, `${LEVELS}=100`], higher: [] });
});

test("a limit that is not in force is not offered, and a refusal without one has none", () => {
  expect(
    limitsBehind(REFUSALS.TOO_MANY_REQUESTS, { limits: { AERIE_MAX_REQUESTS_PER_MINUTE: 0 }, maxima }).now,
  ).toEqual([]);
  expect(limitsBehind(REFUSALS.PAYLOAD_EMPTY, { limits: {}, maxima }).now).toEqual([]);
});
