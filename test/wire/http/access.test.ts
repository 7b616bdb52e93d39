/** Who may do what over HTTP and Socket.IO: every route and every caller, and how a caller comes to be none. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { expect, test } from "vitest";
import type { SessionAnswer } from "../../../src/contract/access.ts";
import { CSRF_HEADER, LEVELS, type Level } from "../../../src/contract/levels.ts";
import { nameOf } from "../../../src/http/declaration/route.ts";
import { ROUTES } from "../../../src/http/routes/all-routes.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import {
  type AccessWorld,
  type Asker,
  askerWith,
  cookieOf,
  openAccessWorld,
  PASSWORD,
  signIn,
} from "../../support/hub/access-world.ts";
import { commandsOfFile } from "../../support/hub/command.ts";
import { startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const aerie = commandsOfFile();

/** One of each kind of caller, by what he reaches. */
async function everybody(world: AccessWorld): Promise<[string, Level, Asker][]> {
  const tokens = await Promise.all((["metrics", "viewer", "operator"] as const).map((scope) => world.token(scope)));
  return [
    ["nobody", "nobody", world.nobody],
    ["a wrong token", "nobody", askerWith(world.hub, { authorization: "Bearer aerie_t_wrong" })],
    ["a wrong cookie", "nobody", askerWith(world.hub, { cookie: `aerie_${world.hub.httpPort}=wrong` })],
    ["a metrics token", "metrics", tokens[0] as Asker],
    ["a viewer's token", "viewer", tokens[1] as Asker],
    ["an operator's token", "operator", tokens[2] as Asker],
    ["a viewer", "viewer", await world.person("Vera", "viewer")],
    ["an operator", "operator", await world.person("Otto", "operator")],
    ["an owner", "owner", world.owner],
  ];
}

