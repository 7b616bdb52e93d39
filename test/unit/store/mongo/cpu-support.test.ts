/** What is said of a processor that MongoDB cannot run on. */
import { expect, test } from "vitest";
import { processorReason } from "../../../../src/store/mongo/db/cpu-support.ts";

const [has, lacks, words] =
  process.arch === "arm64"
    ? (["Features\t: fp asimd atomics crc32", "Features\t: fp asimd crc32", /ARMv8\.2.*Raspberry Pi 4/] as const)
    : (["flags\t\t: fpu sse4_2 avx avx2", "flags\t\t: fpu sse4_2", /lacks AVX/] as const);

test("a processor that cannot run MongoDB is named with what it lacks and what to do", () => {
  expect(processorReason(() => `processor\t: 0\n${lacks}\n`)).toMatch(words);
  expect(processorReason(() => `processor\t: 0\n${lacks}\n`)).toContain("unset AERIE_MONGODB_URL");
});

test("one that can, and a machine that does not tell, are no reason", () => {
  expect(processorReason(() => `processor\t: 0\n${has}\n`)).toBeUndefined();
  expect(processorReason(() => undefined)).toBeUndefined();
  expect(processorReason(() => "model name\t: unknown\n")).toBeUndefined();
});
