/** What the pages of clients and messages say of a board that stands for another device. */
import { expect, test } from "vitest";
import type { BoardCheckAnswer } from "../../../src/contract/answers/board-check.ts";
import type { RetainedAnswer } from "../../../src/contract/answers/retained.ts";
import type { DeviceId } from "../../../src/contract/readings.ts";
import { replaced, untouched } from "../../../src/core/hardware/hardware-record.ts";
import type { Route } from "../../../src/http/declaration/route.ts";
import { BOARD_CHECK_ROUTES, type BoardCheckParts } from "../../../src/http/routes/clients/board-check-routes.ts";
import { RETAINED_ROUTES, type RetainedParts } from "../../../src/http/routes/clients/retained-routes.ts";
import { noReplacements } from "../../support/memory/no-replacements.ts";

const id = (name: string) => name as DeviceId;
const DAY_MS = 86_400_000;
const NOW_MS = 10 * DAY_MS;

async function replacedBySpare() {
  const hardware = noReplacements();
  const how = { by: id("spare"), atMs: 1, hubMs: 1, credentials: [] };
  await hardware.save(replaced(untouched(id("boiler")), how));
  return hardware;
}

function answered<Parts, Body>(routes: readonly Route<Parts>[], path: string, parts: unknown, query: object): Body {
  const found = routes.find(({ method, path: its }) => method === "get" && its === path);
  return found?.handle(parts as Parts, { params: {}, query } as never, undefined as never) as Body;
}

test("a retained message of a board that stands for a device is not stale, and one of an unknown board is", async () => {
  const messages = ["devices/spare/status", "devices/boiler/status", "devices/gone/status"].map((topic) => ({
    topic,
    payload: Buffer.from("online"),
    qos: 1,
    publisher: undefined,
    setAtMs: 1,
  }));
  const parts = {
    retained: { page: () => ({ messages, total: messages.length, hasMore: false }) },
    registry: { knows: (device: string) => device === "boiler" },
    hardware: await replacedBySpare(),
    connected: { get: () => undefined },
    clock: { nowMs: () => NOW_MS },
    startedAtMs: 1,
  };
  const page = answered<RetainedParts, RetainedAnswer>(RETAINED_ROUTES, "/api/retained", parts, { limit: 10 });
  expect(page.messages.map(({ isStale }) => isStale)).toEqual([undefined, undefined, true]);
});

test.each(["boiler", "spare"])("the check of a replaced board finds its new one, asked for %s", async (device) => {
  const record = { deviceId: "boiler", lastHeardAtMs: NOW_MS + 2, lastReadingAtMs: NOW_MS + 3, latest: new Map() };
  const parts = {
    clock: { nowMs: () => NOW_MS },
    registry: { get: (asked: string) => (asked === "boiler" ? record : undefined) },
    hardware: await replacedBySpare(),
    refusals: { list: () => [] },
    credentials: { lastLoginMs: (asked: string) => (asked === "spare" ? NOW_MS + 1 : undefined) },
    accounts: undefined,
    unmapped: { list: () => [] },
    connected: { ids: () => [], get: () => undefined },
    addresses: () => [],
  };
  const query = { device, since: new Date(NOW_MS).toISOString() };
  const answer = answered<BoardCheckParts, BoardCheckAnswer>(BOARD_CHECK_ROUTES, "/api/board-check", parts, query);
  const atOf = (step: string) => Date.parse(answer.steps.find((each) => each.step === step)?.at ?? "") - NOW_MS;
  expect([answer.isKnown, atOf("loggedIn"), atOf("stored")]).toEqual([true, 1, 3]);
});
