/** Answers a client that speaks HTTP to an MQTT port with the address where the hub speaks HTTP. */

/** Where HTTP is spoken. */
export interface HttpLocation {
  readonly scheme: "http" | "https";
  readonly port: number;
}

const REQUEST_LINE = /^[A-Z]{3,7} \S+ HTTP\/1\.[01]\r?\n/;
/** As the client knows this machine. */
const HOST = /^host:[ \t]*([\w.-]+|\[[\da-f:]+\])(?::\d+)?[ \t]*\r?$/im;
const MOST_BYTES = 4_096;

/** Undefined: it is not a request of HTTP/1. `first`: the first bytes that came. */
export function httpAnswer(first: Buffer, { scheme, port }: HttpLocation): string | undefined {
  const text = first.toString("latin1", 0, MOST_BYTES);
  if (!REQUEST_LINE.test(text)) return undefined;
  const [, host] = HOST.exec(text) ?? [];
  const there = host === undefined ? `${scheme}, port ${port} of this host` : `${scheme}://${host}:${port}/`;
  const line = `This port speaks MQTT. Dashboard and REST are at ${there}\n`;
  return [
    "HTTP/1.1 400 Bad Request",
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    `Content-Length: ${Buffer.byteLength(line)}`,
    "",
    line,
  ].join("\r\n");
}
