/** Replaces boards, undoes that, and keeps what is revoked revoked. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { type BoardCredentials, createBoardReplacement } from "../../../../src/core/devices/board-replacement.ts";
import type { DeviceRecord } from "../../../../src/core/devices/device-record.ts";
import type { HardwareBook } from "../../../../src/core/hardware/hardware-book.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { turn } from "../../../support/memory/memory-store.ts";
import { noReplacements } from "../../../support/memory/no-replacements.ts";

const id = (name: string) => name as DeviceId;
const DAY_MS = 86_400_000;
const clock = createManualClock();

/** With accounts: the boards' secrets, each with when it was made. Undefined: without. */
function run(book: HardwareBook, secrets: Map<string, number> | undefined, taken?: ReadonlySet<string>) {
  const credentials: BoardCredentials | undefined = secrets && {
    madeAtMs: (board) => secrets.get(board),
    end: () => undefined,
    mayReturn: ({ hardwareId }) => taken?.has(hardwareId) !== true,
    remove: async ({ hardwareId }) => void secrets.delete(hardwareId),
  };
  return createBoardReplacement({
    book,
    registry: {
      get: (name) => (book.hidden().has(id(name)) ? undefined : ({ deviceId: id(name) } as DeviceRecord)),
      setAside: () => undefined,
      bringBack: () => undefined,
    },
    alerts: { deviceRemoved: () => undefined },
    descriptions: { changed: () => undefined },
    credentials,
    time: clock,
    clock,
    log: createMemoryLog(),
  });
}

test("past 7 days a run without accounts leaves a revoked secret revoked, and one with accounts deletes it", async () => {
  const book = noReplacements();
  const secrets = new Map([["boiler", 1]]);
  const first = run(book, secrets);
  expect(await first.replace("boiler", "spare")).toMatchObject({ ok: true });
  await first.close();

  const without = run(book, undefined);
  clock.advance(8 * DAY_MS);
  await turn();
  expect(await without.undo("boiler")).toEqual({ ok: false, code: "NOTHING_TO_UNDO" });
  await without.close();
  expect(book.isRevoked("boiler", 1)).toBe(true);

  await run(book, secrets).close();
  expect([book.isRevoked("boiler", 1), [...secrets]]).toEqual([false, []]);
});

test("a device that is deleted in a run without accounts leaves the secret of its former board revoked", async () => {
  const book = noReplacements();
  const secrets = new Map([["boiler", 1]]);
  const first = run(book, secrets);
  await first.replace("boiler", "spare");
  await first.close();

  const without = run(book, undefined);
  await without.removed(id("boiler"));
  await without.close();
  expect([book.isRevoked("boiler", 1), book.hidden().size, book.since(id("boiler"))]).toEqual([true, 0, undefined]);

  await run(book, secrets).close();
  expect([book.isRevoked("boiler", 1), [...secrets], [...book.records()]]).toEqual([false, [], []]);
});

test("a replacement in a run without accounts revokes every secret that the board had until then", async () => {
  const book = noReplacements();
  const without = run(book, undefined);
  await without.replace("boiler", "spare");
  const now = clock.nowMs();
  const revoked = [book.isRevoked("boiler", now), book.isRevoked("boiler", 1), book.isRevoked("boiler", now + 1)];
  expect([...revoked, book.isRevoked("spare", 1)]).toEqual([true, true, false, false]);

  await without.undo("boiler");
  expect(book.isRevoked("boiler", now)).toBe(false);
  await without.close();
});

test("a replacement is not undone while its former board stands for another device, or was itself replaced", async () => {
  const book = noReplacements();
  const replacement = run(book, new Map());
  await replacement.replace("a", "b");
  await replacement.replace("a", "c");
  await replacement.replace("d", "b");
  expect(await replacement.undo("a")).toEqual({ ok: false, code: "BOARD_NOT_FREE" });

  await replacement.undo("d");
  await replacement.replace("b", "e");
  expect(await replacement.undo("a")).toEqual({ ok: false, code: "BOARD_NOT_FREE" });

  await replacement.undo("b");
  expect(await replacement.undo("a")).toMatchObject({ ok: true, value: { hardware: "b" } });
  await replacement.close();
});

test("a replacement is not undone while another board's secret has the topics of its former board", async () => {
  const taken = new Set(["boiler"]);
  const replacement = run(noReplacements(), new Map([["boiler", 1]]), taken);
  await replacement.replace("boiler", "spare");
  expect(await replacement.undo("boiler")).toEqual({ ok: false, code: "FORMER_SECRET_TAKEN" });
  taken.clear();
  expect(await replacement.undo("boiler")).toMatchObject({ ok: true });
  await replacement.close();
});
