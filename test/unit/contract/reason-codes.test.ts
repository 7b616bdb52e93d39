import { expect, test } from "vitest";
import { REASON, reasonName, reasonText } from "../../../src/contract/reason-codes.ts";

test("a reason code is shown in the standard's words, with its number as packet dumps write it", () => {
  expect(
    [REASON.payloadFormatInvalid, REASON.sessionTakenOver, REASON.success, REASON.qosNotSupported].map(reasonText),
  ).toEqual(["0x99 payload format invalid", "0x8E session taken over", "0x00 success", "0x9B QoS not supported"]);
  expect(reasonName(REASON.unspecified)).toBe("unspecified error");
});

test("a number that is no reason code is said to be none", () => {
  expect(reasonText(0x55)).toBe("0x55 reason unknown to MQTT 5");
});

test("no two reasons have the same words", () => {
  const words = Object.values(REASON).map(reasonName);
  expect(new Set(words).size).toBe(words.length);
});
