/** What is no MQTT on the MQTT ports: HTTP is told where it belongs, TLS and its failures are named, and all of it is counted. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import type { Refusal } from "../../../src/contract/refusal.ts";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import { makeCertificate } from "../../support/hub/certificate.ts";
import { type InProcessHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { until, within } from "../../support/until.ts";

/** All that is answered to `bytes`, until the connection is closed. */
async function answerTo(socket: Socket, bytes: string | Uint8Array): Promise<string> {
  onTestFinished(() => void socket.destroy());
  let said = "";
  socket.on("data", (part) => {
    said += part.toString("latin1");
  });
  socket.on("error", () => undefined).write(bytes);
  await within("it is closed", new Promise((resolve) => socket.once("close", resolve)));
  return said;
}

const refusalsOf = async (hub: InProcessHub): Promise<Refusal[]> =>
  (await ask<RefusalsAnswer>(hub, "/api/refusals")).body.rejections;

const tlsHub = async (settings = {}): Promise<InProcessHub> => {
  const { certFile, keyFile } = makeCertificate(tempDir());
  return startHub({ settings: { tlsCert: certFile, tlsKey: keyFile, mqttsPort: 0, ...settings } });
};

const REQUEST_LINES = [
  "GET / HTTP/1.1",
  "POST /api/x HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "HEAD / HTTP/1.0",
  "DELETE /a HTTP/1.1",
];

test("HTTP to the MQTT port is answered 400 with the address where it belongs, by any method and however long", async () => {
  const hub = await startHub();

  for (const line of REQUEST_LINES) {
    const headers = `\r\nHost: cellar.local:${hub.mqttPort}\r\nUser-Agent: a browser with quite a long name\r\n\r\n`;
    const said = await answerTo(connect(hub.mqttPort, hub.mqttHost), line + headers);
    const nameless = await answerTo(connect(hub.mqttPort, hub.mqttHost), `${line}\r\n\r\n`);

    expect(said, line).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(said, line).toContain(`Dashboard and REST are at http://cellar.local:${hub.httpPort}/\n`);
    expect(nameless, line).toContain(`http, port ${hub.httpPort} of this host`);
  }
  expect(await refusalsOf(hub)).toMatchObject([{ code: "PROTOCOL_VIOLATION", count: 2 * REQUEST_LINES.length }]);
  expect((await refusalsOf(hub))[0]?.reason).toContain("it speaks HTTP");
});

test("what is no request of HTTP/1 gets no answer on the MQTT port, and no Host gets an echo that is no name", async () => {
  const hub = await startHub({ settings: { connectTimeoutMs: 500 } });
  const answers: Record<string, RegExp> = {
    "GET / HTTP/1.1\r\nHost: <script>alert(1)</script>\r\n\r\n": /port \d+ of this host/,
    "GET / HT": /^$/,
    "GETTING\r\n\r\n": /^$/,
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": /^$/,
    "\0\0\0\0": /^$/,
  };

  for (const [bytes, expected] of Object.entries(answers)) {
    const said = await answerTo(connect(hub.mqttPort, hub.mqttHost), bytes);
    expect(said, bytes).toMatch(expected);
    expect(said).not.toContain("script");
  }
});

test("HTTP inside TLS on the MQTTS port is answered, too, with https", async () => {
  const hub = await tlsHub();

  const socket = connectTls({ port: hub.mqttsPort ?? 0, host: "127.0.0.1", rejectUnauthorized: false });
  const said = await answerTo(socket, "GET / HTTP/1.1\r\nHost: cellar.local\r\n\r\n");

  expect(said).toContain(`Dashboard and REST are at https://cellar.local:${hub.httpPort}/\n`);
});

test("TLS on the port of plain MQTT is closed at once, counted, and named", async () => {
  const hub = await startHub();

  const socket = connectTls({ port: hub.mqttPort, host: hub.mqttHost, rejectUnauthorized: false });
  await answerTo(socket, "");

  expect(await refusalsOf(hub)).toMatchObject([{ code: "PROTOCOL_VIOLATION", count: 1 }]);
  expect((await refusalsOf(hub))[0]?.reason).toContain("AERIE_MQTTS_PORT");
});

// /api/refusals is behind HTTPS here.
test("a TLS handshake that fails is counted, and one that does not come has its place among the connections", async () => {
  const hub = await tlsHub({ maxConnectionsPerAddress: 3 });
  const count = (code: string): Promise<number> => secureCount(hub, code);
  const raw = (): Socket => connect(hub.mqttsPort ?? 0, "127.0.0.1").on("error", () => undefined);

  await answerTo(raw(), "GET / HTTP/1.1\r\n\r\n");
  await until("it is counted", async () => (await count("TLS_FAILED")) === 1);
  const silent = [raw(), raw(), raw()];
  onTestFinished(() => silent.forEach((socket) => void socket.destroy()));
  await until("one is too many", async () => {
    await answerTo(raw(), "");
    return (await count("TOO_MANY_CONNECTIONS_OF_ADDRESS")) > 0;
  });
  for (const socket of silent) socket.destroy();
  const welcome = await until("there is room again", () => handshake(hub.mqttsPort ?? 0));

  expect(welcome).toBe(true);
});

async function secureCount(hub: InProcessHub, code: string): Promise<number> {
  const socket = connectTls({ port: hub.httpPort, host: "127.0.0.1", rejectUnauthorized: false });
  const said = await answerTo(socket, "GET /api/refusals HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  const [, counted = "0"] = new RegExp(`"${code}":(\\d+)`).exec(said) ?? [];
  return Number(counted);
}

function handshake(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => resolve(true));
    socket.once("error", () => resolve(false)).once("close", () => resolve(false));
    onTestFinished(() => void socket.destroy());
  });
}
