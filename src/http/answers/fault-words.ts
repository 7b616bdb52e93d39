/** What is wrong with a field of a request, in plain words, where its schema has no words of its own. */
import type { z } from "zod";

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** Undefined: zod's own words. */
export function faultWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "it is missing" : `expected ${KINDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return issue.input === undefined ? "it is missing" : `expected ${oneOf(issue.values)}`;
    case "invalid_union":
      return issue.discriminator !== undefined && Array.isArray(issue["options"])
        ? `expected ${oneOf(issue["options"])}`
        : undefined;
    case "too_small":
      return `expected ${issue.inclusive === false ? "more than" : "at least"} ${amount(issue.minimum, issue.origin)}`;
    case "too_big":
      return `expected ${issue.inclusive === false ? "less than" : "at most"} ${amount(issue.maximum, issue.origin)}`;
    case "unrecognized_keys":
      return "there is no such field";
    case "invalid_format":
      return issue.format === "url" ? "expected a URL, such as https://example.org" : undefined;
    default:
      return undefined;
  }
}

const oneOf = (values: readonly unknown[]): string =>
  `${values.length > 1 ? "one of " : ""}${values.map(String).join(", ")}`;

function amount(limit: number | bigint, origin: string): string {
  const of = origin === "string" ? "character" : origin === "array" ? "entry" : undefined;
  if (of === undefined) return String(limit);
  if (Number(limit) === 1) return `1 ${of}`;
  return `${limit} ${of === "entry" ? "entries" : "characters"}`;
}
