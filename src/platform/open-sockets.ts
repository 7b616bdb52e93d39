/** All connections to the hub's servers, so that a stop closes every one. */
import type { Server, Socket } from "node:net";
import type { Log } from "../core/ports/log.ts";

export interface OpenSockets {
  /** From now on this server's connections, and its own errors. */
  watch(server: Server): void;
  /** Settles when all are closed. */
  close(): Promise<void>;
}

export function createOpenSockets({ log }: { log: Pick<Log, "warn"> }): OpenSockets {
  const open = new Set<Socket>();
  let onLastClosed = (): void => undefined;

  return {
    watch: (server) => {
      // TLS and upgrades put other objects before this socket; this one ends them all.
      server.on("connection", (socket) => {
        open.add(socket);
        socket.once("close", () => {
          open.delete(socket);
          if (open.size === 0) onLastClosed();
        });
      });
      // Accepting fails where the process has no file descriptors left. The system queues new connections, and the listener keeps running.
      server.once("listening", () => {
        server.on("error", (cause) => log.warn("a connection could not be accepted", { cause }));
      });
    },
    close: () => {
      if (open.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onLastClosed = resolve;
        for (const socket of open) socket.destroy();
      });
    },
  };
}
