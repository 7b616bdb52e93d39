/** Who counts as somebody on the hub's own computer, and what closes that door. */
import { expect, test } from "vitest";
import { isLoopback, isOfOwnComputer, type RequestWay } from "../../../../src/core/access/unclaimed/own-computer.ts";

const CURL: RequestWay = {
  peer: "127.0.0.1",
  httpVersion: "1.1",
  host: "localhost:3000",
  connection: undefined,
  headerNames: ["Host", "User-Agent", "Accept"],
};

test("loopback is the whole of 127.0.0.0/8 and ::1, in every notation of a socket, and nothing that resembles them", () => {
  const own = ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "::FFFF:127.0.0.1"];
  const others = [
    undefined,
    "",
    "128.0.0.1",
    "10.99.99.1",
    "0.0.0.0",
    "::",
    "::2",
    "::ffff:10.0.0.1",
    "127.0.0.1.example",
  ];
  expect([...own, ...others].filter(isLoopback)).toEqual(own);
});

test("clients of today are let in by each of the computer's names for itself", () => {
  const chromium = ["Host", "Connection", "Cache-Control", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"];
  const more = ["Upgrade-Insecure-Requests", "User-Agent", "Accept", "Sec-Fetch-Site", "Referer", "Accept-Encoding"];
  const webSocket = ["Host", "Connection", "Upgrade", "Origin", "Sec-WebSocket-Version", "Sec-WebSocket-Key"];
  for (const host of ["localhost", "LOCALHOST:3000", "127.0.0.1:3000", "[::1]:3000"]) {
    expect(isOfOwnComputer({ ...CURL, host }), host).toBe(true);
  }
  expect(
    isOfOwnComputer({ ...CURL, connection: "keep-alive", headerNames: [...chromium, ...more, "Cookie", "DNT"] }),
  ).toBe(true);
  expect(isOfOwnComputer({ ...CURL, connection: "Upgrade", headerNames: webSocket })).toBe(true);
  expect(
    isOfOwnComputer({ ...CURL, connection: "close", headerNames: ["Accept-Encoding", "Host", "Connection"] }),
  ).toBe(true);
});

test("any other name, address or version closes the door", () => {
  const others = [
    undefined,
    "",
    "hub.local:3000",
    "192.168.1.5:3000",
    "localhost.example",
    "127.0.0.1.nip.io",
    "localhost:3000 x",
  ];
  for (const host of others) expect(isOfOwnComputer({ ...CURL, host }), host).toBe(false);
  for (const peer of [undefined, "192.168.1.5", "::ffff:192.168.1.5"]) {
    expect(isOfOwnComputer({ ...CURL, peer }), peer).toBe(false);
  }
  expect(isOfOwnComputer({ ...CURL, httpVersion: "1.0" })).toBe(false);
});

test.each([
  "Forwarded",
  "Via",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "x-forwarded-anything",
  "X_Forwarded_For",
  "Forwarded-For",
  "X-Forward",
  "X-Real-IP",
  "X-Client-IP",
  "Client-IP",
  "True-Client-IP",
  "X-Cluster-Client-IP",
  "X-Original-Forwarded-For",
  "X-ProxyUser-Ip",
  "Proxy-Connection",
  "CF-Connecting-IP",
  "Fastly-Client-IP",
  "Fly-Client-IP",
  "Tailscale-User-Login",
  "X-Envoy-External-Address",
  "X-Amzn-Trace-Id",
  "X-Scheme",
  "X-Nginx-Proxy",
])("%s closes the door", (header) => {
  for (const name of [header, header.toLowerCase(), header.toUpperCase()]) {
    expect(isOfOwnComputer({ ...CURL, headerNames: [...CURL.headerNames, name] }), name).toBe(false);
  }
});

test("so does nginx's way of asking for an upgrade, one that is none, and so many headers that a proxy's may have been dropped", () => {
  const isIn = (connection: string, ...more: string[]): boolean =>
    isOfOwnComputer({ ...CURL, connection, headerNames: [...CURL.headerNames, "Connection", ...more] });
  expect([isIn("keep-alive, Upgrade", "Upgrade"), isIn("upgrade", "Upgrade")]).toEqual([true, false]);
  expect([isIn("Upgrade"), isIn("upgrade")]).toEqual([false, false]);
  expect(isOfOwnComputer({ ...CURL, headerNames: Array<string>(101).fill("a") })).toBe(false);
});
