/** Writes the output of all connections once, at the end of each turn of the event loop. */
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";

/** A connection, as the flusher sees it. */
export interface Flushable {
  flush(): void;
  destroy(): void;
}

export interface Flusher {
  add(connection: Flushable): void;
}

export function createFlusher(clock: Pick<Clock, "soon">, log: Pick<Log, "error">): Flusher {
  let waiting: Flushable[] = [];
  return {
    add: (connection) => {
      if (waiting.length === 0) {
        clock.soon(() => {
          const turn = waiting;
          waiting = [];
          for (const each of turn) {
            try {
              each.flush();
            } catch (cause) {
              log.error("a connection could not be written to", { cause });
              each.destroy();
            }
          }
        });
      }
      waiting.push(connection);
    },
  };
}
