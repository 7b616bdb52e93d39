/** Knows the answers of each connection that are not sent yet: those that wait behind another learn that it closed. Makes none. */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface AnswersUnderWay {
  add(response: ServerResponse, socket: Socket): void;
}

export function createAnswersUnderWay(): AnswersUnderWay {
  const connections = new WeakMap<Socket, Set<ServerResponse>>();

  function connectionOf(socket: Socket): Set<ServerResponse> {
    const known = connections.get(socket);
    if (known !== undefined) return known;
    const responses = new Set<ServerResponse>();
    connections.set(socket, responses);
    socket.once("close", () => {
      for (const response of responses) closeQueued(response);
    });
    return responses;
  }

  return {
    add: (response, socket) => {
      const responses = connectionOf(socket).add(response);
      response.once("close", () => responses.delete(response));
      if (socket.destroyed && socket.closed) closeQueued(response);
    },
  };
}

/** node:http tells this only the answer that the connection is busy with. */
function closeQueued(response: ServerResponse): void {
  if (response.socket !== null || response.closed) return;
  response.destroy();
  response.emit("close");
}
