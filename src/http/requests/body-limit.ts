/** Refuses a body that is too large as soon as its length is announced or exceeded. */
import type { Request, RequestHandler, Response } from "express";
import type { Clock } from "../../core/ports/clock.ts";
import { sendProblem } from "../answers/problem.ts";
import { endInTime } from "./upgrade-sockets.ts";

/** The parser would read a body to its end before it refuses it, and a client that never ends it would get no answer. */
export function bodyLimit(maxBytes: number, clock: Pick<Clock, "after">): RequestHandler {
  return (request, response, next) => {
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) return refuse(request, response);
    if (request.headers["transfer-encoding"] !== undefined) {
      let bytes = 0;
      request.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes && !response.headersSent) refuse(request, response);
      });
    }
    next();
  };

  function refuse(request: Request, response: Response): void {
    sendProblem(response, "BODY_TOO_LARGE");
    request.resume();
    // Closed at once, the connection would be reset under the answer.
    request.once("close", endInTime(request.socket, clock)); // it was read to its end after all
  }
}
