import { expect, test } from "vitest";
import { readDerived } from "../../../../src/core/derived/read-expression.ts";

const faultOf = (text: string) => {
  const read = readDerived(text);
  return read.ok ? "understood" : `${read.at}: ${read.reason}`;
};

test("an expression names its metrics and what it asks of earlier readings", () => {
  const read = readDerived(
    "average(AM2301.Temperature, '15m') + metric('pump-1') * delta(switch.0.aenergy.total) + _own",
  );
  expect(read).toMatchObject({
    ok: true,
    metrics: ["AM2301.Temperature", "pump-1", "switch.0.aenergy.total", "_own"],
    terms: [
      { kind: "average", metric: "AM2301.Temperature", overMs: 900_000 },
      { kind: "delta", metric: "switch.0.aenergy.total" },
    ],
    kind: "number",
  });
});

test.each([
  ["temperature > 20 and humidity < 50", "boolean"],
  ["if(co2 > 1000, 'bad', 'good')", "text"],
  ["if(temperature is defined, temperature, 0)", "number"],
  ["not flameDetected", "boolean"],
  ["temperature ~ ' degrees'", "text"],
  ["round(-temperature / 2, 1)", "number"],
])("%s gives a %s", (text, kind) => expect(readDerived(text)).toMatchObject({ ok: true, kind }));

test.each([
  ["temperature +", "13: a value belongs here, and it ends here"],
  ["dewpoint(temperature, humidity)", '0: the function "dewpoint" is not supported'],
  ["2 * dewPoint(temperature)", "4: dewPoint needs 2 values in brackets, not 1"],
  ["if(temperature)", "0: if needs 3 values in brackets: a condition, and what is so with it and without it"],
  ["max()", "0: max needs 1 to 16 values in brackets, not 0"],
  ["average(temperature, '15')", "0: average needs a time such as '15m': s, m or h, at most a day"],
  ["average(temperature, '25h')", "0: average needs a time such as '15m': s, m or h, at most a day"],
  ["delta(temperature + 1)", "0: delta needs the name of a metric"],
  ["delta(delta(temperature))", "0: delta needs the name of a metric"],
  ["metric('a b')", '0: "a b" is not the name of a metric'],
  ["1 + 1", "0: it names no metric"],
  ["temperature humidity", "12: something else follows the expression"],
  ["__proto__ + 1", '0: "__proto__" is not known here'],
  ["(temperature", '12: ")" is missing, and it ends here'],
])("%s is refused with its position", (text, fault) => expect(faultOf(text)).toBe(fault));

test("nesting, parts and length are bounded", () => {
  expect(faultOf(`${"(".repeat(60)}temperature${")".repeat(60)}`)).toContain("it nests too deep");
  expect(faultOf(`${"abs(".repeat(60)}temperature${")".repeat(60)}`)).toContain("it nests too deep");
  expect(faultOf(`${"if(".repeat(5_000)}`)).toContain("longer than");
  expect(faultOf(`temperature${" + 1".repeat(300)}`)).toContain("it has more than 256 parts");
  expect(faultOf(Array.from({ length: 40 }, (_, index) => `m${index}`).join(" + "))).toContain("more than 32 metrics");
});
