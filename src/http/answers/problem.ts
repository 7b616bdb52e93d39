/** Turns errors into RFC 9457 answers. No other file does, so that internals stay in the log. */
import type { ServerResponse } from "node:http";
import type { ErrorRequestHandler } from "express";
import type { z } from "zod";
import { ERRORS, type ErrorCode } from "../../contract/errors.ts";
import type { Problem } from "../../contract/problem.ts";
import { AccessFileError } from "../../core/access/access-writer.ts";
import type { Log } from "../../core/ports/log.ts";
import { StoreError } from "../../core/ports/readings-store.ts";
import { faultWords } from "./fault-words.ts";

/** An answer of the closed list, thrown by a route. */
export class HttpError extends Error {
  readonly code: ErrorCode;
  readonly faults: NonNullable<Problem["errors"]> | undefined;
  constructor(code: ErrorCode, faults?: NonNullable<Problem["errors"]>) {
    super(code);
    this.code = code;
    this.faults = faults;
  }
}

export function sendProblem(
  response: ServerResponse,
  code: ErrorCode,
  extra: Pick<Problem, "detail" | "errors"> = {},
): void {
  const { status, text } = ERRORS[code];
  const problem: Problem = { type: "about:blank", title: text, status, code, ...extra };
  response.statusCode = status;
  response.setHeader("Content-Type", "application/problem+json; charset=utf-8");
  response.end(JSON.stringify(problem));
}

/** The checked value, or REQUEST_INVALID with every fault and its field. */
export function parseRequest<T>(schema: z.ZodType<T>, raw: unknown): T {
  const result = schema.safeParse(raw, { error: faultWords });
  if (result.success) return result.data;
  throw new HttpError(
    "REQUEST_INVALID",
    result.error.issues.map((issue) => ({ field: fieldOf(issue), message: issue.message })),
  );
}

function fieldOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return issue.keys.join(", ");
  return issue.path.join(".") || "body";
}

export const invalidField = (field: string, message: string): HttpError =>
  new HttpError("REQUEST_INVALID", [{ field, message }]);

export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof HttpError) {
      return sendProblem(response, error.code, error.faults === undefined ? {} : { errors: error.faults });
    }
    if (error instanceof StoreError) {
      log.warn("store did not answer a request", { path: request.path, cause: error });
      response.setHeader("Retry-After", "5");
      return sendProblem(response, "STORE_UNAVAILABLE");
    }
    if (error instanceof AccessFileError) {
      response.setHeader("Retry-After", "5");
      return sendProblem(response, error.isInForce ? "REVOKED_NOT_SAVED" : "ACCESS_NOT_SAVED", {
        detail: error.message,
      });
    }
    const { status, type } = error as { status?: number; type?: string };
    if (type === "entity.too.large") return sendProblem(response, "BODY_TOO_LARGE");
    if (status !== undefined && status < 500) {
      return sendProblem(response, "REQUEST_INVALID", { detail: error instanceof Error ? error.message : "" });
    }
    log.error("request failed", { method: request.method, path: request.path, cause: error });
    return sendProblem(response, "INTERNAL");
  };
}
