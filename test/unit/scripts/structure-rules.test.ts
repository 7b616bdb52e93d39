/** The size rules and the retired words of `npm run check`, each broken by a made-up source. */
import { expect, test } from "vitest";
import {
  functionSizes,
  MOST_FILE_LINES,
  MOST_FILES,
  retiredWords,
  sizeFaults,
} from "../../../scripts/structure-rules.ts";

const lines = (count: number, line = "x();"): string => `${line}\n`.repeat(count);
const one = (file: string, text: string): ReadonlyMap<string, string> => new Map([[file, text]]);

test("a folder has at most twenty files; those of its folders do not count", () => {
  const files = (count: number, folder: string): [string, string][] =>
    Array.from({ length: count }, (_, index) => [`${folder}/f${index}.ts`, ""]);
  expect(sizeFaults(new Map([...files(MOST_FILES, "src/a"), ...files(MOST_FILES, "src/a/b")]))).toEqual([]);
  expect(sizeFaults(new Map(files(MOST_FILES + 1, "src/a")))).toEqual(["src/a: 21 files, at most 20"]);
});

test("a file has at most 300 lines", () => {
  expect(sizeFaults(one("src/a/b.ts", lines(MOST_FILE_LINES)))).toEqual([]);
  expect(sizeFaults(one("src/a/b.ts", lines(MOST_FILE_LINES + 1)))).toEqual(["src/a/b.ts: 301 lines, at most 300"]);
});

test.each([
  ["a declaration", (body: string) => `function long() {\n${body}}\n`],
  ["an arrow function", (body: string) => `const long = () => {\n${body}};\n`],
  ["a method", (body: string) => `class A {\n  long() {\n${body}  }\n}\n`],
  ["a property", (body: string) => `const a = {\n  long: () => {\n${body}  },\n};\n`],
])("%s has at most 70 lines of its own", (_, made) => {
  expect(sizeFaults(one("src/a/b.ts", made(lines(68))))).toEqual([]);
  expect(sizeFaults(one("src/a/b.ts", made(lines(69))))).toEqual([
    expect.stringMatching(/^src\/a\/b\.ts:\d long: 71 own/),
  ]);
});

test("named functions within count for themselves, and a factory is bounded by its file", () => {
  const inner = `function inner() {\n${lines(68)}}\n`;
  const outer = `function outer() {\n${lines(10)}${inner}}\n`;
  expect(functionSizes(one("src/a/b.ts", outer)).map(({ size }) => size)).toEqual([70, 12]);
  expect(sizeFaults(one("src/a/b.ts", `function createA() {\n${lines(200)}}\n`))).toEqual([]);
});

test.each([
  ["const outletOf = 1;", "outletOf"],
  ["class A { #wishes = 1; }", "wishes"],
  ["function f({ rejections: many }) {}", "rejections of a variable", []],
  ["interface A { nextPlace: number }", "nextPlace"],
  ["const MAX_LIVES = 1;", "MAX_LIVES"],
])("%s has a retired word: %s", (text, identifier, found?: readonly string[]) => {
  expect(retiredWords(one("src/broker/a.ts", text))).toEqual(found ?? [expect.stringContaining(`: ${identifier} has`)]);
});

test("a retired word in a text, a comment or a longer word is none, nor where the field says it", () => {
  const text = 'const a = "wish"; // the outlet\nconst lifetime = 1;\nconst handler = `place`;\n';
  expect(retiredWords(one("src/broker/a.ts", text))).toEqual([]);
  expect(retiredWords(one("src/live/live.ts", "socket.to(room);"))).toEqual([]);
  expect(retiredWords(one("src/core/devices/device-record.ts", "record.place;"))).toEqual([]);
});
