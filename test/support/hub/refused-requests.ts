/** Requests that a hub with accounts refuses before or beside its routes, byte for byte. Judges no answer. */

const WEBSOCKET = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
] as const;
const MQTT = "Sec-WebSocket-Protocol: mqtt";
const HOST = "Host: localhost";
const CLOSE = "Connection: close";
const FOREIGN_HOST = "Host: evil.example";
const FOREIGN_ORIGIN = "Origin: http://evil.example";
const SOCKET_IO = "/socket.io/?EIO=4&transport=websocket";

const head = (line: string, ...headers: string[]): string => `${[`${line} HTTP/1.1`, ...headers].join("\r\n")}\r\n\r\n`;
const without = (headers: readonly string[], name: string): string[] =>
  headers.filter((header) => !header.startsWith(name));

export interface RefusedRequest {
  readonly bytes: string;
  /** Of the answer; undefined: it is closed without one. */
  readonly status: number | undefined;
}

const answered = (status: number, bytes: string): RefusedRequest => ({ status, bytes });
const upgrade = (path: string, ...headers: string[]): string => head(`GET ${path}`, HOST, ...WEBSOCKET, ...headers);
const withoutKey = without(WEBSOCKET, "Sec-WebSocket-Key");

/** By what is wrong with each. */
export const REFUSED_REQUESTS: Readonly<Record<string, RefusedRequest>> = {
  "an upgrade to no protocol": answered(404, head("GET /nope", HOST, "Connection: Upgrade", "Upgrade: x")),
  "an upgrade of the dashboard": answered(404, upgrade("/")),
  "an upgrade of a route": answered(404, upgrade("/api/devices")),
  "an upgrade with a body": answered(404, upgrade("/nope", "Content-Length: 5").concat("hello")),
  "/mqtt from a foreign Origin": answered(403, upgrade("/mqtt", MQTT, FOREIGN_ORIGIN)),
  "/mqtt with a foreign Host": answered(403, head("GET /mqtt", FOREIGN_HOST, ...WEBSOCKET, MQTT)),
  "/mqtt with two Hosts": answered(400, upgrade("/mqtt", MQTT, FOREIGN_HOST)),
  "/mqtt without a key": answered(400, head("GET /mqtt", HOST, ...withoutKey, MQTT)),
  "/mqtt of an unknown WebSocket version": answered(
    400,
    head("GET /mqtt", HOST, ...without(WEBSOCKET, "Sec-WebSocket-Version"), MQTT, "Sec-WebSocket-Version: 99"),
  ),
  "/mqtt with a broken list of protocols": answered(400, upgrade("/mqtt", "Sec-WebSocket-Protocol: ,,")),
  "/mqtt by POST": answered(400, head("POST /mqtt", HOST, ...WEBSOCKET, MQTT)),
  "/mqtt for another protocol": answered(400, head("GET /mqtt", HOST, "Connection: Upgrade", "Upgrade: h2c")),
  "Socket.IO from a foreign Origin": answered(403, upgrade(SOCKET_IO, FOREIGN_ORIGIN)),
  "Socket.IO with a foreign Host": answered(403, head(`GET ${SOCKET_IO}`, FOREIGN_HOST, ...WEBSOCKET)),
  "Socket.IO with two Hosts": answered(400, upgrade(SOCKET_IO, HOST)),
  "Socket.IO of an unknown session": answered(400, upgrade(`${SOCKET_IO}&sid=nope`)),
  "Socket.IO over an unknown transport": answered(400, upgrade("/socket.io/?EIO=4&transport=pigeon")),
  "Socket.IO polling as an upgrade": answered(400, upgrade("/socket.io/?EIO=4&transport=polling")),
  "Socket.IO by POST": answered(400, head(`POST ${SOCKET_IO}`, HOST, ...WEBSOCKET)),
  "a page with a foreign Host": answered(403, head("GET /", FOREIGN_HOST, CLOSE)),
  "a page with two Hosts": answered(400, head("GET /", HOST, HOST, CLOSE)),
  "a page without a Host": answered(400, head("GET /", CLOSE)),
  "an unknown path": answered(404, head("GET /api/nope", HOST, CLOSE)),
  "an unknown expectation": answered(417, head("GET /", HOST, CLOSE, "Expect: a-miracle")),
  "a body announced too large": answered(
    413,
    head("POST /api/session", HOST, CLOSE, "Expect: 100-continue", "Content-Length: 99999999"),
  ),
  "a tunnel to elsewhere": answered(404, head("CONNECT evil.example:80", HOST)),
  "no HTTP": answered(400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
  "headers without an end": answered(431, `GET / HTTP/1.1\r\n${HOST}\r\nX-Long: ${"x".repeat(20_000)}`),
  "an upgrade behind requests that wait for an answer": {
    status: undefined,
    bytes: head("GET /", HOST).repeat(20).concat(upgrade("/nope")),
  },
  "an upgrade of /mqtt behind requests that wait for an answer": {
    status: undefined,
    bytes: head("GET /", HOST)
      .repeat(20)
      .concat(upgrade("/mqtt", MQTT, FOREIGN_ORIGIN)),
  },
};
