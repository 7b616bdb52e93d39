/** What the hub makes up. */
import { expect, test } from "vitest";
import { createSecrets } from "../../../../src/platform/access/secrets.ts";

const { id, make, hash, isSame } = createSecrets(new Uint8Array(32));

test("an id is a word that a command line takes as it is, and no two are the same", () => {
  const ids = Array.from({ length: 2_000 }, id);
  expect(ids.filter((each) => !/^[0-9a-f]{18}$/.test(each))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a secret has the bits that were asked for, and is known again by its hash alone", () => {
  const secret = make(128);
  expect(Buffer.from(secret, "base64url").length).toBe(16);
  expect(hash(secret)).toBe(hash(secret));
  expect(hash(secret)).not.toBe(hash(make(128)));
  expect(isSame(hash(secret), hash(secret))).toBe(true);
  expect(isSame("a", "ab")).toBe(false);
});
