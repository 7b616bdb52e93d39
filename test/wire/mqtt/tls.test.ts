/** TLS on every wire with the owner's certificate: MQTT, WebSocket and HTTPS, renewed without a restart. */
import { copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import path from "node:path";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import type { SessionAnswer } from "../../../src/contract/access.ts";
import type { Readiness } from "../../../src/contract/rest.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { PASSWORD } from "../../support/hub/access-world.ts";
import { type CertificateFiles, makeCertificate } from "../../support/hub/certificate.ts";
import { commandsOfFile } from "../../support/hub/command.ts";
import { type InProcessHub, runServer, startHub, tempDir } from "../../support/hub/hub.ts";
import { until } from "../../support/until.ts";

const aerie = commandsOfFile();

async function hubWith({ certFile, keyFile }: CertificateFiles, settings = {}): Promise<InProcessHub> {
  return startHub({ settings: { tlsCert: certFile, tlsKey: keyFile, mqttsPort: 0, ...settings } });
}

interface HttpsAnswer<Body> {
  readonly status: number;
  readonly cookie: string;
  readonly body: Body;
}

function askSecurely<Body>(
  { httpPort: port }: InProcessHub,
  path: string,
  ca: string,
  body?: object,
): Promise<HttpsAnswer<Body>> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const method = body === undefined ? "GET" : "POST";
    const asked = request({ host: "127.0.0.1", port, path, ca, agent: false, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        const cookie = response.headers["set-cookie"]?.[0] ?? "";
        resolve({ status: response.statusCode ?? 0, cookie, body: JSON.parse(text) as Body });
      });
    });
    asked.on("error", reject).end(body && JSON.stringify(body));
  });
}

/** Settles with the end of the handshake. */
function shakeHands(port: number, options: object): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options }, () => resolve(socket));
    socket.once("error", reject);
    onTestFinished(() => void socket.destroy());
  });
}

const nameOf = (socket: TLSSocket): string =>
  String((socket.getPeerCertificate() as DetailedPeerCertificate).subject.CN);

test("the certificate that the hub makes is good for its names and addresses, and is not replaced unasked", async () => {
  const dataDir = tempDir();
  const made = await aerie("certificate", "--names", "hub.example,192.0.2.7", "--days", "30", "-d", dataDir);
  expect(made).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("AERIE_TLS_CERT=") });
  const files = { certFile: path.join(dataDir, "tls", "hub.pem"), keyFile: path.join(dataDir, "tls", "hub.key") };
  const ca = readFileSync(files.certFile, "utf8");
  const hub = await hubWith(files);

  expect((await askSecurely(hub, "/healthz", ca)).status).toBe(200);
  const board = await connectJs(`mqtts://localhost:${hub.mqttsPort}`, { ca, clientId: "board" });
  await board.publish("devices/board/telemetry", '{"temperature":20}', { qos: 1 });
  const socket = await shakeHands(hub.mqttsPort ?? 0, { servername: "hub.example", ca, rejectUnauthorized: true });
  const former = socket.getPeerCertificate(); // says no CONNECT, and is closed while the commands run
  expect(made.stdout).toContain(`SHA-256 ${former.fingerprint256}\n`);
  expect(made.stdout).toContain(`SHA-1   ${former.fingerprint}\n`);
  expect(statSync(files.keyFile).mode & 0o777).toBe(0o600);
  expect(made.stdout + made.stderr).not.toContain("PRIVATE KEY");

  const again = await aerie("certificate", "-d", dataDir);
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--replace") });
  expect(readFileSync(files.certFile, "utf8")).toBe(ca);
  expect(await aerie("certificate", "--replace", "-d", dataDir)).toMatchObject({ exitCode: 0 });
  const isRenewed = async () => {
    const { fingerprint256 } = (await shakeHands(hub.mqttsPort ?? 0, {})).getPeerCertificate();
    return fingerprint256 !== former.fingerprint256;
  };
  await until("the hub shows the new one", isRenewed);
  expect((await aerie("certificate", "--names", "no name", "-d", dataDir)).exitCode).toBe(2);
  expect((await aerie("certificate", "--days", "0", "-d", dataDir)).exitCode).toBe(2);
});

