/** How much is kept of what boards say about themselves. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createLearnedBook } from "../../../../src/core/dialects/learned-book.ts";
import type { LearnedPart } from "../../../../src/core/dialects/parsed-message.ts";

const start = () =>
  createLearnedBook({ dialects: { learn: () => undefined }, descriptions: { changed: () => undefined }, stored: [] });

const part = (device: string, key: string, data: string | undefined = "1"): LearnedPart => ({
  kind: "learned",
  family: "homie",
  deviceId: `homie:${device}` as DeviceId,
  key,
  data,
});

test("a flood of small descriptions ends long before they take a gigabyte, and goes on when one is deleted", () => {
  const book = start();
  let taken = 0;
  while (taken < 200_000 && book.take(part(`d${taken}`, "n")).ok) taken++;
  expect(taken).toBeGreaterThan(100_000);
  expect(taken).toBeLessThan(140_000);
  expect(book.take(part("other", "n"))).toMatchObject({ ok: false, fault: { code: "TOO_MANY_DESCRIPTIONS" } });

  const gone = { ...part("d0", "n"), of: "learned", data: undefined } as const;
  expect(book.take({ ...gone, kind: "learned" }).ok).toBe(true);
  book.stored(gone);
  expect(book.take(part("other", "n")).ok).toBe(true);
});

test("a device has a limited number of them; those that it has can change", () => {
  const book = start();
  let taken = 0;
  while (taken < 10_000 && book.take(part("a", `k${taken}`)).ok) taken++;
  expect(taken).toBe(6_000);
  expect(book.take(part("a", "more"))).toMatchObject({ ok: false, fault: { code: "DESCRIPTION_TOO_LARGE" } });
  expect(book.take(part("a", "k0", "2")).ok).toBe(true);
});