test("every caller is answered by every route that his level reaches, and by no other", async () => {
  const world = await openAccessWorld();
  const callers = await everybody(world);
  const wrong: string[] = [];
  for (const route of ROUTES) {
    const { level: needs, path } = route;
    const method = route.method.toUpperCase();
    if (nameOf(route) === "DELETE /api/session") continue; // it would sign the caller out
    for (const [name, level, caller] of callers) {
      const body = method === "GET" || method === "DELETE" ? {} : { body: {} };
      const answer = await caller.ask<{ code?: string }>(path.replace(":id", "none"), { method, ...body });
      const isLetIn = !["LOGIN_NEEDED", "LEVEL_TOO_LOW", "CSRF_FAILED"].includes(answer.body?.code ?? "");
      const isDue = LEVELS.indexOf(level) >= LEVELS.indexOf(needs);
      const refusal = level === "nobody" ? "LOGIN_NEEDED" : "LEVEL_TOO_LOW";
      if (isLetIn !== isDue || (!isDue && answer.body.code !== refusal)) {
        wrong.push(`${nameOf(route)} for ${name}: ${answer.status} ${answer.body?.code}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

/** Nothing that is declared, whatever it resembles. */
const UNDECLARED = [
  "GET /api",
  "GET /api/",
  "GET /api/nothing",
  "GET /api/devices//",
  "GET /api/../api/devices",
  "GET /api/./devices",
  "GET /api/devices;x",
  "GET /api\\devices",
  "GET /api/devices/a/latest/b",
  "GET /apis/devices",
  "GET /websocket",
  "GET /metrics/all",
  "GET /socket.io",
  "GET /mqtt",
  "GET /assets",
  "GET /assets/",
  "GET /%69ndex.html",
  "GET /INDEX.html",
  "GET /index.html/",
  "GET //index.html",
  "GET /../build.json",
  "GET /%2e%2e/build.json",
  "PUT /api/devices",
  "POST /index.html",
  "OPTIONS /api/devices",
  "OPTIONS /index.html",
  "TRACE /api/users",
  "PROPFIND /api/users",
];

/** Other spellings of a route that some servers take for the same. */
const spellingsOf = (path: string): string[] => [
  path.toUpperCase(),
  path.replace(/(?<=\/)[a-z](?=[^/]*(\/:id)?$)/, (letter) => letter.toUpperCase()),
  `/${path}`,
  `${path}//`,
  path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
];

test("what has no declaration is 404 to everybody, in every spelling", async () => {
  const world = await openAccessWorld();
  const likeRoutes = ROUTES.flatMap(({ method, path }) =>
    spellingsOf(path.replace(/:(token|topic)$/, ":id")).map(
      (odd) => `${method.toUpperCase()} ${odd.replace(/:id/i, "none")}`,
    ),
  );
  const wrong: string[] = [];
  for (const asker of [world.nobody, await world.token("viewer"), world.owner]) {
    for (const odd of [...UNDECLARED, ...likeRoutes]) {
      const [method = "", path = ""] = odd.split(" ");
      if (method === "OPTIONS" && asker.headers["origin"] !== undefined) continue; // a preflight, which gate.test.ts asks
      const { status, body } = await asker.ask<{ code?: string } | undefined>(path, { method });
      if (status !== 404 || body?.code !== "ROUTE_UNKNOWN") wrong.push(`${odd}: ${status} ${body?.code}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("/readyz says to everybody whether the hub is ready, and why only to those who may know", async () => {
  const clock = createShiftedClock();
  let jumpedMs = 0;
  const world = await openAccessWorld({ clock: { ...clock, nowMs: () => clock.nowMs() + jumpedMs } });
  const callers = await everybody(world);
  const answers = () =>
    Promise.all(
      callers.map(async ([, , caller]) => {
        const { status, body } = await caller.ask<object>("/readyz");
        return [status, ...Object.keys(body).filter((key) => key !== "degraded")];
      }),
    );
  const due = (status: number) =>
    callers.map(([, level]) => (level === "nobody" ? [status, "ready"] : [status, "ready", "problems", "warnings"]));

  expect(await answers()).toEqual(due(200));
  jumpedMs = 2 * 3_600_000; // a problem of the part `clock`
  await until("the hub is not ready", async () => (await world.nobody.ask("/readyz")).status === 503);
  expect(await answers()).toEqual(due(503));
  expect((await world.nobody.ask("/readyz")).text).toBe('{"ready":false}');
});

test("pages and files are for everybody; HEAD and a slash at the end need the level of the route", async () => {
  const { nobody, owner } = await openAccessWorld();
  expect((await nobody.ask("/")).status).toBe(200);
  expect((await nobody.ask("/websocket-test.html", { method: "HEAD" })).status).toBe(200);
  for (const [path, method] of [
    ["/api/devices", "HEAD"],
    ["/api/devices/", "GET"],
    ["/api/devices/none/", "HEAD"],
  ] as const) {
    expect((await nobody.ask(path, { method })).status).toBe(401);
    expect([200, 404]).toContain((await owner.ask(path, { method })).status);
  }
});

test("Socket.IO lets in viewers and above, by cookie or token, and a browser's page must be the hub's own", async () => {
  const world = await openAccessWorld();
  const { hub, owner } = world;
  for (const [name, level, { headers }] of await everybody(world)) {
    const opened = openLiveClient(hub.url, { extraHeaders: headers as Record<string, string> });
    const isDue = LEVELS.indexOf(level) >= LEVELS.indexOf("viewer");
    await expect(
      opened.then(
        () => [name, true],
        () => [name, false],
      ),
    ).resolves.toEqual([name, isDue]);
  }
  const { cookie = "" } = owner.headers;
  const foreign = [{ cookie }, { cookie, origin: "http://127.0.0.1:1" }, { cookie, origin: "http://evil.example" }];
  for (const extraHeaders of foreign) {
    await expect(openLiveClient(hub.url, { extraHeaders })).rejects.toThrow();
  }
});

test("a sign-out, a change of role and a removal end the live connections that they concern at once, and no other", async () => {
  const world = await openAccessWorld();
  const { hub, owner } = world;
  const [vera, otto, token] = [
    await world.person("Vera", "viewer"),
    await world.person("Otto", "operator"),
    await world.token("viewer"),
  ];
  const other = await signIn(hub, "Vera");
  const open = async ({ headers }: Asker) => (await openLiveClient(hub.url, { extraHeaders: { ...headers } })).socket;
  const sockets = await Promise.all([vera, other, otto, token, owner].map(open));
  const connected = (): boolean[] => sockets.map((socket) => socket.connected);

  expect((await vera.ask("/api/session", { method: "DELETE" })).status).toBe(204);
  await until("she is signed out here", () => !connected()[0]);
  expect(connected()).toEqual([false, true, true, true, true]);
  expect((await vera.ask("/api/devices")).status).toBe(401);

  expect((await owner.ask(`/api/users/${otto.id}`, { method: "PATCH", body: { role: "viewer" } })).status).toBe(200);
  await until("he has to sign in anew", () => !connected()[2]);
  expect((await otto.ask("/api/devices")).status).toBe(401);

  expect((await owner.ask(`/api/tokens/${token.id}`, { method: "DELETE" })).status).toBe(204);
  await until("the token is worth nothing", () => !connected()[3]);
  expect((await token.ask("/api/devices")).status).toBe(401);

  expect((await owner.ask(`/api/users/${vera.id}`, { method: "DELETE" })).status).toBe(204);
  await until("she is gone", () => !connected()[1]);
  expect(connected()).toEqual([false, false, false, false, true]);
});

test("a token that expires while it is connected is cut off, and a browser that was away for a month signs in again", async () => {
  const clock = createShiftedClock();
  const world = await openAccessWorld({ clock });
  const token = await world.token("viewer", 1);
  const { socket } = await openLiveClient(world.hub.url, { extraHeaders: { ...token.headers } });
  clock.skip(86_500_000);
  await until("it is cut off", () => !socket.connected);
  expect((await token.ask("/api/devices")).status).toBe(401);
  expect((await world.owner.ask("/api/devices")).status).toBe(200);
  clock.skip(31 * 86_400_000);
  expect((await world.owner.ask("/api/devices")).status).toBe(401);
});

test("a change by cookie needs the page's word and its origin with port; a token needs neither", async () => {
  const world = await openAccessWorld();
  const { hub, owner } = world;
  const { cookie = "", origin = "", [CSRF_HEADER]: csrf = "" } = owner.headers;
  const token = await world.token("operator");
  const change = (headers: Record<string, string>) =>
    ask<{ code: string }>(hub, "/api/boards", { method: "POST", body: { deviceId: "cellar" }, headers });
  const codes = async (headers: Record<string, string>) => {
    const { status, body } = await change(headers);
    return status === 201 ? "made" : body.code;
  };
  expect(await codes({ cookie, origin, [CSRF_HEADER]: csrf })).toBe("made");
  expect(await codes({ cookie, origin })).toBe("CSRF_FAILED");
  expect(await codes({ cookie, origin, [CSRF_HEADER]: `${csrf}x` })).toBe("CSRF_FAILED");
  expect(await codes({ cookie, [CSRF_HEADER]: csrf })).toBe("CSRF_FAILED");
  expect(await codes({ cookie, origin: `http://127.0.0.1:${hub.httpPort + 1}`, [CSRF_HEADER]: csrf })).toBe(
    "ORIGIN_FOREIGN",
  );
  expect(await codes({ cookie, origin: "http://evil.example", [CSRF_HEADER]: csrf })).toBe("ORIGIN_FOREIGN");
  expect(await codes({ ...token.headers })).toBe("made");
  expect(await codes({ ...token.headers, cookie })).toBe("made");
  expect(await codes({ authorization: "Bearer wrong", cookie, origin, [CSRF_HEADER]: csrf })).toBe("LOGIN_NEEDED");
});

test("signing in makes a new secret each time, so that one that was fixed before is worth nothing", async () => {
  const world = await openAccessWorld();
  const { hub } = world;
  const fixed = `aerie_${hub.httpPort}=chosen-by-somebody-else`;
  const login = { method: "POST", body: { name: "Owner", password: PASSWORD } };
  const answers = [0, 1].map(() => ask<SessionAnswer>(hub, "/api/session", { ...login, headers: { cookie: fixed } }));
  const [one, two] = await Promise.all(answers);
  if (one === undefined || two === undefined) throw new Error("no answers");
  expect(new Set([fixed, cookieOf(one), cookieOf(two)]).size).toBe(3);
  expect((await askerWith(hub, { cookie: fixed }).ask("/api/devices")).status).toBe(401);
  const [attributes = ""] = [one.headers["set-cookie"]].flat();
  expect(attributes).toMatch(/HttpOnly/);
  expect(attributes).toMatch(/SameSite=Strict/);
  expect(cookieOf(one).split("=")[1]).toMatch(/^[\w-]{43}$/);
});

test("wrong passwords are slowed down at their address, tell nothing of who there is, and the owner gets in all the same", async () => {
  const clock = createShiftedClock();
  const { hub } = await openAccessWorld({ clock });
  const login = (name: string, password: string) =>
    ask<{ code: string; title: string }>(hub, "/api/session", { method: "POST", body: { name, password } });
  const known = await login("Owner", "wrong password");
  const unknown = await login("Nobody", "wrong password");
  expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
  await login("Owner", "wrong password");
  await login("Owner", "wrong password");
  const delayed = await login("Owner", PASSWORD);
  expect([delayed.status, delayed.body.code, Number(delayed.headers["retry-after"])]).toEqual([
    429,
    "LOGIN_DELAYED",
    1,
  ]);
  clock.skip(1_100);
  expect((await login("owner ", PASSWORD)).status).toBe(200);
});

test("many who sign in at once wait in a short line, and the rest is told to come again", async () => {
  const { hub } = await openAccessWorld();
  const login = (name: string) =>
    ask<{ code: string }>(hub, "/api/session", { method: "POST", body: { name, password: "x" } });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, at) => login(`name ${at}`)));
  const codes = answers.map(({ body }) => body.code);
  expect(codes.filter((code) => code === "LOGIN_FAILED").length).toBeGreaterThanOrEqual(10);
  expect(codes.filter((code) => code === "LOGIN_BUSY").length).toBeGreaterThan(0);
  expect(codes.every((code) => ["LOGIN_FAILED", "LOGIN_BUSY", "LOGIN_DELAYED"].includes(code))).toBe(true);
});

test("the first account is made once, by its link, within half an hour of the start", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ settings: { auth: "on" }, clock });
  const setUp = (code: string, password = PASSWORD) =>
    ask<{ code: string }>(hub, "/api/setup", { method: "POST", body: { code, name: "Owner", password } });
  const { setupCode = "" } = hub;
  expect(setupCode).toMatch(/^[\w-]{32}$/);
  expect((await ask<SessionAnswer>(hub, "/api/session")).body).toEqual({
    auth: "on",
    level: "nobody",
    needsSetup: true,
  });
  expect((await setUp("wrong")).body.code).toBe("SETUP_CODE_WRONG");
  expect((await setUp(setupCode, "short")).body.code).toBe("REQUEST_INVALID");
  const both = await Promise.all([setUp(setupCode), setUp(setupCode)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
  expect((await setUp(setupCode)).body.code).toBe("SETUP_CODE_WRONG");
  expect((await ask<SessionAnswer>(hub, "/api/session")).body.needsSetup).toBe(false);

  const late = await startHub({ settings: { auth: "on" }, clock });
  clock.skip(31 * 60_000);
  const body = { code: late.setupCode, name: "Owner", password: PASSWORD };
  expect((await ask<{ code: string }>(late, "/api/setup", { method: "POST", body })).body.code).toBe(
    "SETUP_CODE_WRONG",
  );
});

test("people, tokens and sign-ins are there after a restart, and the last owner cannot be taken away", async () => {
  const dataDir = tempDir();
  const world = await openAccessWorld({ settings: { dataDir, httpPort: 0 } });
  const token = await world.token("viewer");
  const users = (await world.owner.ask<{ users: { id: string; name: string }[] }>("/api/users")).body.users;
  const last = users.find(({ name }) => name === "Owner");
  const removed = await world.owner.ask<{ code: string }>(`/api/users/${last?.id}`, { method: "DELETE" });
  const lowered = await world.owner.ask<{ code: string }>(`/api/users/${last?.id}`, {
    method: "PATCH",
    body: { role: "viewer" },
  });
  expect([removed.body.code, lowered.body.code]).toEqual(["LAST_OWNER", "LAST_OWNER"]);
  await world.hub.close();

  const again = await startHub({ settings: { auth: "on", dataDir, httpPort: world.hub.httpPort } });
  expect(again.setupCode).toBeUndefined();
  expect((await askerWith(again, world.owner.headers).ask("/api/users")).status).toBe(200);
  expect((await askerWith(again, token.headers).ask("/api/devices")).status).toBe(200);
  const file = readFileSync(path.join(dataDir, "access.json"), "utf8");
  for (const secret of [token.secret, PASSWORD, world.owner.headers["cookie"]?.split("=")[1] ?? "none"]) {
    expect(file).not.toContain(secret);
  }
  expect(JSON.stringify([...world.hub.logged, ...again.logged])).not.toContain("#/setup");
});

test("the command line makes accounts, tokens and secrets, with a hub and without, and replaces a lost password", async () => {
  const dataDir = tempDir();
  const run = async (...args: string[]) => aerie(...args, "-d", dataDir);
  const made = await run("user", "add", "Ada", "--role", "owner");
  const token = (await run("token", "add", "grafana", "--scope", "viewer")).stdout.trim();
  const secret = (await run("device", "add", "cellar")).stdout.trim();
  const [, password = ""] = /^Ada is owner\. Password: (\S+)\n$/.exec(made.stdout) ?? [];

  const hub = await startHub({ settings: { auth: "on", dataDir } });
  const ada = await signIn(hub, "ada", password);
  expect((await ada.ask("/api/users")).status).toBe(200);
  expect((await askerWith(hub, { authorization: `Bearer ${token}` }).ask("/api/devices")).status).toBe(200);
  await expect(connectJs(hub.mqttUrl, { username: "cellar", password: secret })).resolves.toBeDefined();
  const again = await run("user", "password", "ADA");
  expect((await ada.ask("/api/users")).status).toBe(401);
  await signIn(hub, "Ada", /^Ada has to sign in again\. New password: (\S+)\n$/.exec(again.stdout)?.[1]);
  expect((await run("user", "list")).stdout).toBe("owner     Ada\n");
  expect(await run("user", "remove", "Ada")).toMatchObject({
    exitCode: 1,
    stderr: "A hub needs at least one owner; make another account owner first\n",
  });
  expect(await run("user", "promote", "Ada")).toMatchObject({ exitCode: 2, stdout: "" });
  expect((await run("device", "list")).stdout).toMatch(/^cellar {2}last used 20/);
  const application = await run("application", "add", "simulator", "--publish", "devices/#");
  expect(application.stderr).toBe(
    "simulator logs in with this MQTT password and any user name. It is shown only once:\n",
  );
  const simulator = application.stdout.trim();
  const boards = await connectJs(hub.mqttUrl, { username: "simulator", password: simulator });
  await boards.publish("devices/any/telemetry", '{"temperature":20}', { qos: 1 });
  const [, id = ""] =
    /^(\S+) {2}publishes devices\/# {2}subscribes nothing {2}never expires {2}last used 20/.exec(
      (await run("application", "list")).stdout,
    ) ?? [];
  expect(await run("application", "remove", id)).toMatchObject({ exitCode: 0 });
  await expect(connectJs(hub.mqttUrl, { username: "simulator", password: simulator })).rejects.toThrow();
  expect(await run("application", "add", "useless")).toMatchObject({ exitCode: 2, stdout: "" });
});

test("a command says that it created a hub, that the hub has no owner, and that a former secret ended", async () => {
  const dataDir = path.join(tempDir(), "the new");
  const run = (...args: string[]) => aerie(...args, "-d", dataDir);
  const noOwner = (name: string) =>
    `This hub has no owner yet. To make ${name} the owner: aerie user role ${name} --role owner --data-dir '${dataDir}'\n`;
  const bob = await run("user", "add", "bob");
  expect(bob.stdout).toMatch(/^bob is viewer\. Password: \S+\n$/);
  expect(bob.stderr).toBe(
    `${dataDir} had no hub, so a new one was created there. To use another hub, name its data directory with --data-dir.\n${noOwner("bob")}`,
  );
  expect((await run("user", "add", "eve", "--role", "operator")).stderr).toBe(noOwner("eve"));
  expect(await run("user", "role", "bob", "--role", "owner")).toMatchObject({ exitCode: 0, stderr: "" });
  expect((await run("user", "add", "tom")).stderr).toBe("");

  const told = "The MQTT password of cellar, whose user name is cellar. It is shown only once:\n";
  expect((await run("device", "add", "cellar")).stderr).toBe(told);
  expect((await run("device", "add", "cellar")).stderr).toBe(
    `cellar had a secret already, which no longer works. Put the new one on the board.\n${told}`,
  );
});

test("the command line gives a board the topics of its family, changes them, and gives applications those of their program", async () => {
  const dataDir = tempDir();
  const run = (...args: string[]) => aerie(...args, "-d", dataDir);
  const plug = await run("device", "add", "plug", "--family", "tasmota", "--groups", "lights,tasmotas");
  expect(plug.stderr).toContain("The MQTT password of tasmota:plug, whose user name is plug.");
  const token = await run("device", "add", "boiler", "--family", "thingsboard");
  expect(token.stderr).toContain("The access token of thingsboard:boiler, which it sends as its user name.");
  await run("device", "add", "shelly1-40F520", "--family", "shelly", "--prefix", "home/kitchen");
  expect(await run("device", "add", "x", "--family", "esphome", "--prefix", "home/kitchen")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("home/kitchen/# overlaps the topics of shelly:shelly1-40F520"),
  });
  expect(await run("device", "add", "x", "--family", "tasmota", "--prefixes", "a,b")).toMatchObject({ exitCode: 2 });
  expect(await run("device", "change", "tasmota:plug")).toMatchObject({ exitCode: 2 });
  const secret = (await run("device", "add", "cellar")).stdout.trim();
  expect((await run("device", "change", "cellar", "--family", "homie", "--name", "super-car")).stdout).toBe(
    "homie:super-car publishes homie/super-car/#,homie/5/super-car/#; its user name and password are as before\n",
  );
  expect((await run("device", "list")).stdout.split("\n").sort()).toEqual([
    "",
    "homie:super-car  Homie  never used",
    "shelly:shelly1-40F520  Shelly  never used",
    "tasmota:plug  Tasmota  never used",
    "thingsboard:boiler  ThingsBoard  never used",
  ]);
  const edge = await run(
    "application",
    "add",
    "press",
    "--preset",
    "sparkplug-edge-node",
    "--set",
    "group=Plant,edge=Press",
  );
  expect(edge.exitCode).toBe(0);
  expect((await run("application", "list")).stdout).toContain("publishes spBv1.0/Plant/+/Press/#");
  expect(await run("application", "add", "z", "--preset", "sparkplug-edge-node")).toMatchObject({ exitCode: 1 });
  expect(await run("application", "add", "z", "--preset", "zigbee2mqtt", "--set", "base")).toMatchObject({
    exitCode: 2,
  });

  const hub = await startHub({ settings: { auth: "on", dataDir } });
  const car = await connectJs(hub.mqttUrl, { username: "cellar", password: secret });
  await car.publish("homie/super-car/engine/temperature", "21.5", { qos: 1 });
  await expect(connectJs(hub.mqttUrl, { username: token.stdout.trim() })).resolves.toBeDefined();
});

test("an address that asks too much is answered 429 and told when to come again; another is not", async () => {
  const clock = createShiftedClock();
  const world = await openAccessWorld({ clock, settings: { maxRequestsPerMinute: 60 } });
  const answers = await Promise.all(Array.from({ length: 100 }, () => world.nobody.ask("/healthz")));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(20);
  expect(refused.length).toBeLessThan(60);
  expect(refused[0]?.body).toMatchObject({ code: "TOO_MANY_REQUESTS" });
  expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  const elsewhere = await new Promise<number>((resolve, reject) => {
    const { host, httpPort: port } = world.hub;
    request({ host, port, path: "/healthz", localAddress: "127.0.0.9" }, ({ statusCode = 0 }) => resolve(statusCode))
      .on("error", reject)
      .end();
  });
  expect(elsewhere).toBe(200);
  clock.skip(61_000);
  const { counts } = (await world.owner.ask<{ counts: Record<string, number> }>("/api/refusals")).body;
  expect(counts["TOO_MANY_REQUESTS"]).toBe(refused.length);
});

test("the join window is opened by the command line, where a hub runs", async () => {
  const { hub, owner } = await openAccessWorld();
  const opened = await aerie("pair", "--minutes", "5", "-d", hub.dataDir);
  expect(opened).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("Unknown devices may ask to join for 5 minutes."),
  });
  expect((await owner.ask<{ openUntil: string | null }>("/api/pairing")).body.openUntil).not.toBeNull();
  const none = path.join(tempDir(), "none");
  expect(await aerie("pair", "-d", none)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`${none} has no data of a hub`),
  });
  expect(existsSync(none)).toBe(false);
  await aerie("device", "list", "-d", none);
  expect(await aerie("pair", "-d", none)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`No hub is running on ${none}. Start it first`),
  });
  expect((await aerie("pair", "--minutes", "1000", "-d", hub.dataDir)).exitCode).toBe(2);
});

