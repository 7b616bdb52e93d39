/** Makes the history of the house in steps that leave time for others, and imports it into the hub through its socket. */
import { Agent, request } from "node:http";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { CONTROL_SOCKET, type ImportAnswer, MAX_IMPORT_LINES } from "../src/contract/control/control.ts";
import { historyLines } from "./history.ts";

/** More than one, so that the hub reads the next while the last is being written. */
const AT_ONCE = 2;

export interface History {
  /** Bodies of `POST /import` that are not imported yet. */
  readonly batches: string[];
  readonly made: Promise<void>;
}

/** Begins at once, so that it is made while the hub is being built. */
export function makeHistory(signal: AbortSignal): History {
  const batches: string[] = [];
  const make = async (): Promise<void> => {
    let lines: string[] = [];
    for (const line of historyLines(Date.now(), -new Date().getTimezoneOffset())) {
      lines.push(line);
      if (lines.length < MAX_IMPORT_LINES) continue;
      batches.push(lines.join("\n"));
      lines = [];
      await nextTurn();
      if (signal.aborted) return;
    }
    if (lines.length > 0) batches.push(lines.join("\n"));
  };
  return { batches, made: make() };
}

/** Answers how many readings were stored. */
export async function importHistory(
  { batches, made }: History,
  dataDir: string,
  { signal, onStored }: { signal: AbortSignal; onStored: (readings: number) => void },
): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const socketPath = path.join(dataDir, CONTROL_SOCKET);
  let stored = 0;
  let isMade = false;
  void made.finally(() => {
    isMade = true;
  });
  const send = async (): Promise<void> => {
    while (!signal.aborted) {
      const text = batches.shift();
      if (text === undefined && isMade) return;
      if (text === undefined) {
        await nextTurn();
        continue;
      }
      const answer = await ask(socketPath, agent, text);
      stored += answer.stored;
      onStored(stored);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, send));
    await made;
  } finally {
    agent.destroy();
  }
  return stored;
}

function ask(socketPath: string, agent: Agent, text: string): Promise<ImportAnswer> {
  const headers = { "Content-Type": "application/x-ndjson", "Content-Length": Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, agent, path: "/import", method: "POST", headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        body += part;
      });
      response.on("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(body) as ImportAnswer);
        else reject(new Error(`The history was not imported: ${body}`));
      });
    });
    asked.on("error", reject);
    asked.end(text);
  });
}
