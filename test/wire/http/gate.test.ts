/** Who is let in by Origin and Host: REST, Socket.IO on both transports, MQTT over WebSocket. */
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { hubOfFile } from "../../support/hub/hub-of-file.ts";
import { ask, refusedCount } from "../../support/hub/rest.ts";
import { within } from "../../support/until.ts";

const PANEL = "https://panel.example";

/** As shipped. */
const plainHub = hubOfFile();
/** With the settings that let in more. */
const openHub = hubOfFile({
  settings: { corsOrigins: [PANEL, "null", "file://"], hostNames: ["hub.example"] },
});

/** Each way in, asked with these headers: whether it was let in. */
const WAYS = {
  "GET /api/devices": async (hub: HubAddress, headers: Headers) =>
    (await ask(hub, "/api/devices", { headers })).status === 200,
  "GET /": async (hub: HubAddress, headers: Headers) => (await ask(hub, "/", { headers })).status === 200,
  "DELETE /api/devices/x": async (hub: HubAddress, headers: Headers) =>
    (await ask(hub, "/api/devices/x", { method: "DELETE", headers })).status === 404,
  "Socket.IO polling": async (hub: HubAddress, headers: Headers) =>
    (await ask(hub, "/socket.io/?EIO=4&transport=polling", { headers })).status === 200,
  "Socket.IO over WebSocket": (hub: HubAddress, headers: Headers) =>
    opens(`ws://${hub.host}:${hub.httpPort}/socket.io/?EIO=4&transport=websocket`, [], headers),
  "MQTT over WebSocket": (hub: HubAddress, headers: Headers) => opens(hub.wsUrl, ["mqtt"], headers),
} as const;
type Headers = Readonly<Record<string, string>>;
const EVERY_WAY = Object.keys(WAYS) as (keyof typeof WAYS)[];

async function opens(url: string, protocols: string[], headers: Headers): Promise<boolean> {
  const socket = new WebSocket(url, protocols, { headers });
  const open = await within(
    "the upgrade is answered",
    new Promise<boolean>((resolve) => socket.once("open", () => resolve(true)).once("error", () => resolve(false))),
  );
  socket.on("error", () => undefined).terminate();
  return open;
}

test.each(EVERY_WAY)("%s: no Origin is let in, and so is the hub's own", async (way) => {
  const hub = plainHub();

  expect(await WAYS[way](hub, {})).toBe(true);
  expect(await WAYS[way](hub, { origin: hub.url })).toBe(true);
  expect(await WAYS[way](hub, { host: `localhost:${hub.httpPort}`, origin: `http://localhost:${hub.httpPort}` })).toBe(
    true,
  );
  expect(await WAYS[way](hub, { host: `${hostname()}:${hub.httpPort}` })).toBe(true);
});

test.each(EVERY_WAY)("%s: a foreign Origin is not let in, and is counted", async (way) => {
  const hub = plainHub();
  const foreign = [
    "http://evil.example",
    "null",
    `http://${hub.host}:${hub.httpPort + 1}`, // another program of this machine
    `http://${hub.host}`,
    `http://${hub.host}:${hub.httpPort}.evil.example`,
    `http://localhost:${hub.httpPort}`, // not the name by which it was asked
    PANEL,
    "",
  ];

  const before = await refusedCount(hub, "ORIGIN_FOREIGN");

  for (const origin of foreign) expect([origin, await WAYS[way](hub, { origin })]).toEqual([origin, false]);

  expect((await refusedCount(hub, "ORIGIN_FOREIGN")) - before).toBe(foreign.length);
});

test.each(EVERY_WAY)("%s: a foreign Host is not let in, whatever its Origin (DNS rebinding)", async (way) => {
  const hub = plainHub();
  const before = await refusedCount(hub, "HOST_FOREIGN");

  expect(await WAYS[way](hub, { host: `evil.example:${hub.httpPort}` })).toBe(false);
  expect(await WAYS[way](hub, { host: "evil.example", origin: "http://evil.example" })).toBe(false);
  expect(await WAYS[way](hub, { host: `evil.example:${hub.httpPort}`, origin: hub.url })).toBe(false);
  expect((await refusedCount(hub, "HOST_FOREIGN")) - before).toBe(3);
});

test.each(EVERY_WAY)("%s: an Origin of AERIE_CORS_ORIGINS and a Host of AERIE_HOST_NAMES are let in", async (way) => {
  const hub = openHub();

  expect(await WAYS[way](hub, { origin: PANEL })).toBe(true);
  expect(await WAYS[way](hub, { origin: "null" })).toBe(true);
  expect(await WAYS[way](hub, { host: "hub.example", origin: "http://hub.example" })).toBe(true);
  expect(await WAYS[way](hub, { origin: `${PANEL}.evil.example` })).toBe(false);
});

