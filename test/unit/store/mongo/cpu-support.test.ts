/** What the owner reads where the CPU cannot run MongoDB. */
import { expect, test } from "vitest";
import { cpuReason } from "../../../../src/store/mongo/db/cpu-support.ts";

const [has, lacks, words] =
  process.arch === "arm64"
    ? (["Features\t: fp asimd atomics crc32", "Features\t: fp asimd crc32", /ARMv8\.2.*Raspberry Pi 4/] as const)
    : (["flags\t\t: fpu sse4_2 avx avx2", "flags\t\t: fpu sse4_2", /lacks AVX/] as const);

test("a CPU that cannot run MongoDB is named with what it lacks and what to do", () => {
  expect(cpuReason(() => `processor\t: 0\n${lacks}\n`)).toMatch(words);
  expect(cpuReason(() => `processor\t: 0\n${lacks}\n`)).toContain("unset AERIE_MONGODB_URL");
});

test("one that can, and a machine that does not tell, are no reason", () => {
  expect(cpuReason(() => `processor\t: 0\n${has}\n`)).toBeUndefined();
  expect(cpuReason(() => undefined)).toBeUndefined();
  expect(cpuReason(() => "model name\t: unknown\n")).toBeUndefined();
});