test("a backup is the whole hub, accounts and secrets too, and its owner's alone; without secrets it is the readings", async () => {
  const world = await openAccessWorld();
  const { hub } = world;
  const { secret } = await world.board("cellar");
  const [whole, open] = ["whole.db", "open.db"].map((name) => path.join(tempDir(), name));
  const other = path.join(tempDir(), "other");
  const made = await aerie("backup", whole ?? "", "-d", hub.dataDir);
  const bare = await aerie("backup", open ?? "", "--without-secrets", "-d", hub.dataDir);
  expect(made.stderr).toContain("The copy contains accounts, device secrets");
  expect(bare.stderr).not.toContain("secrets");
  expect(statSync(whole ?? "").mode & 0o777).toBe(0o600);
  const text = (file = ""): string => readFileSync(file, "latin1");
  expect([text(whole), text(open)].map((bytes) => bytes.includes("argon2id"))).toEqual([true, false]);

  expect((await aerie("restore", whole ?? "", "-d", other)).exitCode).toBe(0);
  const restored = await startHub({ settings: { auth: "on", dataDir: other } });
  expect(restored.setupCode).toBeUndefined();
  await signIn(restored, "Owner");
  await expect(connectJs(restored.mqttUrl, { username: "cellar", password: secret })).resolves.toBeDefined();
  await restored.close();
  expect((await aerie("restore", open ?? "", "-d", other)).exitCode).toBe(0);
  const kept = await startHub({ settings: { auth: "on", dataDir: other } });
  expect(kept.setupCode).toBeUndefined(); // a copy without secrets takes nobody's away
});
