import { expect, test } from "vitest";
import { type RequestStep, redirectOf } from "../../../../src/notify/request/redirect.ts";

const STEP: RequestStep = { url: new URL("https://a.example/x"), hasBody: true, hasSecrets: false, followed: 0 };

test("from https to http is not followed, not even on the same host", () => {
  expect(redirectOf(STEP, 302, "http://a.example/x")).toEqual({
    kind: "refused",
    reason: "a.example redirects from https to http, which is not followed",
  });
});

test("from http to https is followed, unless it has secrets: that is another origin", () => {
  const plain = { ...STEP, url: new URL("http://a.example/x") };
  expect(redirectOf(plain, 301, "https://a.example/x")).toMatchObject({ kind: "follow" });
  expect(redirectOf({ ...plain, hasSecrets: true }, 301, "https://a.example/x").kind).toBe("refused");
});

test("user and password of the new address are left out", () => {
  const redirect = redirectOf(STEP, 307, "https://ann:secret@b.example/y");
  expect(redirect.kind === "follow" && redirect.url.href).toBe("https://b.example/y");
});

test("303 is followed by a request without a message; other statuses are none", () => {
  expect(redirectOf({ ...STEP, hasBody: false }, 303, "/y")).toMatchObject({ kind: "follow" });
  for (const status of [200, 300, 304, 305, 400]) expect(redirectOf(STEP, status, "/y")).toEqual({ kind: "none" });
});