test.each(EVERY_WAY)("%s: any address is let in as Host, of this machine or of what stands before it", async (way) => {
  const hub = plainHub();
  for (const host of ["192.168.77.5:3000", "10.1.2.3", "[2001:db8::7]:3000"]) {
    expect([host, await WAYS[way](hub, { host })]).toEqual([host, true]);
    expect(await WAYS[way](hub, { host, origin: `http://${host}` })).toBe(true);
    expect(await WAYS[way](hub, { host, origin: "http://evil.example" })).toBe(false);
  }
  const [name = ""] = hostname().split(".");
  for (const suffix of ["local", "lan", "home.arpa", "fritz.box", "internal"]) {
    expect(await WAYS[way](hub, { host: `${name}.${suffix}` })).toBe(true);
    expect(await WAYS[way](hub, { host: `not-${name}.${suffix}` })).toBe(false);
  }
});

test.each(EVERY_WAY)("%s: file:// is let in where AERIE_CORS_ORIGINS names it", async (way) => {
  expect(await WAYS[way](openHub(), { origin: "file://" })).toBe(true);
  expect(await WAYS[way](plainHub(), { origin: "file://" })).toBe(false);
});

test("a refused name is answered with the setting that lets it in: as text to a browser, as detail to a program", async () => {
  const hub = plainHub();
  const browser = { host: "hub.example:3000", accept: "text/html,application/xhtml+xml" };
  const page = await ask(hub, "/", { headers: browser });
  const program = await ask<{ code: string; detail: string }>(hub, "/api/devices", {
    headers: { host: "hub.example" },
  });
  const odd = await ask(hub, "/", { headers: { ...browser, host: "<script>alert(1)</script>" } });
  const live = await ask<{ detail: string }>(hub, "/socket.io/?EIO=4&transport=polling", {
    headers: { host: "a.lan" },
  });

  expect(page.status).toBe(403);
  expect(page.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(page.text).toMatch(/AERIE_HOST_NAMES=hub\.example .*or open it by its address/);
  expect(program.body).toMatchObject({
    code: "HOST_FOREIGN",
    detail: expect.stringContaining("AERIE_HOST_NAMES=hub.example"),
  });
  expect(live.body.detail).toContain("AERIE_HOST_NAMES=a.lan");
  expect(odd.text).not.toContain("script");
  const foreign = await ask<{ detail: string }>(hub, "/api/devices", { headers: { origin: PANEL } });
  expect(foreign.body.detail).toContain(`AERIE_CORS_ORIGINS=${PANEL}`);
});

test("Socket.IO 2 is told that it is too old", async () => {
  const hub = plainHub();
  const answer = await ask<{ message: string }>(hub, "/socket.io/?EIO=3&transport=polling");
  expect([answer.status, answer.body.message]).toEqual([400, "Unsupported protocol version"]);
});

test("the answer to a foreign page says nothing and may not be read; that to an allowed one may", async () => {
  const hub = openHub();

  const foreign = await ask<{ code: string }>(hub, "/api/devices", { headers: { origin: "http://evil.example" } });
  const allowed = await ask(hub, "/api/devices", { headers: { origin: PANEL } });
  const preflight = await ask(hub, "/api/devices/x", { method: "OPTIONS", headers: { origin: PANEL } });

  expect(foreign.status).toBe(403);
  expect(foreign.body.code).toBe("ORIGIN_FOREIGN");
  expect(foreign.headers["access-control-allow-origin"]).toBeUndefined();
  expect(allowed.headers["access-control-allow-origin"]).toBe(PANEL);
  expect(allowed.headers["vary"]).toMatch(/Origin/);
  expect(preflight.status).toBe(204);
  expect(preflight.headers["access-control-allow-methods"]).toBe("GET, POST, PUT, PATCH, DELETE");
});

test("a foreign page gets no Socket.IO event while an allowed one does", async () => {
  const hub = await startHub({ settings: { corsOrigins: [PANEL] } });
  const allowed = await openLiveClient(hub.url, { extraHeaders: { origin: PANEL } });

  await expect(openLiveClient(hub.url, { extraHeaders: { origin: "http://evil.example" } })).rejects.toThrow();
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/a/telemetry", '{"temperature":1}', { qos: 1 });

  expect((await allowed.next("sensorData")).data.deviceId).toBe("a");
  expect((await ask(hub, "/websocket/status")).text).toContain('"connectedClients":1');
});

test.each(["/", "/mqtt/", "/mqttx", "/socket.iox", "/api/devices"])(
  "an upgrade to %s is ended at once",
  async (path) => {
    const hub = plainHub();

    expect(await opens(`ws://${hub.host}:${hub.httpPort}${path}`, ["mqtt"], {})).toBe(false);
  },
);

test("MQTT over WebSocket offers mqtt and mqttv3.1, and no other subprotocol", async () => {
  const hub = plainHub();

  expect(await opens(hub.wsUrl, ["mqtt"], {})).toBe(true);
  expect(await opens(hub.wsUrl, ["mqttv3.1"], {})).toBe(true);
  expect(await opens(hub.wsUrl, ["chat"], {})).toBe(false);
});
