/** A hub without an account: who is let in until there is one, by route and by wire, and that nothing outlives that. */
import { expect, test } from "vitest";
import type { SessionAnswer } from "../../../src/contract/access.ts";
import type { Level } from "../../../src/contract/levels.ts";
import type { LatestAnswer } from "../../../src/contract/rest.ts";
import { nameOf } from "../../../src/http/declaration/route.ts";
import { ROUTES } from "../../../src/http/routes/all-routes.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs, mosquittoPub } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { setUp } from "../../support/hub/access-world.ts";
import { commandsOfFile } from "../../support/hub/command.ts";
import { type HubAddress, type InProcessHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { startNginx } from "../../support/hub/nginx.ts";
import { ask } from "../../support/hub/rest.ts";
import { at, startAsService, startOnTerminal } from "../../support/hub/terminal-hub.ts";
import { nonLoopbackAddress } from "../../support/network.ts";
import { until } from "../../support/until.ts";

const aerie = commandsOfFile();
const elsewhere = (hub: HubAddress): HubAddress => at(nonLoopbackAddress() ?? "", hub.httpPort, hub.mqttPort);

/** In-process, open as if its owner had said so. */
const startOpen = (dataDir = tempDir()): Promise<InProcessHub> =>
  startHub({ settings: { auth: "on", unclaimed: "loopback", httpHost: "0.0.0.0", mqttHost: "0.0.0.0", dataDir } }).then(
    (hub) => ({ ...hub, ...at("127.0.0.1", hub.httpPort, hub.mqttPort) }),
  );

/** `let in`, or the code of the refusal, for each route that is not open to everybody. */
async function answersOf(hub: HubAddress, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const route of ROUTES) {
    if (route.level === "nobody") continue;
    const method = route.method.toUpperCase();
    const body = method === "GET" || method === "DELETE" ? {} : { body: {} };
    const answer = await ask<{ code?: string }>(hub, route.path.replace(":id", "none"), { method, headers, ...body });
    const code = answer.body?.code ?? "";
    answers[nameOf(route)] = ["LOGIN_NEEDED", "LEVEL_TOO_LOW", "ACCOUNT_NEEDED"].includes(code) ? code : "let in";
  }
  return answers;
}

/** Of the declarations alone. */
function expected(answer: (level: Level, method: string) => string): Record<string, string> {
  const routes = ROUTES.filter(({ level }) => level !== "nobody");
  return Object.fromEntries(routes.map((route) => [nameOf(route), answer(route.level, route.method)]));
}

/** Questions that are too long for an address. */
const READ_BY_POST = ["POST /api/sparklines"];
const READS_ONLY = {
  ...expected((level, method) =>
    method === "get" && ["metrics", "viewer"].includes(level) ? "let in" : "ACCOUNT_NEEDED",
  ),
  ...Object.fromEntries(READ_BY_POST.map((name) => [name, "let in"])),
};
const NOTHING = expected(() => "LOGIN_NEEDED");

async function opens(opening: Promise<unknown>): Promise<boolean> {
  return opening.then(
    () => true,
    () => false,
  );
}

const WIRES = ["MQTT", "MQTT over WebSocket", "Socket.IO", "Socket.IO by polls"] as const;

/** The wires by which somebody without credentials is let in. */
async function wiresInto(hub: HubAddress, headers: Record<string, string> = {}): Promise<string[]> {
  const extraHeaders = headers;
  const open: Record<(typeof WIRES)[number], () => Promise<unknown>> = {
    MQTT: () => connectJs(hub.mqttUrl),
    "MQTT over WebSocket": () => connectJs(hub.wsUrl, { wsOptions: { headers } }),
    "Socket.IO": () => openLiveClient(hub.url, { extraHeaders }),
    "Socket.IO by polls": () => openLiveClient(hub.url, { extraHeaders, transports: ["polling"] }),
  };
  const are = await Promise.all(WIRES.map((wire) => opens(open[wire]())));
  return WIRES.filter((_, index) => are[index]);
}

async function isOpenToEverybody(hub: HubAddress): Promise<boolean[]> {
  const paths = ["/healthz", "/", "/websocket-test.html", "/websocket/status", "/api/session"];
  return Promise.all(paths.map(async (path) => (await ask(hub, path)).status === 200));
}

