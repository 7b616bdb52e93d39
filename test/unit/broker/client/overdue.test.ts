import { expect, test } from "vitest";
import type { ClientState } from "../../../../src/broker/client/client-state.ts";
import { type ConnectionTimes, overdueOf } from "../../../../src/broker/client/overdue.ts";

const connected = (keepAliveMs: number) => ({ kind: "connected", login: { keepAliveMs } }) as ClientState;
const TIMES: ConnectionTimes = { heardMs: 0, behindSinceMs: undefined, isGathering: false, isHeld: false };

const at = (nowMs: number, state: ClientState, times: Partial<ConnectionTimes> = {}, isGatheringFull = false) =>
  overdueOf(state, { ...TIMES, ...times }, { nowMs, connectTimeoutMs: 10_000, isGatheringFull })?.code;

test("a client that does not connect in time is ended", () => {
  const connecting: ClientState = { kind: "connecting", clientId: undefined, responses: undefined, sinceMs: 0 };
  expect([at(9_999, connecting), at(10_000, connecting)]).toEqual([undefined, "CONNECT_TIMEOUT"]);
});

test("a client that is silent for one and a half keep-alives is ended, unless the hub holds it back or it has none", () => {
  expect([at(15_000, connected(10_000)), at(15_001, connected(10_000))]).toEqual([undefined, "KEEP_ALIVE_EXPIRED"]);
  expect(at(99_000, connected(10_000), { isHeld: true })).toBeUndefined();
  expect(at(99_000, connected(0))).toBeUndefined();
});

test("one that does not finish its packet is ended where the budget for such packets is full", () => {
  expect(at(10_001, connected(0), { isGathering: true })).toBeUndefined();
  expect(at(10_001, connected(0), { isGathering: true }, true)).toBe("PACKET_UNFINISHED");
});

test("one that does not read is ended, also while it is held back", () => {
  expect(at(30_000, connected(0), { behindSinceMs: 10_000 })).toBeUndefined();
  expect(at(30_001, connected(0), { behindSinceMs: 10_000, isHeld: true })).toBe("READER_TOO_SLOW");
});
