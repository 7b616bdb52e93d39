/** Which addresses limits count together, and how one is shown. */
import { expect, test } from "vitest";
import { createConnectionLimit } from "../../../../src/core/limits/connection-limit.ts";
import { createSessionLimit } from "../../../../src/core/limits/session-limit.ts";
import { limitKey, plainAddress } from "../../../../src/core/model/plain-address.ts";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:c000:0207", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:0001:0002::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8::2:3:4:5:6", "2001:db8:0:2::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", ""],
  [undefined, ""],
])("%s counts as %s", (address, key) => {
  expect(limitKey(address)).toBe(key);
});

test("an IPv6 address is shown whole", () => {
  expect(plainAddress("2001:db8::1")).toBe("2001:db8::1");
});

test("connections and sessions of one /64 count together, those of another do not", () => {
  const connections = createConnectionLimit({ maxConnections: 10, maxConnectionsPerAddress: 2 });
  const entered = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"].map(connections.enter);
  expect(entered).toEqual([undefined, undefined, "TOO_MANY_CONNECTIONS_OF_ADDRESS", undefined]);
  connections.leave("2001:db8::1");
  expect(connections.enter("2001:db8::4")).toBe(undefined);

  const limits = { maxLiveSessions: 10, maxLiveSessionsPerAddress: 1, maxLiveSessionsPerAccount: 10 };
  const sessions = createSessionLimit(limits);
  sessions.enter({ address: "2001:db8::1", account: undefined, isNobody: false });
  const excess = (address: string) => sessions.excess({ address, account: undefined, isNobody: false });
  expect(excess("2001:db8::2")).toBe("TOO_MANY_LIVE_SESSIONS_OF_ADDRESS");
  sessions.leave({ address: "2001:db8::1", account: undefined, isNobody: false });
  expect(excess("2001:db8::2")).toBe(undefined);
});
