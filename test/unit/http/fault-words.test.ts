/** What is wrong with a request is said in plain words, and a schema's own words stay. */
import { expect, test } from "vitest";
import { z } from "zod";
import { type HttpError, parseRequest } from "../../../src/http/answers/problem.ts";

const SCHEMA = z.strictObject({
  name: z.string().min(2),
  count: z.int().max(5),
  tags: z.array(z.string()).min(1),
  kind: z.enum(["above", "below"]),
  server: z.url(),
  shape: z.discriminatedUnion("is", [z.object({ is: z.literal("a") }), z.object({ is: z.literal("b") })]),
  own: z.string("expected a colour"),
});

function faultsOf(raw: unknown): Record<string, string> {
  try {
    parseRequest(SCHEMA, raw);
  } catch (error) {
    return Object.fromEntries(((error as HttpError).faults ?? []).map(({ field, message }) => [field, message]));
  }
  return {};
}

test("each kind of fault has its words", () => {
  expect(faultsOf({})).toEqual({
    name: "it is missing",
    count: "it is missing",
    tags: "it is missing",
    kind: "it is missing",
    server: "it is missing",
    shape: "it is missing",
    own: "expected a colour",
  });
  const wrong = { name: "x", count: 6, tags: [], kind: "over", server: "ntfy", shape: { is: "c" }, own: "", more: 1 };
  expect(faultsOf(wrong)).toEqual({
    name: "expected at least 2 characters",
    count: "expected at most 5",
    tags: "expected at least 1 entry",
    kind: "expected one of above, below",
    server: "expected a URL, such as https://example.org",
    "shape.is": "expected one of a, b",
    more: "there is no such field",
  });
  const other = { name: 1, count: 1.5, tags: "x", kind: "above", server: "http://a", shape: "a", own: "" };
  expect(faultsOf(other)).toEqual({
    name: "expected a text",
    count: "expected a whole number",
    tags: "expected a list",
    shape: "expected an object",
  });
});
