/** Whatever is refused over HTTP, and however its connection ends: the hub lives, lets go of it, and serves who belongs. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { CONTROL_SOCKET } from "../../../src/contract/control/control.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { ENDINGS, type Ending, openSockets, sendRudely, type Target } from "../../support/clients/rude-client.ts";
import { makeCertificate } from "../../support/hub/certificate.ts";
import { runCommand } from "../../support/hub/command.ts";
import { makeOwner } from "../../support/hub/first-account.ts";
import { type SpawnedHub, spawnHub, tempDir } from "../../support/hub/hub.ts";
import { REFUSED_REQUESTS } from "../../support/hub/refused-requests.ts";
import { until, within } from "../../support/until.ts";

const EVERY_ENDING = Object.keys(ENDINGS) as Ending[];
/** Of each request with each ending. */
const EACH = Number(process.env["AERIE_TEST_REFUSED_SOCKETS"] ?? 1);
/** What each request meets is what is wrong with it, and never the budget of its address. */
const ARGS = ["--auth", "on", "--max-requests-per-minute", "0"];

/** Every request with every ending, and that nothing of it stays. */
async function sendAllRudely(hub: SpawnedHub, target: Target): Promise<void> {
  const before = openSockets(hub.pid);
  const ended = hub.exited.then((how) => Promise.reject(new Error(`the hub ended (${how}): ${hub.stderr()}`)));
  for (const [name, { bytes }] of Object.entries(REFUSED_REQUESTS)) {
    const rude = EVERY_ENDING.flatMap((ending) =>
      Array.from({ length: EACH }, () => sendRudely(target, bytes, ending)),
    );
    await within(`${name} is answered`, Promise.race([Promise.all(rude), ended]), 60_000);
  }
  // On a busy machine one was seen to stay for more than 20 s: requestTimeout of HTTP is 30.
  await until("the hub lets go of them all", () => openSockets(hub.pid) <= before, { withinMs: 90_000 });
}

/** A board that is known, and a browser that watches it. */
async function serveWhoBelongs(hub: SpawnedHub): Promise<void> {
  const token = await (await makeOwner(hub))("viewer");
  const secret = (await runCommand("device", "add", "cellar", "-d", hub.dataDir)).stdout.trim();
  const browser = await openLiveClient(hub.url, { extraHeaders: token });
  const board = await connectJs(hub.mqttUrl, { username: "cellar", password: secret });
  await board.publish("devices/cellar/telemetry", '{"temperature":21}', { qos: 1 });
  expect((await browser.next("sensorData")).data).toMatchObject({ deviceId: "cellar", temperature: 21 });
}

// Elsewhere nobody tells how many sockets a process has.
describe.runIf(process.platform === "linux")("refused requests, ended in every way", { timeout: 900_000 }, () => {
  test("over HTTP and the control socket: the hub lives, holds no connection, and serves who belongs", async () => {
    const hub = await spawnHub({ args: ARGS });

    await sendAllRudely(hub, { port: hub.httpPort, secure: false });
    await sendAllRudely(hub, { path: path.join(hub.dataDir, CONTROL_SOCKET) });

    await serveWhoBelongs(hub);
    expect(hub.logged.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("over HTTPS: the hub lives, holds no connection, and stops in order", async () => {
    const { certFile, keyFile } = makeCertificate(tempDir());
    const hub = await spawnHub({ args: [...ARGS, "--tls-cert", certFile, "--tls-key", keyFile, "--mqtts-port", "0"] });

    await sendAllRudely(hub, { port: hub.httpPort, secure: true });

    expect(hub.logged.filter(({ level }) => level === "error")).toEqual([]);
    expect(await hub.kill("SIGTERM")).toBe(0);
  });
});