test("boards, browsers and programs come by TLS 1.2 and later, and plain MQTT stays beside it", async () => {
  const files = makeCertificate(tempDir());
  const ca = readFileSync(files.certFile, "utf8");
  const hub = await hubWith(files);
  const urls = [`mqtts://127.0.0.1:${hub.mqttsPort}`, `wss://127.0.0.1:${hub.httpPort}/mqtt`, hub.mqttUrl];
  for (const [at, url] of urls.entries()) {
    const board = await connectJs(url, { ca });
    await board.publish(`devices/b${at}/telemetry`, '{"temperature":20}', { qos: 1 });
  }
  const { body } = await askSecurely<{ total: number }>(hub, "/api/devices", ca);
  expect(body.total).toBe(3);
  const browser = await openLiveClient(`https://127.0.0.1:${hub.httpPort}`, { ca });
  await browser.next("tick");

  for (const port of [hub.httpPort, hub.mqttsPort ?? 0]) {
    expect((await shakeHands(port, { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" })).getProtocol()).toBe("TLSv1.2");
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
    await expect(shakeHands(port, old)).rejects.toThrow();
  }
  await expect(connectJs(`mqtts://127.0.0.1:${hub.mqttsPort}`)).rejects.toThrow(/self-signed/);
  await expect(fetch(`http://127.0.0.1:${hub.httpPort}/healthz`)).rejects.toThrow();
});

test("with TLS a cookie goes by TLS only, and only to this host", async () => {
  const files = makeCertificate(tempDir());
  const hub = await hubWith(files, { auth: "on" });
  const body = { code: hub.setupCode, name: "Ada", password: PASSWORD };
  const answer = await askSecurely<SessionAnswer>(hub, "/api/setup", readFileSync(files.certFile, "utf8"), body);
  expect([answer.status, answer.body.level]).toEqual([200, "owner"]);
  expect(answer.cookie).toMatch(new RegExp(`^__Host-aerie_${hub.httpPort}=`));
  expect(answer.cookie).toMatch(/; Path=\/;.*HttpOnly; Secure; SameSite=Strict$/);
});

test("a renewed certificate is taken without a restart, one that does not fit is not, and nobody is cut off", async () => {
  const dir = tempDir();
  const files = makeCertificate(dir);
  const hub = await hubWith(files);
  const ca = readFileSync(files.certFile, "utf8");
  const board = await connectJs(`mqtts://127.0.0.1:${hub.mqttsPort}`, { ca });
  const names = async (): Promise<string[]> =>
    Promise.all([hub.mqttsPort ?? 0, hub.httpPort].map(async (port) => nameOf(await shakeHands(port, {}))));
  expect(await names()).toEqual(["hub", "hub"]);

  const next = makeCertificate(tempDir(), { name: "renewed" });
  copyFileSync(next.certFile, files.certFile); // its key comes a moment later
  await until("it is told", () => hub.logged.some(({ event }) => event === "the new certificate is not used"));
  expect(await names()).toEqual(["hub", "hub"]);
  copyFileSync(next.keyFile, files.keyFile);
  await until("it is taken", async () => (await names()).every((name) => name === "renewed"), { everyMs: 200 });
  expect(board.client.connected).toBe(true);
  await board.publish("devices/b/telemetry", '{"temperature":20}', { qos: 1 });
});

test("HSTS is said where the owner wants it, with a certificate that somebody vouches for", async () => {
  const dir = tempDir();
  const authority = makeCertificate(dir, { name: "authority" });
  const files = makeCertificate(dir, { by: authority });
  const headerOf = async (settings: object): Promise<unknown> => {
    const hub = await hubWith(files, settings);
    const socket = await shakeHands(hub.httpPort, {});
    const answer = new Promise<string>((resolve) => socket.once("data", (data) => resolve(String(data))));
    socket.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    return /strict-transport-security: (.*)\r\n/i.exec(await answer)?.[1];
  };
  expect(await headerOf({ hsts: "on" })).toBe("max-age=15552000");
  expect(await headerOf({})).toBeUndefined();
});

test("a certificate that expires soon stands in /readyz", async () => {
  const files = makeCertificate(tempDir(), { days: 5 });
  const hub = await hubWith(files);
  const { body } = await askSecurely<Readiness>(hub, "/readyz", readFileSync(files.certFile, "utf8"));
  expect(body.warnings).toEqual([{ part: "certificate", problem: expect.stringMatching(/expires in 5 days$/) }]);
});

test.each([
  [
    "a key alone",
    ({ keyFile }: CertificateFiles) => ["--tls-key", keyFile],
    /AERIE_TLS_CERT: the key needs its certificate/,
  ],
  [
    "no PEM",
    ({ certFile, keyFile }: CertificateFiles) => {
      writeFileSync(certFile, "SECRET-WORDS");
      return ["--tls-cert", certFile, "--tls-key", keyFile];
    },
    /AERIE_TLS_CERT: .* holds no certificate in PEM/,
  ],
] as const)("with %s the hub does not start, and says which file is wrong", async (_, argsOf, words) => {
  const server = runServer({
    args: [...argsOf(makeCertificate(tempDir())), "--data-dir", tempDir(), "--http-port", "0", "--mqtt-port", "0"],
  });
  expect(await server.exited).toBe(2);
  expect(server.stderr()).toMatch(words);
  expect(server.stderr() + server.stdout()).not.toContain("SECRET-WORDS");
});

test.each([
  ["no such file", () => ({ tlsCert: "/none.pem" }), /AERIE_TLS_CERT: .*none\.pem cannot be read/],
  ["another's key", () => ({ tlsKey: makeCertificate(tempDir()).keyFile }), /is not the key of the certificate/],
  ["a self-made one and HSTS", () => ({ hsts: "on" }) as const, /AERIE_HSTS: .* is self-made/],
])("with %s a hub is not opened, and says which file is wrong", async (_, wrong, words) => {
  const { certFile: tlsCert, keyFile: tlsKey } = makeCertificate(tempDir());
  const fault = await startHub({ settings: { tlsCert, tlsKey, ...wrong() } }).catch((error: unknown) => error);
  expect(fault).toMatchObject({ name: "StartError", exitCode: 2, message: expect.stringMatching(words) });
});
