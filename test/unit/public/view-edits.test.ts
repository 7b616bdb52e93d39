import { expect, test } from "vitest";
import {
  byUnit,
  metricsDrawn,
  moved,
  pinFault,
  pinned,
  readViewFile,
  viewFile,
  withoutLine,
} from "../../../public/app/views/parts/view-edits.ts";
import type { ViewPart } from "../../../src/contract/views/views.ts";

const line = (device: string, metric = "temperature") => ({ device, metric });
const chart = (...devices: string[]): ViewPart => ({ kind: "chart", lines: devices.map((device) => line(device)) });
const value = (device: string): ViewPart => ({ kind: "value", lines: [line(device)] });

test("a line is pinned as a part of its own, or over those of a chart", () => {
  const parts = [chart("a"), value("b")];
  expect(pinned(parts, line("c"), { as: "value" })).toEqual([...parts, value("c")]);
  expect(pinned(parts, line("c"), { over: 0 })).toEqual([chart("a", "c"), value("b")]);
});

test("what has no room, or is there already, is refused with a sentence", () => {
  const six = chart("a", "b", "c", "d", "e", "f");
  expect(pinFault([six], line("g"), { over: 0 })).toBe("This chart has 6 lines already");
  expect(pinFault([chart("a")], line("a"), { over: 0 })).toBe("This chart has this line already");
  expect(pinFault([chart("a")], line("a", "humidity"), { over: 0 })).toBeUndefined();
  expect(pinFault(Array(24).fill(value("a")), line("b"), { as: "chart" })).toContain("24 charts and values already");
  expect(pinFault(Array(10).fill(six), line("g"), { as: "chart" })).toContain("60 lines already");
});

test("a part is moved by one place, not beyond the ends; a chart goes with its last line", () => {
  const parts = [chart("a", "b"), value("c"), chart("d")];
  expect(moved(parts, 0, 1)).toEqual([parts[1], parts[0], parts[2]]);
  expect(moved(parts, 0, -1)).toEqual(parts);
  expect(moved(parts, 2, 1)).toEqual(parts);
  expect(withoutLine(parts, 0, line("a"))).toEqual([chart("b"), value("c"), chart("d")]);
  expect(withoutLine(parts, 2, line("d"))).toEqual(parts.slice(0, 2));
});

test("of each device the metrics are read that are drawn; lines of one unit share an axis", () => {
  expect([...metricsDrawn([value("a"), chart("b", "c"), chart("b")])]).toEqual([
    ["a", []],
    ["b", ["temperature"]],
    ["c", ["temperature"]],
  ]);
  const units = new Map([
    ["a", "°C"],
    ["b", "%"],
    ["c", "°C"],
  ]);
  expect(byUnit(["a", "b", "c"], (each) => units.get(each) ?? "")).toEqual([["a", "c"], ["b"]]);
});

test("a downloaded view is read again; what is none, or is newer, is said", () => {
  const fields = { name: "Air", parts: [chart("a")] };
  expect(readViewFile(viewFile(fields))).toEqual({ ok: true, fields });
  for (const text of ["", "[]", "null", '{"name":"Air"}', '{"aerieView":0}', '{"aerieView":"1"}']) {
    expect(readViewFile(text)).toMatchObject({ ok: false, fault: expect.stringContaining("not a view") });
  }
  expect(readViewFile('{"aerieView":2}')).toMatchObject({ fault: expect.stringContaining("newer version") });
});
