/** A receiver of webhooks that is strict about what comes, keeps the idempotency key, and answers as a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface ReceivedEntry {
  readonly alertId: string;
  readonly kind: string;
  readonly severity: string;
  readonly rule: string;
  readonly device?: string;
  readonly at: string;
  readonly text: string;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly severity: string;
  readonly title: string;
  readonly entries: readonly ReceivedEntry[];
  readonly more: number;
  readonly acknowledgeUrl?: string;
  readonly hint?: string;
}

/** `hang`: no answer. `lost`: taken, and the connection is cut instead of an answer. */
export type Mood = "well" | "slow" | "hang" | "lost" | 429 | 500;

export interface KeepingReceiver {
  readonly url: string;
  /** Each once, by its key, in the order in which they first came. */
  readonly messages: readonly ReceivedMessage[];
  /** The same message comes again. */
  repeated(): number;
  attempts(): number;
  /** What a strict receiver would not take. */
  readonly faults: readonly string[];
  setMood(mood: Mood | (() => Mood)): void;
}

const SLOW_MS = 300;

export async function openKeepingReceiver(): Promise<KeepingReceiver> {
  const messages = new Map<string, ReceivedMessage>();
  const faults: string[] = [];
  let mood: () => Mood = () => "well";
  let repeated = 0;
  let attempts = 0;

  function keep(request: IncomingMessage, text: string): void {
    const key = request.headers["idempotency-key"];
    const message = JSON.parse(text) as ReceivedMessage;
    if (request.method !== "POST") faults.push(`it is a ${request.method}`);
    if (request.headers["content-type"] !== "application/json") faults.push("it is not JSON");
    if (typeof key !== "string" || key !== message.id) faults.push(`the key ${String(key)} is not that of the message`);
    const { entries, title } = message;
    if (title === "" || entries.length === 0 || entries.some(({ text }) => text === "")) faults.push(`empty: ${text}`);
    const former = messages.get(message.id);
    if (former !== undefined) repeated++;
    if (former !== undefined && JSON.stringify(former.entries) !== JSON.stringify(entries)) {
      faults.push(`another message has the key ${message.id}`);
    }
    if (former === undefined) messages.set(message.id, message);
  }

  function answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    attempts++;
    const now = mood();
    if (now === "hang") return;
    if (now === 429) return void response.writeHead(429, { "Retry-After": "1" }).end();
    if (now === 500) return void response.writeHead(500).end();
    keep(request, text);
    if (now === "lost") return void request.socket.destroy();
    if (now === "slow") setTimeout(() => response.writeHead(204).end(), SLOW_MS);
    else response.writeHead(204).end();
  }

  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => answer(request, response, text));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    get messages() {
      return [...messages.values()];
    },
    repeated: () => repeated,
    attempts: () => attempts,
    faults,
    setMood: (next) => {
      mood = typeof next === "function" ? next : () => next;
    },
  };
}
