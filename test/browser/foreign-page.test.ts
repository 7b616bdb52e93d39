/** A page of another origin in a real browser: it reaches nothing of the hub unless the hub's owner named it. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connectJs } from "../support/clients/mqtt-clients.ts";
import { startHub } from "../support/hub/hub.ts";
import { openBrowser, openPage } from "../support/hub/page.ts";
import { ask, refusedCount } from "../support/hub/rest.ts";
import { until } from "../support/until.ts";

const SOCKET_IO = readFileSync(
  path.join(
    path.dirname(createRequire(import.meta.url).resolve("socket.io-client/package.json")),
    "dist",
    "socket.io.min.js",
  ),
);

/** Tries every way in and writes down in `window.seen` what it got. */
const PAGE = `<!doctype html><title>elsewhere</title><script src="/socket.io.min.js"></script><script>
  const hub = new URLSearchParams(location.search).get("hub");
  const seen = (window.seen = { rest: "", mqtt: "", webSocketEvents: [], pollingEvents: [] });
  fetch(hub + "/api/devices").then((answer) => answer.text()).then((text) => (seen.rest = text), () => (seen.rest = "refused"));
  const mqtt = new WebSocket(hub.replace("http", "ws") + "/mqtt", "mqtt");
  mqtt.onopen = () => (seen.mqtt = "open");
  mqtt.onerror = () => (seen.mqtt = "refused");
  const webSocket = io(hub, { transports: ["websocket"], forceNew: true });
  webSocket.onAny((name) => seen.webSocketEvents.push(name)).on("connect_error", () => (seen.webSocketRefused = true));
  const polling = io(hub, { transports: ["polling"], forceNew: true });
  polling.onAny((name) => seen.pollingEvents.push(name)).on("connect_error", () => (seen.pollingRefused = true));
</script>`;

interface Seen {
  rest: string;
  mqtt: string;
  webSocketEvents: string[];
  pollingEvents: string[];
  webSocketRefused?: boolean;
  pollingRefused?: boolean;
}

/** Another program of this machine that serves a page. */
async function serveElsewhere(): Promise<string> {
  const server = createServer((request, response) => {
    const isScript = request.url === "/socket.io.min.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? SOCKET_IO : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

async function visit(named: boolean) {
  const elsewhere = await serveElsewhere();
  const hub = await startHub({ settings: { corsOrigins: named ? [elsewhere] : [] } });
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/secret/telemetry", '{"temperature":21}', { qos: 1 });
  const { page } = await openPage(await openBrowser(), `${elsewhere}/?hub=${encodeURIComponent(hub.url)}`);
  const seen = () => page.evaluate("window.seen") as Promise<Seen>;
  return { hub, board, seen };
}

test("a foreign page gets no answer, no Socket.IO event and no MQTT", async () => {
  const { hub, board, seen } = await visit(false);

  await until("every way was tried", async () => {
    const { rest, mqtt, webSocketRefused, pollingRefused } = await seen();
    return rest !== "" && mqtt !== "" && webSocketRefused === true && pollingRefused === true;
  });
  await board.publish("devices/secret/telemetry", '{"temperature":22}', { qos: 1 });

  expect(await seen()).toMatchObject({ rest: "refused", mqtt: "refused", webSocketEvents: [], pollingEvents: [] });
  expect((await ask(hub, "/websocket/status")).text).toContain('"connectedClients":0');
  expect(await refusedCount(hub, "ORIGIN_FOREIGN")).toBeGreaterThanOrEqual(4);
});

test("a page whose origin the owner named gets all of it", async () => {
  const { board, seen } = await visit(true);

  await until("it is connected", async () => {
    const { webSocketEvents, pollingEvents } = await seen();
    return webSocketEvents.includes("connectionInfo") && pollingEvents.includes("connectionInfo");
  });
  await board.publish("devices/secret/telemetry", '{"temperature":22}', { qos: 1 });

  await until("every way leads in", async () => {
    const { rest, mqtt, webSocketEvents, pollingEvents } = await seen();
    return (
      rest.includes("secret") &&
      mqtt === "open" &&
      webSocketEvents.includes("sensorData") &&
      pollingEvents.includes("sensorData")
    );
  });
});
