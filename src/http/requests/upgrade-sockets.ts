/** Sockets of upgrade requests: handles their errors, answers them, and closes them in time. */
import { type IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../../core/ports/clock.ts";

export interface UpgradeSocket {
  /** Answers as a request is answered, and then closes the connection. */
  readonly response: ServerResponse;
  /** Gives the socket to `take`, which speaks another protocol over it. If `take` refuses, it ends the socket before it returns. */
  transfer(take: () => void): void;
}

/** Time for an answer to be read, also by a peer that is still sending; then the socket is destroyed. */
const ANSWER_MS = 2_000;

/** Undefined: earlier requests of this connection are not answered yet, and it was closed. */
export function openUpgradeSocket(
  request: IncomingMessage,
  socket: Duplex,
  clock: Pick<Clock, "after">,
): UpgradeSocket | undefined {
  // node:http has removed its own listeners: an error without a listener would end the process.
  socket.on("error", () => undefined); // "close" follows
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  if (!(socket instanceof Socket) || !assigned(response, socket)) {
    socket.destroy();
    return undefined;
  }
  const cancel = endInTime(socket, clock);
  response.once("finish", () => {
    response.detachSocket(socket);
    socket.destroySoon(); // not `end`: a peer that never closes its half would stay
  });
  return {
    response,
    transfer: (take) => {
      response.detachSocket(socket);
      take();
      if (!socket.writableEnded) cancel();
    },
  };
}

/** The socket is destroyed after a while, whatever its peer does, unless the answer is called. */
export function endInTime(socket: Socket, clock: Pick<Clock, "after">): () => void {
  const cancel = clock.after(ANSWER_MS, () => socket.destroy());
  socket.once("close", cancel);
  return () => {
    socket.off("close", cancel);
    cancel();
  };
}

/** A socket that belongs to the answer of an earlier request, which was sent without waiting, cannot be assigned. */
function assigned(response: ServerResponse, socket: Socket): boolean {
  try {
    response.assignSocket(socket);
    return true;
  } catch {
    return false;
  }
}
