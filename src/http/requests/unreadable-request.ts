/** Answers a request that is not HTTP, or came too slowly, and closes its connection. */
import { STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Refusals } from "../../core/limits/refusals.ts";
import type { RequestBudget } from "../../core/limits/request-budget.ts";
import { plainAddress } from "../../core/model/plain-address.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { endInTime } from "./upgrade-sockets.ts";

export interface UnreadableOptions {
  readonly clock: Pick<Clock, "after">;
  readonly requests: RequestBudget;
  readonly refusals: Refusals;
}

const STATUS: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** A listener for `clientError`. */
export function refuseUnreadable({ clock, requests, refusals }: UnreadableOptions) {
  return (error: NodeJS.ErrnoException, socket: Duplex): void => {
    socket.on("error", () => undefined); // "close" follows
    const { code = "" } = error;
    const isMalformed = code.startsWith("HPE_");
    const address = socket instanceof Socket ? plainAddress(socket.remoteAddress) : undefined;
    const isTooMuch = isMalformed && requests.spend(address) > 0;
    if (isMalformed && !isTooMuch) {
      refusals.add({ code: "REQUEST_MALFORMED", kind: "connection", address, detail: error.message });
    }
    // Not in the midst of an answer, which the peer would take for a part of it.
    if (!(socket instanceof Socket) || isTooMuch || !(isMalformed || code in STATUS) || socket.bytesWritten > 0) {
      socket.destroy();
      return;
    }
    const status = STATUS[code] ?? 400;
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    endInTime(socket, clock);
    socket.destroySoon();
  };
}
