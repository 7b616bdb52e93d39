/** A real HTTP server of a test that keeps what it received and answers as the test says. */
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** May leave the request without an answer. */
export type Respond = (request: Received, response: ServerResponse, index: number) => void;

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  respond(next: Respond): void;
  close(): Promise<void>;
}

export interface ReceiverOptions {
  readonly respond?: Respond;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly hostname?: string;
}

export const answer =
  (status: number, body = "", headers: Record<string, string> = {}): Respond =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function openReceiver({
  respond = answer(200),
  tls,
  hostname = "127.0.0.1",
}: ReceiverOptions = {}): Promise<Receiver> {
  const received: Received[] = [];
  let responder = respond;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    bodyOf(request).then(
      (body) => {
        const { method = "", url = "", headers } = request;
        const one = { method, url, headers, body };
        received.push(one);
        responder(one, response, received.length - 1);
      },
      () => undefined,
    );
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => void server.listen(0, hostname, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? "http" : "https"}://${hostname}:${port}`,
    port,
    received,
    respond: (next) => {
      responder = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
