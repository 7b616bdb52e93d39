/** What of a disk that fails is remembered, and until when. */
import { expect, test } from "vitest";
import { createDiskFaults, DiskError } from "../../../../src/core/health/disk-faults.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { diskFaultOf } from "../../../../src/store/sqlite/db/disk-fault.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { turn } from "../../../support/memory/memory-store.ts";

function start() {
  const clock = createManualClock();
  const log = createMemoryLog();
  const faults = createDiskFaults({ clock, log });
  /** As many tests as a second has room for. */
  const second = async (): Promise<void> => {
    clock.advance(1_000);
    for (let turns = 0; turns < 10; turns++) await turn();
  };
  return { log, faults, second, said: () => log.lines.map(({ level, event }) => `${level} ${event}`) };
}

test("a failure is said until its test succeeds, and logged once", async () => {
  const { faults, second, said } = start();
  let fault: Error | undefined = new DiskError("the disk fails");
  const test = async (): Promise<void> => {
    if (fault !== undefined) throw fault;
  };
  expect(faults.problem()).toBeUndefined();
  faults.note("a chart", "aerie.db cannot be read", test);
  faults.note("a chart", "aerie.db cannot be read", test);
  await second();
  expect(faults.problem()).toBe("aerie.db cannot be read");
  fault = undefined;
  await second();
  expect(faults.problem()).toBeUndefined();
  expect(said()).toEqual(["error the disk fails", "info the disk works again"]);
});

test("one that works again does not hide another that does not", async () => {
  const { faults, second } = start();
  faults.note("a chart", "a chart fails", async () => undefined);
  faults.note("a page", "a page fails", () => Promise.reject(new DiskError("still")));
  await second();
  expect(faults.problem()).toBe("a page fails");
});

test("a test that fails for another reason ends it, and one without a test ends when `passed` is called", async () => {
  const { faults, second } = start();
  faults.note("a chart", "a chart fails", () => Promise.reject(new StoreError("damaged", false)));
  faults.note("upkeep", "upkeep fails");
  await second();
  expect(faults.problem()).toBe("upkeep fails");
  faults.passed("upkeep");
  expect(faults.problem()).toBeUndefined();
});

test("of a disk that fails everywhere four failures are tested, so that a slow one is done with them soon", async () => {
  const { faults, second } = start();
  let tests = 0;
  for (let page = 0; page < 100; page++) {
    faults.note(`page ${page}`, "fails", () => {
      tests++;
      return Promise.reject(new DiskError("still"));
    });
  }
  await second();
  expect(tests).toBe(4);
});

test.each([
  ["a read of SQLite", { code: "ERR_SQLITE_ERROR", errcode: 266, sqliteExtendedCode: 266, systemErrno: 5 }, "read"],
  ["a write of SQLite", { code: "ERR_SQLITE_ERROR", errcode: 778, sqliteExtendedCode: 778, systemErrno: 5 }, "written"],
  [
    "an fsync of SQLite",
    { code: "ERR_SQLITE_ERROR", errcode: 1034, sqliteExtendedCode: 1034, systemErrno: 5 },
    "written",
  ],
  ["rows of SQLite, which come without a code", { code: "ERR_SQLITE_ERROR", message: "disk I/O error" }, "read"],
  ["a file that SQLite cannot open", { code: "ERR_SQLITE_ERROR", errcode: 14, systemErrno: 5 }, "read"],
  ["a call of the file system", Object.assign(new Error("EIO"), { code: "EIO", syscall: "statfs" }), "read or written"],
  [
    "a file system that became read-only",
    Object.assign(new Error("EROFS"), { code: "EROFS", syscall: "open" }),
    "read or written",
  ],
  ["a full disk", { code: "ERR_SQLITE_ERROR", errcode: 778, sqliteExtendedCode: 778, systemErrno: 28 }, undefined],
  ["a file that may not grow", { code: "ERR_SQLITE_ERROR", errcode: 778, systemErrno: 27 }, undefined],
  ["no file descriptor", { code: "ERR_SQLITE_ERROR", errcode: 14, systemErrno: 24 }, undefined],
  ["no memory", { code: "ERR_SQLITE_ERROR", errcode: 3082, sqliteExtendedCode: 3082 }, undefined],
  ["damage", { code: "ERR_SQLITE_ERROR", errcode: 11, systemErrno: 5 }, undefined],
  ["a fault of the hub's own", new TypeError("no"), undefined],
] as const)("%s", (_what, error, cannotBe) => {
  expect(diskFaultOf(error)?.cannotBe).toBe(cannotBe);
});
