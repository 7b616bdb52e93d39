/** Whose address a forwarded request has: that of the last hop that is not a trusted proxy. */
import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { createForwarding } from "../../../src/http/requests/forwarding.ts";

const requestFrom = (remoteAddress: string | undefined, headers: IncomingMessage["headers"] = {}): IncomingMessage =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;

describe("the address", () => {
  test.each([
    // trusted, remote address, X-Forwarded-For → address
    [[], "192.0.2.1", "198.51.100.1", "192.0.2.1"],
    [["192.0.2.1"], "192.0.2.1", "198.51.100.1", "198.51.100.1"],
    [["192.0.2.1"], "::ffff:192.0.2.1", "::ffff:198.51.100.1", "198.51.100.1"],
    [["192.0.2.1"], "192.0.2.2", "198.51.100.1", "192.0.2.2"],
    [["192.0.2.0/24", "10.0.0.0/8"], "192.0.2.9", "203.0.113.9, 198.51.100.1, 10.9.9.9", "198.51.100.1"],
    [["192.0.2.0/24"], "192.0.2.9", "192.0.2.1, 192.0.2.2", "192.0.2.1"],
    [["192.0.2.1"], "192.0.2.1", undefined, "192.0.2.1"],
    [["192.0.2.1"], "192.0.2.1", "nonsense", "192.0.2.1"],
    [["192.0.2.1"], "192.0.2.1", "198.51.100.1, nonsense", "192.0.2.1"],
    // Other notations of 127.0.0.1, which node:net does not take for one.
    [["127.0.0.0/8"], "127.0.0.1", "198.51.100.1, 2130706433", "127.0.0.1"],
    [["127.0.0.0/8"], "127.0.0.1", "198.51.100.1, 0x7f.0.0.1", "127.0.0.1"],
    [["2001:db8::/32"], "2001:db8::1", "2001:db9::5", "2001:db9::5"],
    [["2001:db8::/32"], "2001:db9::1", "198.51.100.1", "2001:db9::1"],
    [["fe80::1%eth0"], "192.0.2.1", "198.51.100.1", "192.0.2.1"],
    [["0.0.0.0/0"], "192.0.2.1", "198.51.100.1, 203.0.113.9", "198.51.100.1"],
    [["0.0.0.0/0"], "2001:db8::1", "198.51.100.1", "2001:db8::1"],
    [["::/0"], "2001:db8::1", "2001:db9::5, fe80::1", "2001:db9::5"],
    [["192.0.2.1"], undefined, "198.51.100.1", undefined],
  ])("with %j trusted, from %s and forwarded for %s, is %s", (trusted, remote, forwardedFor, address) => {
    const headers = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
    expect(createForwarding(trusted).addressOf(requestFrom(remote, headers))).toBe(address);
  });
});

test("HTTPS is what a trusted proxy says last, and nobody else", () => {
  const { isSecure } = createForwarding(["192.0.2.1"]);
  const headers = { "x-forwarded-proto": "http, https" };
  expect(isSecure(requestFrom("::ffff:192.0.2.1", headers))).toBe(true);
  expect(isSecure(requestFrom("192.0.2.1", { "x-forwarded-proto": "https, http" }))).toBe(false);
  expect(isSecure(requestFrom("192.0.2.1"))).toBe(false);
  expect(isSecure(requestFrom("192.0.2.2", headers))).toBe(false);
});
