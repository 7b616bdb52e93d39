import { describe, expect, test } from "vitest";
import type { RequestOutcome } from "../../../../src/notify/request/guarded-request.ts";
import { MAX_RETRY_AFTER_MS, retryAfterMs, sendOutcome } from "../../../../src/notify/request/send-outcome.ts";

const NOW = Date.UTC(2026, 10, 30, 20, 0, 0);

const answered = (status: number, headers: Record<string, string> = {}): RequestOutcome => ({
  kind: "answered",
  host: "hooks.example",
  status,
  headers,
  body: Buffer.alloc(0),
  isCut: false,
});
const outcomeOf = (status: number, headers = {}) => sendOutcome(answered(status, headers), NOW, () => "");

describe("an answer", () => {
  test.each([200, 201, 202, 204, 299])("%i has taken the message", (status) =>
    expect(outcomeOf(status)).toEqual({ kind: "sent" }),
  );

  test.each([408, 425, 429, 500, 501, 502, 503, 504, 507, 599])("%i may pass", (status) =>
    expect(outcomeOf(status)).toMatchObject({ kind: "failed", reason: `hooks.example answered ${status}` }),
  );

  test.each([300, 304, 400, 401, 403, 404, 405, 410, 413, 422, 451])("%i does not pass by itself", (status) =>
    expect(outcomeOf(status)).toEqual({ kind: "refused", reason: `hooks.example answered ${status}` }),
  );

  test("none is said as it is", () => {
    const none = { kind: "failed", reason: "No answer" } as const;
    expect(sendOutcome(none, NOW, () => "")).toEqual(none);
  });
});

describe("Retry-After", () => {
  test.each([
    ["seconds", "120", 120_000],
    ["none", "0", 0],
    ["a date", "Mon, 30 Nov 2026 20:00:30 GMT", 30_000],
    ["a date that is past", "Mon, 30 Nov 2026 19:00:00 GMT", 0],
    ["a year", "31536000", MAX_RETRY_AFTER_MS],
    ["a date in a year", "Tue, 30 Nov 2027 20:00:00 GMT", MAX_RETRY_AFTER_MS],
    ["nonsense", "soon", undefined],
    ["a negative number", "-5", 0],
    ["more digits than a number has", "9".repeat(400), undefined],
  ])("of %s", (_, header, expected) => expect(retryAfterMs(header, NOW)).toBe(expected));

  test("counts with 429 and 503, and goes by the receiver's own clock", () => {
    expect(outcomeOf(429, { "retry-after": "7" })).toMatchObject({ kind: "failed", afterMs: 7_000 });
    const date = "Thu, 01 Jan 2015 00:00:00 GMT";
    expect(outcomeOf(503, { date, "retry-after": "Thu, 01 Jan 2015 00:01:00 GMT" })).toMatchObject({ afterMs: 60_000 });
  });
});
