/**
 * Watches the answers of each connection until they are sent: disconnects slow readers and those who lose their access, and closes queued
 * answers with their connection.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createReaderPace, type Pace, type ReaderPace } from "../../core/limits/reader-pace.ts";
import type { Clock } from "../../core/ports/clock.ts";

export interface AnswersUnderWay {
  add(request: IncomingMessage, response: ServerResponse): void;
  /** Of a large one. `key`: the caller's sign-in or token. Without this the pace is `patient`, and nothing ends it. */
  mark(response: ServerResponse, mark: { readonly pace: Pace; readonly key: string | undefined }): void;
  /** Cuts the connections of large answers to these sign-ins and tokens. */
  end(keys: readonly string[]): void;
  close(): void;
}

export interface AnswersUnderWayOptions {
  readonly clock: Pick<Clock, "every" | "monotonicMs">;
  /** Its connection is cut after this. */
  readonly onTooSlow: (request: IncomingMessage) => void;
}

interface Answer {
  readonly request: IncomingMessage;
  pace: Pace;
  key: string | undefined;
}

interface Connection {
  /** In the order in which they are sent. */
  readonly answers: Map<ServerResponse, Answer>;
  readonly reader: ReaderPace;
}

const LOOK_EVERY_MS = 5_000;
/** Time in which the hub itself stood still, or the machine slept, does not count. */
const MOST_COUNTED_MS = 2 * LOOK_EVERY_MS;

export function createAnswersUnderWay({ clock, onTooSlow }: AnswersUnderWayOptions): AnswersUnderWay {
  /** Those that have an answer under way. */
  const connections = new Map<Socket, Connection>();
  let lookedAtMs = clock.monotonicMs();
  const stop = clock.every(LOOK_EVERY_MS, look);

  function add(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = connections.get(socket) ?? begin(socket);
    const { answers } = connection;
    answers.set(response, { request, pace: "patient", key: undefined });
    response.once("close", () => {
      answers.delete(response);
      if (answers.size === 0) end(socket);
    });
    if (socket.closed) closeQueued(response);
  }

  function begin(socket: Socket): Connection {
    const connection: Connection = { answers: new Map(), reader: createReaderPace() };
    connections.set(socket, connection);
    socket.once("close", closed);
    return connection;
  }

  function end(socket: Socket): void {
    connections.delete(socket);
    socket.off("close", closed);
  }

  function closed(this: Socket): void {
    for (const response of [...(connections.get(this)?.answers.keys() ?? [])]) closeQueued(response);
  }

  function look(): void {
    const nowMs = clock.monotonicMs();
    const sinceMs = Math.min(nowMs - lookedAtMs, MOST_COUNTED_MS);
    lookedAtMs = nowMs;
    for (const [socket, { answers, reader }] of connections) {
      const [first] = answers.values();
      const waits = socket.writableLength > 0;
      const seen = { takenBytes: socket.bytesWritten - socket.writableLength, waits, sinceMs };
      if (first === undefined || !reader.isTooSlow(seen, first, first.pace)) continue;
      onTooSlow(first.request);
      socket.destroy();
    }
  }

  return {
    add,
    mark: (response, mark) => {
      const answer = connections.get(response.req.socket)?.answers.get(response);
      if (answer !== undefined) Object.assign(answer, mark);
    },
    end: (keys) => {
      for (const [socket, { answers }] of [...connections]) {
        if ([...answers.values()].some(({ key }) => key !== undefined && keys.includes(key))) socket.destroy();
      }
    },
    close: stop,
  };
}

/** node:http tells this only the answer that the connection is busy with. */
function closeQueued(response: ServerResponse): void {
  if (response.socket !== null || response.closed) return;
  response.destroy();
  response.emit("close");
}
