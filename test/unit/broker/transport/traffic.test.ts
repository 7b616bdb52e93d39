import { expect, test } from "vitest";
import { Traffic } from "../../../../src/broker/transport/traffic.ts";

test("rates are of the last five to ten seconds, and bytes of all that came", () => {
  const traffic = new Traffic(0);
  traffic.messagesIn = 20;
  traffic.bytesIn = 900;
  expect(traffic.facts(500)).toEqual({ inPerS: 20, outPerS: 0, bytesIn: 900, bytesOut: 0 });
  for (let ms = 500; ms <= 4_500; ms += 500) traffic.mark(ms);
  expect(traffic.facts(4_500).inPerS).toBeCloseTo(20 / 4.5);
  traffic.mark(5_000);
  traffic.messagesOut = 10;
  expect(traffic.facts(10_000)).toMatchObject({ inPerS: 2, outPerS: 1 });
  traffic.mark(10_000);
  expect(traffic.facts(10_000)).toMatchObject({ inPerS: 0, outPerS: 2 });
  traffic.mark(15_000);
  expect(traffic.facts(15_000)).toEqual({ inPerS: 0, outPerS: 0, bytesIn: 900, bytesOut: 0 });
});
