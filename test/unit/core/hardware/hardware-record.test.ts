/** What becomes of a device's record of boards. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import {
  expired,
  type HardwareRecord,
  hardwareOf,
  isRevokedBy,
  readRecord,
  replaced,
  textOf,
  undone,
  untouched,
} from "../../../../src/core/hardware/hardware-record.ts";

const id = (name: string) => name as DeviceId;
const DAY_MS = 86_400_000;
const secret = (name: string, madeAtMs: number) => ({ hardwareId: id(name), madeAtMs });

/** `boiler` with its board replaced by `new-1` at the first day. */
const once = (credentials = [secret("boiler", 1)]): HardwareRecord =>
  replaced(untouched(id("boiler")), { by: id("new-1"), atMs: DAY_MS, hubMs: DAY_MS, credentials });

test("a replaced board's secret is revoked at once, and one that it is given later is not", () => {
  const record = once();

  expect(hardwareOf(record)).toBe("new-1");
  expect(isRevokedBy(record, secret("boiler", 1))).toBe(true);
  expect(isRevokedBy(record, secret("boiler", 2))).toBe(false);
  expect(isRevokedBy(record, secret("new-1", 1))).toBe(false);
});

test("undone within 7 days the former board and its secret are valid again, and what came meanwhile stays known", () => {
  const record = undone(once(), { atMs: 3 * DAY_MS, hubMs: 3 * DAY_MS });

  expect(record && hardwareOf(record)).toBe("boiler");
  expect(record && isRevokedBy(record, secret("boiler", 1))).toBe(false);
  expect(record?.changes).toEqual([
    { hardwareId: "new-1", atMs: DAY_MS },
    { hardwareId: "boiler", atMs: 3 * DAY_MS },
  ]);
});

test.each([
  ["after 7 days", once(), 8 * DAY_MS],
  ["what was never replaced", untouched(id("boiler")), DAY_MS],
  ["a second time", undone(once(), { atMs: 2 * DAY_MS, hubMs: 2 * DAY_MS }), 3 * DAY_MS],
])("%s nothing can be undone", (_when, record, hubMs) => {
  expect(record && undone(record, { atMs: hubMs, hubMs })).toBeUndefined();
});

test("a second replacement is undone to the first, whose own replacement can then no longer be undone", () => {
  const first = once();
  const twice = replaced(first, {
    by: id("new-2"),
    atMs: 2 * DAY_MS,
    hubMs: 2 * DAY_MS,
    credentials: [secret("new-1", 5)],
  });
  const back = undone(twice, { atMs: 3 * DAY_MS, hubMs: 3 * DAY_MS });

  expect([hardwareOf(twice), back && hardwareOf(back)]).toEqual(["new-2", "new-1"]);
  expect([isRevokedBy(twice, secret("new-1", 5)), isRevokedBy(twice, secret("boiler", 1))]).toEqual([true, true]);
  expect(back && isRevokedBy(back, secret("new-1", 5))).toBe(false);
  expect(back && isRevokedBy(back, secret("boiler", 1))).toBe(true);
  expect(back && undone(back, { atMs: 3 * DAY_MS, hubMs: 3 * DAY_MS })).toBeUndefined();
});

test("a board that comes back keeps no revoked secret", () => {
  const back = replaced(once(), { by: id("boiler"), atMs: 2 * DAY_MS, hubMs: 2 * DAY_MS, credentials: [] });

  expect(hardwareOf(back)).toBe("boiler");
  expect(isRevokedBy(back, secret("boiler", 1))).toBe(false);
});

test("past 7 days what was revoked is to be deleted, and a second look finds nothing more", () => {
  const record = once();

  expect(expired(record, 8 * DAY_MS - 1)).toBe(record);
  const over = expired(record, 8 * DAY_MS);
  expect(over).toMatchObject({ undo: undefined, revoked: [secret("boiler", 1)] });
  expect(expired(over, 9 * DAY_MS)).toBe(over);
});

test("a record is the same after it was written, and what is no record is none", () => {
  const record = once();

  expect(readRecord("boiler", textOf(record))).toEqual(record);
  const over = expired(record, 9 * DAY_MS);
  expect(readRecord("boiler", textOf(over))).toEqual(over);
  expect([readRecord("boiler", "{}"), readRecord("boiler", "no"), readRecord("/", textOf(record))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
