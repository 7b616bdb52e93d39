/** What HTTP answers instead of what was asked for: RFC 9457 `application/problem+json`. */
import { z } from "zod";
import { ERRORS, type ErrorCode } from "./errors.ts";

export const PROBLEM_TYPE = "application/problem+json";

const CODES = Object.keys(ERRORS) as ErrorCode[];

export const problem = z
  .strictObject({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    code: z.enum(CODES),
    detail: z.string().exactOptional(),
    errors: z
      .array(z.strictObject({ field: z.string(), message: z.string() }))
      .describe("The faults of the request, by the field that has them")
      .exactOptional(),
  })
  .describe("Why the request was not answered (RFC 9457)");
export type Problem = z.infer<typeof problem>;