test("from a terminal: its own computer reads and publishes; what is elsewhere, or comes by a proxy, gets nothing", async () => {
  const hub = await startOnTerminal();
  const [proxied = 0, withHeaders = 0, webSocket = 0, silent = 0] = await startNginx(
    hub.httpPort,
    [], // as Debian's nginx has it when nothing else is said
    ["proxy_http_version 1.1", "proxy_set_header Host $host", "proxy_set_header X-Real-IP $remote_addr"],
    ["proxy_http_version 1.1", "proxy_set_header Upgrade $http_upgrade", 'proxy_set_header Connection "upgrade"'],
    ["proxy_http_version 1.1"],
  );
  expect(await answersOf(hub)).toEqual(READS_ONLY);
  expect(await wiresInto(hub)).toEqual([...WIRES]);
  expect(await answersOf(elsewhere(hub))).toEqual(NOTHING);
  expect(await wiresInto(elsewhere(hub))).toEqual([]);
  for (const port of [proxied, withHeaders, webSocket]) {
    const through = at("127.0.0.1", port, hub.mqttPort);
    expect(await answersOf(through)).toEqual(NOTHING);
    expect(await wiresInto(through)).toEqual(["MQTT"]); // which goes to the hub itself
    expect(await isOpenToEverybody(through)).toEqual(Array(5).fill(true));
  }
  // Nothing tells it apart: docs/security.md says so, and a service starts closed because of it.
  expect(await answersOf(at("127.0.0.1", silent, hub.mqttPort))).toEqual(READS_ONLY);
  expect(hub.said()).toContain("the hub is open to this computer only");
});

test("as a service or in a container: nobody is let in before there is an account, except where the owner has said so", async () => {
  const hub = await startAsService();
  for (const address of [hub, elsewhere(hub)]) {
    expect(await answersOf(address)).toEqual(NOTHING);
    expect(await wiresInto(address)).toEqual([]);
    expect(await isOpenToEverybody(address)).toEqual(Array(5).fill(true));
  }
  expect(hub.said()).not.toContain("open to this computer");
  const asked = await startAsService({ AERIE_UNCLAIMED: "loopback" });
  expect(await wiresInto(asked)).toEqual([...WIRES]);
  expect(await wiresInto(elsewhere(asked))).toEqual([]);
});

test("headers of a proxy close every door that has headers, and so does another name", async () => {
  const hub = await startOpen();
  for (const headers of [
    { Forwarded: "for=192.0.2.1" },
    { "X-Forwarded-For": "127.0.0.1" },
    { "x-forwarded-proto": "" },
    { Via: "1.1 proxy" },
    { "X-Real-IP": "127.0.0.1" },
  ]) {
    expect(await answersOf(hub, headers), JSON.stringify(headers)).toEqual(NOTHING);
    expect(await wiresInto(hub, headers)).toEqual(["MQTT"]); // over TCP, without headers
  }
  const { host } = elsewhere(hub);
  expect((await ask(hub, "/api/devices", { headers: { Host: `${host}:${hub.httpPort}` } })).status).toBe(401);
  expect((await ask(hub, "/api/devices", { headers: { Host: "evil.example" } })).status).toBe(403);
  const foreign = { Origin: "http://evil.example" };
  expect((await ask(hub, "/api/devices", { headers: foreign })).status).toBe(403);
  expect(await wiresInto(hub, foreign)).toEqual(["MQTT"]);
});

test("a wrong token or password is refused all the same, and a cookie of another hub is not asked about", async () => {
  const hub = await startOpen();
  const status = async (headers: Record<string, string>) => (await ask(hub, "/api/devices", { headers })).status;
  expect(await status({ authorization: "Bearer aerie_t_wrong" })).toBe(401);
  expect(await status({ cookie: `aerie_${hub.httpPort}=of-another-hub` })).toBe(200);
  expect(await opens(openLiveClient(hub.url, { auth: { token: "wrong" } }))).toBe(false);
  expect(await opens(connectJs(hub.mqttUrl, { username: "cellar", password: "wrong" }))).toBe(false);
  expect(await opens(connectJs(hub.mqttUrl, { username: "cellar" }))).toBe(true);
});

test("it publishes and subscribes to everything but what is the hub's, and makes nothing that outlives the claim", async () => {
  const hub = await startOpen();
  const client = await connectJs(hub.mqttUrl, { protocolVersion: 5 });
  await client.subscribe("devices/#");
  await mosquittoPub(hub, "-q", "1", "-t", "devices/cellar/telemetry", "-m", '{"temperature":21.5}');
  expect((await client.message("devices/cellar/telemetry")).payload).toBe('{"temperature":21.5}');
  await expect(client.publish("aerie/alerts/x", "1", { qos: 1 })).rejects.toThrow();
  const session = await ask<SessionAnswer>(hub, "/api/session");
  expect(session.body).toMatchObject({ level: "viewer", needsSetup: true, isUnclaimed: true });
  const made = await ask<{ code: string }>(hub, "/api/push/subscriptions", { method: "POST", body: {} });
  expect([made.status, made.body.code]).toEqual([403, "ACCOUNT_NEEDED"]);
});

test("a browser that has come by polls stays when it has a WebSocket, and what it came by is closed", async () => {
  const clock = createShiftedClock();
  const settings = { auth: "on", unclaimed: "loopback" } as const;
  const { url } = await startHub({ settings, clock });
  const { socket, of } = await openLiveClient(url, { transports: ["polling", "websocket"] });
  await until("it has a WebSocket", () => socket.io.engine.transport.name === "websocket");
  for (const ticks of [1, 2]) {
    clock.skip(2_100); // the hub looks at its callers again with each tick
    await until("a tick comes", () => of("tick").length >= ticks || !socket.connected);
  }
  expect(socket.connected).toBe(true);
});

/** Everything that can stay open. */
async function openAll(hub: HubAddress) {
  const will = { topic: "devices/cellar/status", payload: Buffer.from("offline"), qos: 1 as const };
  const options = {
    protocolVersion: 5 as const,
    clean: false,
    clientId: "kept",
    will,
    properties: { sessionExpiryInterval: 3_600 },
  };
  const mqtt = await connectJs(hub.mqttUrl, options);
  await mqtt.subscribe("devices/#", 1);
  const overWebSocket = await connectJs(hub.wsUrl);
  const live = await Promise.all(
    (["websocket", "polling"] as const).map((transport) => openLiveClient(hub.url, { transports: [transport] })),
  );
  const isOpen = () => [
    mqtt.client.connected,
    overWebSocket.client.connected,
    ...live.map(({ socket }) => socket.connected),
  ];
  expect(isOpen()).toEqual([true, true, true, true]);
  return { isOpen, options };
}

/** What was open has ended, and nothing of it comes back, also after a restart. */
async function expectClaimed(
  hub: InProcessHub,
  { isOpen, options }: Awaited<ReturnType<typeof openAll>>,
): Promise<void> {
  await until("all that was open has ended", () => isOpen().every((each) => !each));
  expect(await answersOf(hub)).toEqual(NOTHING);
  expect(await wiresInto(hub)).toEqual([]);
  expect(await opens(connectJs(hub.mqttUrl, options))).toBe(false);
  await hub.close();
  const again = await startOpen(hub.dataDir);
  expect(await answersOf(again)).toEqual(NOTHING);
  expect(await wiresInto(again)).toEqual([]);
}

test("the first account, made by its link, ends all that was open: sessions, wills and rights; devices stay and get secrets", async () => {
  const hub = await startOpen();
  const open = await openAll(hub);
  await mosquittoPub(hub, "-q", "1", "-t", "devices/cellar/telemetry", "-m", '{"temperature":21.5}');
  const owner = await setUp(hub, hub.setupCode);
  await until("all that was open has ended", () => open.isOpen().every((each) => !each));
  const { body: made } = await owner.ask<{ secret: string }>("/api/boards", {
    method: "POST",
    body: { deviceId: "cellar" },
  });
  const cellar = await connectJs(hub.mqttUrl, { username: "cellar", password: made.secret });
  await cellar.publish("devices/cellar/telemetry", '{"temperature":22}', { qos: 1 });
  const latest = await owner.ask<LatestAnswer & { presence?: string }>("/api/devices/cellar/latest");
  expect(latest.body.metrics["temperature"]?.value).toBe(22);
  // The will of the session that ended was not published: the board is online.
  expect((await owner.ask<{ presence: string }>("/api/devices/cellar")).body.presence).toBe("online");
  await cellar.leave();
  await expectClaimed(hub, open);
});

test("an account that the command line makes, of whatever role, does the same; its removal opens nothing again", async () => {
  const hub = await startOpen();
  const open = await openAll(hub);
  const run = (...args: string[]) => aerie(...args, "-d", hub.dataDir);
  expect((await run("user", "add", "bob")).exitCode).toBe(0);
  await until("all that was open has ended", () => open.isOpen().every((each) => !each));
  expect((await run("user", "remove", "bob")).exitCode).toBe(0);
  expect(await answersOf(hub)).toEqual(NOTHING);
  expect(await wiresInto(hub)).toEqual([]);
});

test("a session that was kept while the hub was open is gone where it starts closed", async () => {
  const dataDir = tempDir();
  const hub = await startOpen(dataDir);
  const options = {
    protocolVersion: 5 as const,
    clean: false,
    clientId: "kept",
    properties: { sessionExpiryInterval: 3_600 },
  };
  const client = await connectJs(hub.mqttUrl, options);
  await client.subscribe("devices/#", 1);
  await client.leave();
  await hub.close();
  const reopened = await startOpen(dataDir);
  const back = await connectJs(reopened.mqttUrl, options);
  expect(back.connack.sessionPresent).toBe(true);
  await back.leave();
  await reopened.close();
  const closed = await startHub({ settings: { auth: "on", dataDir } });
  await closed.close();
  const last = await startOpen(dataDir);
  expect((await connectJs(last.mqttUrl, options)).connack.sessionPresent).toBe(false);
});
